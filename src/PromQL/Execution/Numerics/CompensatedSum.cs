using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pleiad.PromQL;

/// <summary>
/// A sum that carries its rounding error along, so that the order of the summands hardly matters.
/// </summary>
/// <remarks>Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974), after Kahan (1965).</remarks>
internal struct CompensatedSum
{
    /// <summary>The sum so far.</summary>
    public double Sum;

    /// <summary>What rounding has lost of it.</summary>
    public double Lost;

    /// <summary>Sum and what was lost; an infinity stays one.</summary>
    public readonly double Total => double.IsInfinity(Sum) ? Sum : Sum + Lost;

    /// <summary>Adds a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value) => Add(value, ref Sum, ref Lost);

    /// <summary>Adds a value to a sum held in two places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(double value, ref double sum, ref double lost)
    {
        double next = sum + value;
        if (double.IsInfinity(next))
        {
            lost = 0;
        }
        else if (Math.Abs(sum) >= Math.Abs(value))
        {
            lost += (sum - next) + value;
        }
        else
        {
            lost += (value - next) + sum;
        }

        sum = next;
    }

    /// <summary>Adds values to columns of sums, place by place.</summary>
    public static void Add(ReadOnlySpan<double> values, Span<double> sums, Span<double> lost)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                Vector256<double> value = Vector256.Create(values[i..]);
                Vector256<double> sum = Vector256.Create(sums[i..]);
                Vector256<double> rest = Vector256.Create<double>(lost[i..]);
                Vector256<double> next = sum + value;
                Vector256<double> sumLarger = Vector256.GreaterThanOrEqual(Vector256.Abs(sum), Vector256.Abs(value));
                Vector256<double> large = Vector256.ConditionalSelect(sumLarger, sum, value);
                Vector256<double> small = Vector256.ConditionalSelect(sumLarger, value, sum);
                Vector256<double> infinite = Vector256.Equals(Vector256.Abs(next), Vector256.Create(double.PositiveInfinity));
                rest = Vector256.AndNot(rest + ((large - next) + small), infinite);
                next.CopyTo(sums[i..]);
                rest.CopyTo(lost[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            Add(values[i], ref sums[i], ref lost[i]);
        }
    }

    /// <summary>The compensated sum of some values.</summary>
    public static CompensatedSum Of(ReadOnlySpan<double> values)
    {
        CompensatedSum all = default;
        foreach (double value in values)
        {
            all.Add(value);
        }

        return all;
    }
}
