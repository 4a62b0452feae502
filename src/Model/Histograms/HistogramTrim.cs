namespace Pleiad.Model;

/// <summary>Cuts a native histogram at a value: PromQL's operators <c>&lt;/</c> and <c>&gt;/</c>.</summary>
/// <remarks>
/// Counts of a bucket that is cut are interpolated as for quantiles. Where anything was cut off, count and sum are estimated anew from what
/// is left: the middle of custom and zero buckets, the geometric mean of exponential ones, the finite bound of unbounded ones.
/// </remarks>
public static class HistogramTrim
{
    /// <summary>Keeps the observations up to a value.</summary>
    public static NativeHistogram KeepBelow(NativeHistogram histogram, double value) => Trim(histogram, value, keepBelow: true);

    /// <summary>Keeps the observations above a value.</summary>
    public static NativeHistogram KeepAbove(NativeHistogram histogram, double value) => Trim(histogram, value, keepBelow: false);

    private static NativeHistogram Trim(NativeHistogram histogram, double value, bool keepBelow)
    {
        var left = new Remainder();
        double[] positive = Cut(histogram.PositiveSpans, histogram.PositiveBuckets, negative: false);
        double[] negative = Cut(histogram.NegativeSpans, histogram.NegativeBuckets, negative: true);
        double zero = histogram.ZeroCount == 0 ? 0 : Kept(
            new HistogramBucket(-histogram.ZeroThreshold, histogram.ZeroThreshold, true, true, histogram.ZeroCount));
        if (!left.AnyGone)
        {
            return histogram;
        }

        return new NativeHistogram
        {
            Schema = histogram.Schema,
            ResetHint = histogram.ResetHint,
            ZeroThreshold = histogram.ZeroThreshold,
            ZeroCount = zero,
            Count = left.Count.Total,
            Sum = left.Sum.Total,
            PositiveSpans = histogram.PositiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = histogram.NegativeSpans,
            NegativeBuckets = negative,
            CustomBounds = histogram.CustomBounds,
        }.Compacted();

        double[] Cut(BucketSpan[] spans, double[] counts, bool negative)
        {
            var kept = new double[counts.Length];
            int at = 0;
            foreach (HistogramBucket bucket in histogram.Side(spans, counts, negative))
            {
                kept[at++] = bucket.Count == 0 ? 0 : Kept(bucket);
            }

            return kept;
        }

        double Kept(HistogramBucket bucket)
        {
            (double count, double middle) = KeptOf(HistogramStatistics.OneSided(bucket, histogram), value, keepBelow, histogram.UsesCustomBuckets);
            left.Add(bucket.Count, count, middle);
            return count;
        }
    }

    // How many observations of a bucket are kept, and where they are taken to be.
    private static (double Count, double Middle) KeptOf(HistogramBucket bucket, double value, bool keepBelow, bool custom)
    {
        double below = HistogramStatistics.PartBelow(value, bucket, custom);
        bool inside = value > bucket.Lower && value < bucket.Upper;
        double part = keepBelow ? below : 1 - below;
        if (custom && inside && double.IsInfinity(bucket.Lower) != double.IsInfinity(bucket.Upper))
        {
            // An unbounded bucket cannot be divided: observations lie at its finite bound, or at the cut where that is nearer to infinity.
            if (double.IsPositiveInfinity(bucket.Upper))
            {
                return keepBelow ? (0, 0) : (bucket.Count, value);
            }

            if (bucket.Upper <= 0)
            {
                return keepBelow ? (bucket.Count, value) : (0, 0);
            }

            if (value < 0)
            {
                return (0, 0);
            }
        }
        else if (inside && double.IsInfinity(bucket.Lower))
        {
            return (0, 0);
        }

        if (part <= 0)
        {
            return (0, 0);
        }

        if (custom && double.IsNegativeInfinity(bucket.Lower))
        {
            if (bucket.Upper <= 0)
            {
                return (bucket.Count, bucket.Upper);
            }

            bucket = bucket with { Lower = 0 };
        }
        else if (custom && double.IsPositiveInfinity(bucket.Upper))
        {
            return (bucket.Count, bucket.Lower);
        }

        double lower = keepBelow ? bucket.Lower : Math.Max(bucket.Lower, value);
        double upper = keepBelow ? Math.Min(bucket.Upper, value) : bucket.Upper;
        double middle = custom || HistogramStatistics.IsZeroBucket(bucket)
            ? (lower + upper) / 2
            : Math.CopySign(Math.Sqrt(lower * upper), bucket.Lower);
        return (bucket.Count * part, middle);
    }

    private sealed class Remainder
    {
        public bool AnyGone { get; private set; }

        public CompensatedSum Count { get; private set; }

        public CompensatedSum Sum { get; private set; }

        public void Add(double before, double kept, double middle)
        {
            AnyGone |= kept != before;
            if (kept != 0)
            {
                Count = Count.Plus(kept);
                Sum = Sum.Plus(kept * middle);
            }
        }
    }
}
