using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>Turns values into the integers of a scale, those that come back from them bit for bit.</summary>
internal static class ValueScaling
{
    /// <summary>A bound of the magnitudes that <see cref="ToDoubles(Vector512{long})"/> converts.</summary>
    public const double MagicMax = 1L << 51;

    private const double Magic = 6755399441055744;
    private const int FourAtOnce = 4;
    private const uint FourMask = 0b1111;

    /// <summary>Converts integers below <see cref="MagicMax"/> in magnitude: added to the bits of 1.5 * 2^52 they are its lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDoubles(Vector512<long> small) => Vector512.IsHardwareAccelerated
        ? (small + Vector512.Create(Magic).AsInt64()).AsDouble() - Vector512.Create(Magic)
        : Vector512.Create(ToDoubles(small.GetLower()), ToDoubles(small.GetUpper()));

    /// <summary>Whether a double is an integer of a scale, bit for bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryScale<TScale>(double value, in TScale scale, out long scaled)
        where TScale : struct, IValueScale
    {
        double product = Math.Round(value * scale.Inverse);
        scaled = 0;
        if (!(Math.Abs(product) <= IntegerColumn.MagnitudeMax))
        {
            return false;
        }

        scaled = (long)product;
        return BitConverter.DoubleToUInt64Bits(scale.ValueOf((double)scaled)) == BitConverter.DoubleToUInt64Bits(value);
    }

    /// <summary>Scales values one after the other, until too many are no integers of this scale.</summary>
    /// <param name="values">In order.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="scaled">As many: an exception takes the integer before it, which costs least. Not all are filled where too many are exceptions.</param>
    /// <param name="exceptions">Where they are.</param>
    /// <param name="last">The last exception that is finite; NaN for none.</param>
    /// <returns>How many exceptions there are, at most one more than there is room for.</returns>
    public static int Scale<TScale>(ReadOnlySpan<double> values, TScale scale, Span<long> scaled, Span<int> exceptions, out double last)
        where TScale : struct, IValueScale
    {
        scaled = scaled[..values.Length];
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
                uint found = ScaleFour(Vector256.Create(values[i..]), scale, out Vector256<long> four, out none);
                four.CopyTo(scaled[i..]);
                open = ~found & FourMask;
            }

            for (; open != 0; open &= open - 1)
            {
                int lane = BitOperations.TrailingZeroCount(open);
                int at = i + lane;
                if (((none >> lane) & 1) == 0 && TryScale(values[at], scale, out scaled[at]))
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

    /// <summary>The smallest exponent from a given one on whose scale has a double; -1 for none.</summary>
    public static int ExponentOf<TScale>(double value, int from)
        where TScale : struct, IValueScale<TScale>
    {
        for (int exponent = from; exponent <= DecimalScale.ExponentMax; exponent++)
        {
            if (TryScale(value, TScale.Of(exponent), out _))
            {
                return exponent;
            }
        }

        return -1;
    }

    // Which are integers of this scale, and which small ones are none: larger ones are left to be looked at. Adding and subtracting 1.5 * 2^52 rounds to a whole
    // number as Math.Round does, and leaves that number in the low bits: no conversion is needed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ScaleFour<TScale>(Vector256<double> values, in TScale scale, out Vector256<long> scaled, out uint none)
        where TScale : struct, IValueScale
    {
        Vector256<double> product = values * Vector256.Create(scale.Inverse);
        Vector256<double> moved = product + Vector256.Create(Magic);
        Vector256<double> whole = moved - Vector256.Create(Magic);
        scaled = moved.AsInt64() - Vector256.Create(Magic).AsInt64();
        Vector256<double> back = scale.ValueOf(whole);
        uint small = Vector256.LessThanOrEqual(Vector256.Abs(product), Vector256.Create(MagicMax)).ExtractMostSignificantBits();
        uint equal = Vector256.Equals(back.AsUInt64(), values.AsUInt64()).ExtractMostSignificantBits();
        none = small & ~equal;
        return small & equal;
    }

    private static Vector256<double> ToDoubles(Vector256<long> small) =>
        (small + Vector256.Create(Magic).AsInt64()).AsDouble() - Vector256.Create(Magic);
}
