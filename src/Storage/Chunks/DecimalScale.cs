using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>A bound of the magnitudes that <see cref="ToDoubles(Vector512{long})"/> converts.</summary>
    public const double MagicMax = 1L << 51;

    private const double Magic = 6755399441055744;
    private const int FourAtOnce = 4;
    private const uint FourMask = 0b1111;

    private static readonly double[] s_powers =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

    private static readonly double[] s_inverses =
        [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14];

    /// <summary>A power of ten.</summary>
    public static double Power(int exponent) => s_powers[exponent];

    /// <summary>The double nearest to one over a power of ten.</summary>
    public static double Inverse(int exponent) => s_inverses[exponent];

    /// <summary>Converts integers below <see cref="MagicMax"/> in magnitude: added to the bits of 1.5 * 2^52 they are its lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDoubles(Vector512<long> small) => Vector512.IsHardwareAccelerated
        ? (small + Vector512.Create(Magic).AsInt64()).AsDouble() - Vector512.Create(Magic)
        : Vector512.Create(ToDoubles(small.GetLower()), ToDoubles(small.GetUpper()));

    /// <summary>Divides integers, as doubles up to 2^53 in magnitude, by a power of ten: bit for bit what the division gives, which takes several times as long.</summary>
    /// <remarks>
    /// The product with the inverse is within two units in the last place of the quotient q. What is left of the dividend then is a multiple of that unit times 2^e and
    /// at most 2 * 5^e of these: the fused operation has it exactly. Adding it over the power leaves an error below 2^-104 q before it is rounded. An odd
    /// multiple of half a unit times 5^e needs more than 53 bits, so that q is no midpoint between two doubles, and from each it is at least
    /// 2^-54 / 5^14 > 2^-87 of itself away: both round alike. (Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.)
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Divide(Vector512<double> whole, Vector512<double> power, Vector512<double> inverse)
    {
        if (!Avx512F.IsSupported)
        {
            return Vector512.Create(
                Divide(whole.GetLower(), power.GetLower(), inverse.GetLower()), Divide(whole.GetUpper(), power.GetUpper(), inverse.GetUpper()));
        }

        Vector512<double> near = whole * inverse;
        Vector512<double> left = Avx512F.FusedMultiplyAddNegated(near, power, whole);
        return Avx512F.FusedMultiplyAdd(left, inverse, near);
    }

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
        scaled = scaled[..values.Length];
        Vector256<double> power = Vector256.Create(s_powers[exponent]);
        Vector256<double> inverse = Vector256.Create(s_inverses[exponent]);
        int count = 0;
        last = double.NaN;
        for (int i = 0; i < values.Length; i += FourAtOnce)
        {
            // Those of four that are found out at once; the others one by one.
            int end = Math.Min(values.Length, i + FourAtOnce);
            uint open = (1u << (end - i)) - 1;
            uint none = 0;
            if (open == FourMask && Vector256.IsHardwareAccelerated)
            {
                uint found = ScaleFour(Vector256.Create(values[i..]), power, inverse, exponent, out Vector256<long> four, out none);
                four.CopyTo(scaled[i..]);
                open = ~found & FourMask;
            }

            for (; open != 0; open &= open - 1)
            {
                int lane = BitOperations.TrailingZeroCount(open);
                int at = i + lane;
                if (((none >> lane) & 1) == 0 && TryScale(values[at], exponent, out scaled[at]))
                {
                    continue;
                }

                last = double.IsFinite(values[at]) ? values[at] : last;
                if (count == exceptions.Length)
                {
                    return count + 1;
                }

                scaled[at] = at > 0 ? scaled[at - 1] : 0;
                exceptions[count++] = at;
            }
        }

        return count;
    }

    // Which are decimals of this power, and which small ones are none: larger ones are left to be looked at. Adding and subtracting 1.5 * 2^52 rounds to a whole
    // number as Math.Round does, and leaves that number in the low bits: no conversion is needed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ScaleFour(
        Vector256<double> values, Vector256<double> power, Vector256<double> inverse, int exponent, out Vector256<long> scaled, out uint none)
    {
        Vector256<double> product = values * power;
        Vector256<double> moved = product + Vector256.Create(Magic);
        Vector256<double> whole = moved - Vector256.Create(Magic);
        scaled = moved.AsInt64() - Vector256.Create(Magic).AsInt64();
        Vector256<double> back = exponent == 0 ? whole : Divide(whole, power, inverse);
        uint small = Vector256.LessThanOrEqual(Vector256.Abs(product), Vector256.Create(MagicMax)).ExtractMostSignificantBits();
        uint equal = Vector256.Equals(back.AsUInt64(), values.AsUInt64()).ExtractMostSignificantBits();
        none = small & ~equal;
        return small & equal;
    }

    private static Vector256<double> ToDoubles(Vector256<long> small) =>
        (small + Vector256.Create(Magic).AsInt64()).AsDouble() - Vector256.Create(Magic);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Divide(Vector256<double> whole, Vector256<double> power, Vector256<double> inverse)
    {
        if (!Fma.IsSupported)
        {
            return whole / power;
        }

        Vector256<double> near = whole * inverse;
        Vector256<double> left = Fma.MultiplyAddNegated(near, power, whole);
        return Fma.MultiplyAdd(left, inverse, near);
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
}
