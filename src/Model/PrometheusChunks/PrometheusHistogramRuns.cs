namespace Pleiad.Model;

/// <summary>Which native histograms go into one chunk of Prometheus. Pure.</summary>
/// <remarks>
/// All of a chunk have the same buckets, are integers or are not, are gauges or are not, and of counters none starts anew within: whoever reads
/// takes that for granted. Behind a stale marker comes no other sample.
/// </remarks>
internal static class PrometheusHistogramRuns
{
    private const double IntegerMax = 1L << 53;

    /// <summary>How many of some samples, the first of which is a histogram, go into one chunk.</summary>
    public static int Length(ReadOnlySpan<NativeHistogram?> samples)
    {
        NativeHistogram first = samples[0]!;
        int count = 1;
        for (; count < samples.Length && samples[count] is { } next; count++)
        {
            NativeHistogram before = samples[count - 1]!;
            if (!next.IsStale && (before.IsStale || !GoesOn(first, before, next)))
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Whether all counts of some samples are whole numbers. Stale markers are as they are wanted.</summary>
    public static bool IsInteger(ReadOnlySpan<NativeHistogram?> samples)
    {
        foreach (NativeHistogram? sample in samples)
        {
            if (sample is { IsStale: false } && !IsInteger(sample))
            {
                return false;
            }
        }

        return true;
    }

    private static bool GoesOn(NativeHistogram first, NativeHistogram before, NativeHistogram next)
    {
        bool isGauge = next.ResetHint == CounterResetHint.Gauge;
        return isGauge == (first.ResetHint == CounterResetHint.Gauge)
            && IsInteger(first) == IsInteger(next)
            && HasSameBuckets(first, next)
            && (isGauge || (next.ResetHint != CounterResetHint.Reset && !next.WithHint(CounterResetHint.Unknown).IsResetAfter(before)));
    }

    private static bool HasSameBuckets(NativeHistogram left, NativeHistogram right) =>
        left.Schema == right.Schema
        && BitConverter.DoubleToInt64Bits(left.ZeroThreshold) == BitConverter.DoubleToInt64Bits(right.ZeroThreshold)
        && left.PositiveSpans.AsSpan().SequenceEqual(right.PositiveSpans)
        && left.NegativeSpans.AsSpan().SequenceEqual(right.NegativeSpans)
        && left.CustomBounds.AsSpan().SequenceEqual(right.CustomBounds);

    private static bool IsInteger(NativeHistogram histogram) =>
        IsInteger(histogram.Count) && IsInteger(histogram.ZeroCount)
        && Array.TrueForAll(histogram.PositiveBuckets, IsInteger) && Array.TrueForAll(histogram.NegativeBuckets, IsInteger);

    private static bool IsInteger(double count) => count is >= 0 and < IntegerMax && Math.Floor(count) == count && !double.IsNegative(count);
}
