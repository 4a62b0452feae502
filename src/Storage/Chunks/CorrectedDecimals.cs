using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>Doubles that are decimals but for a few units in the last place, which sums and differences of decimals leave: integers over a power of ten, and how many units each is off.</summary>
/// <remarks>The bits of a double, read as an integer, go up by one from each to the next: what a value is off is a difference of integers.</remarks>
internal static class CorrectedDecimals
{
    /// <summary>Units in the last place that a value may be off.</summary>
    public const long CorrectionMax = 1 << 20;

    // Decimals that lie closer together than so many units have any value between them: no sign of an exponent.
    private const long UnitsMax = 1 << 8;
    private const int Probes = 4;

    /// <summary>The smallest exponent with which some of the values are off by a little; 0 for none.</summary>
    public static int ExponentOf(ReadOnlySpan<double> values)
    {
        int largest = 0;
        for (int probe = 0; probe < Probes; probe++)
        {
            double value = values[(values.Length - 1) * probe / (Probes - 1)];
            int exponent = largest;
            while (double.IsFinite(value) && !(TryScale(value, new DecimalScale(exponent), out _, out long off) && Math.Abs(off) <= UnitsMax))
            {
                if (++exponent > DecimalScale.ExponentMax)
                {
                    return 0;
                }
            }

            largest = exponent;
        }

        return largest;
    }

    /// <summary>Scales values one after the other, until too many are off by too much.</summary>
    /// <param name="values">In order.</param>
    /// <param name="exponent">The power of ten.</param>
    /// <param name="scaled">As many, as <see cref="ValueScaling.Scale"/> gives them.</param>
    /// <param name="corrections">As many: units in the last place that the value is more than its integer's. An exception takes those before it.</param>
    /// <param name="exceptions">Where they are.</param>
    /// <returns>How many exceptions there are, at most one more than there is room for.</returns>
    public static int Scale(ReadOnlySpan<double> values, int exponent, Span<long> scaled, Span<long> corrections, Span<int> exceptions)
    {
        var scale = new DecimalScale(exponent);
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (TryScale(values[i], scale, out scaled[i], out corrections[i]))
            {
                continue;
            }

            if (count == exceptions.Length)
            {
                return count + 1;
            }

            scaled[i] = i > 0 ? scaled[i - 1] : 0;
            corrections[i] = i > 0 ? corrections[i - 1] : 0;
            exceptions[count++] = i;
        }

        return count;
    }

    /// <summary>Moves values by their corrections.</summary>
    public static void Correct(Span<double> values, ReadOnlySpan<long> corrections)
    {
        Span<long> bits = MemoryMarshal.Cast<double, long>(values);
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = unchecked(bits[i] + corrections[i]);
        }
    }

    private static bool TryScale(double value, in DecimalScale scale, out long scaled, out long off)
    {
        scaled = 0;
        off = 0;
        double product = Math.Round(value * scale.Inverse);
        if (!(Math.Abs(product) <= IntegerColumn.MagnitudeMax))
        {
            return false;
        }

        scaled = (long)product;
        off = unchecked(BitConverter.DoubleToInt64Bits(value) - BitConverter.DoubleToInt64Bits(scale.ValueOf((double)scaled)));
        return off is >= -CorrectionMax and <= CorrectionMax;
    }
}
