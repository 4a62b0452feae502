using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>Doubles that are decimals in truth, as integers over one power of ten.</summary>
/// <remarks>
/// The idea is that of Afroozeh, Kuffó, Boncz, "ALP: adaptive lossless floating-point compression", SIGMOD 2024. Here the integer is
/// divided by the power, which is rounded correctly: what was parsed from a decimal text comes back for certain.
/// </remarks>
internal static class DecimalScale
{
    /// <summary>The largest power of ten tried.</summary>
    public const int ExponentMax = 14;

    private static readonly double[] s_powers =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

    /// <summary>Whether a double is an integer over a power of ten, bit for bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryScale(double value, int exponent, out long scaled)
    {
        double power = s_powers[exponent];
        double product = Math.Round(value * power);
        scaled = 0;
        if (!(Math.Abs(product) <= IntegerColumn.MagnitudeMax))
        {
            return false;
        }

        scaled = (long)product;
        return BitConverter.DoubleToUInt64Bits(scaled / power) == BitConverter.DoubleToUInt64Bits(value);
    }

    /// <summary>The smallest power from a given one on that fits a double; -1 for none.</summary>
    public static int ExponentOf(double value, int from)
    {
        for (int exponent = from; exponent <= ExponentMax; exponent++)
        {
            if (TryScale(value, exponent, out _))
            {
                return exponent;
            }
        }

        return -1;
    }

    /// <summary>Divides integers by a power of ten.</summary>
    public static void Unscale(ReadOnlySpan<long> scaled, int exponent, Span<double> values)
    {
        double power = s_powers[exponent];
        values = values[..scaled.Length];
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<double> powers = Vector512.Create(power);
            for (; i + Vector512<long>.Count <= scaled.Length; i += Vector512<long>.Count)
            {
                Vector512<double> whole = Vector512.ConvertToDouble(Vector512.Create(scaled[i..]));
                (exponent == 0 ? whole : whole / powers).CopyTo(values[i..]);
            }
        }

        for (; i < scaled.Length; i++)
        {
            values[i] = scaled[i] / power;
        }
    }
}
