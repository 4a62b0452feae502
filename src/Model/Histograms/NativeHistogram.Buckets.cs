namespace Pleiad.Model;

public sealed partial class NativeHistogram
{
    /// <summary>Whether there are buckets above the zero bucket, or custom ones.</summary>
    public bool HasPositiveBuckets => PositiveBuckets.Length > 0;

    /// <summary>Whether there are buckets below the zero bucket.</summary>
    public bool HasNegativeBuckets => NegativeBuckets.Length > 0;

    /// <summary>
    /// All buckets that the spans name, from the lowest to the highest values: negative ones, the zero bucket (exponential schemas alone,
    /// where it is populated), positive ones. Empty ones among them come too.
    /// </summary>
    public IEnumerable<HistogramBucket> AllBuckets()
    {
        HistogramBucket[] negative = [.. Side(NegativeSpans, NegativeBuckets, negative: true)];
        for (int i = negative.Length - 1; i >= 0; i--)
        {
            yield return negative[i];
        }

        if (ZeroCount != 0)
        {
            yield return new HistogramBucket(-ZeroThreshold, ZeroThreshold, true, true, ZeroCount);
        }

        foreach (HistogramBucket bucket in Side(PositiveSpans, PositiveBuckets, negative: false))
        {
            yield return bucket;
        }
    }

    internal IEnumerable<HistogramBucket> Side(BucketSpan[] spans, double[] counts, bool negative)
    {
        int at = 0;
        int index = 0;
        foreach (BucketSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length && at < counts.Length; i++, index++, at++)
            {
                double upper = HistogramBounds.Upper(index, Schema, CustomBounds);
                double lower = HistogramBounds.Upper(index - 1, Schema, CustomBounds);
                yield return UsesCustomBuckets ? new HistogramBucket(lower, upper, index == 0, true, counts[at])
                    : negative ? new HistogramBucket(-upper, -lower, true, false, counts[at])
                    : new HistogramBucket(lower, upper, false, true, counts[at]);
            }
        }
    }
}
