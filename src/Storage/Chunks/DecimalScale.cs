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

    private const double Magic = 6755399441055744;
    private const double MagicMax = 1L << 51;

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

    /// <summary>Scales values one after the other, until too many are no decimals of this power.</summary>
    /// <param name="values">In order.</param>
    /// <param name="exponent">The power of ten.</param>
    /// <param name="scaled">As many: an exception takes the integer before it, which costs least. Not all are filled where too many are exceptions.</param>
    /// <param name="exceptions">Where they are.</param>
    /// <param name="last">The last exception that is finite; NaN for none.</param>
    /// <returns>How many exceptions there are, at most one more than there is room for.</returns>
    public static int Scale(ReadOnlySpan<double> values, int exponent, Span<long> scaled, Span<int> exceptions, out double last)
    {
        double power = s_powers[exponent];
        int count = 0;
        long before = 0;
        last = double.NaN;
        int i = 0;
        while (i < values.Length)
        {
            if (Vector256.IsHardwareAccelerated && i + Vector256<double>.Count <= values.Length
                && TryScaleFour(Vector256.Create(values[i..]), power, out Vector256<long> four))
            {
                four.CopyTo(scaled[i..]);
                before = four[3];
                i += Vector256<double>.Count;
                continue;
            }

            int end = Vector256.IsHardwareAccelerated ? Math.Min(values.Length, i + Vector256<double>.Count) : values.Length;
            for (; i < end; i++)
            {
                if (TryScale(values[i], exponent, out long one))
                {
                    before = one;
                }
                else
                {
                    last = double.IsFinite(values[i]) ? values[i] : last;
                    if (count == exceptions.Length)
                    {
                        return count + 1;
                    }

                    exceptions[count++] = i;
                }

                scaled[i] = before;
            }
        }

        return count;
    }

    // Adding and subtracting 1.5 * 2^52 rounds to a whole number as Math.Round does, and leaves that number in the low bits: no conversion is needed.
    private static bool TryScaleFour(Vector256<double> values, double power, out Vector256<long> scaled)
    {
        Vector256<double> product = values * Vector256.Create(power);
        Vector256<double> moved = product + Vector256.Create(Magic);
        Vector256<double> whole = moved - Vector256.Create(Magic);
        scaled = moved.AsInt64() - Vector256.Create(Magic).AsInt64();
        Vector256<double> back = power == 1 ? whole : whole / Vector256.Create(power);
        return Vector256.LessThanOrEqualAll(Vector256.Abs(product), Vector256.Create(MagicMax)) && Vector256.EqualsAll(back.AsUInt64(), values.AsUInt64());
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

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<double> powers = Vector256.Create(power);
            for (; i + Vector256<long>.Count <= scaled.Length; i += Vector256<long>.Count)
            {
                Vector256<double> whole = Vector256.ConvertToDouble(Vector256.Create(scaled[i..]));
                (exponent == 0 ? whole : whole / powers).CopyTo(values[i..]);
            }
        }

        for (; i < scaled.Length; i++)
        {
            values[i] = scaled[i] / power;
        }
    }
}
