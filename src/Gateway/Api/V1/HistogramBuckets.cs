using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>One bucket with its bounds.</summary>
internal readonly record struct HistogramBucket(double Lower, double Upper, bool LowerInclusive, bool UpperInclusive, double Count);

/// <summary>The buckets of a native histogram from the lowest to the highest: negative ones, the zero bucket, positive ones.</summary>
/// <remarks>Bounds: native histogram specification, "Exponential buckets" and "Custom buckets".</remarks>
internal static class HistogramBuckets
{
    /// <summary>All of them, empty ones included.</summary>
    public static IEnumerable<HistogramBucket> Of(NativeHistogram histogram)
    {
        foreach ((int index, double count) in Indexed(histogram.NegativeSpans, histogram.NegativeBuckets).Reverse())
        {
            yield return new(-BoundOf(histogram, index), -BoundOf(histogram, index - 1), true, false, count);
        }

        if (histogram.ZeroCount != 0)
        {
            yield return new(-histogram.ZeroThreshold, histogram.ZeroThreshold, true, true, histogram.ZeroCount);
        }

        foreach ((int index, double count) in Indexed(histogram.PositiveSpans, histogram.PositiveBuckets))
        {
            // The lowest of the custom buckets begins at minus infinity, and includes it.
            bool lowest = histogram.UsesCustomBuckets && index == 0;
            yield return new(BoundOf(histogram, index - 1), BoundOf(histogram, index), lowest, true, count);
        }
    }

    private static IEnumerable<(int Index, double Count)> Indexed(BucketSpan[] spans, double[] counts)
    {
        int index = 0;
        int at = 0;
        foreach (BucketSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length && at < counts.Length; i++)
            {
                yield return (index++, counts[at++]);
            }
        }
    }

    // The upper bound of a bucket.
    private static double BoundOf(NativeHistogram histogram, int index)
    {
        if (histogram.UsesCustomBuckets)
        {
            return index < 0 ? double.NegativeInfinity
                : index < histogram.CustomBounds.Length ? histogram.CustomBounds[index]
                : double.PositiveInfinity;
        }

        double bound = Math.Pow(2, index * Math.Pow(2, -histogram.Schema));
        return double.IsPositiveInfinity(bound) && Math.Pow(2, (index - 1) * Math.Pow(2, -histogram.Schema)) < double.MaxValue
            ? double.MaxValue
            : bound;
    }
}
