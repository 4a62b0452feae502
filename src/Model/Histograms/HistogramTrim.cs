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
        double zero = histogram.ZeroCount;
        if (zero > 0)
        {
            (zero, double middle) = KeptOfZero(histogram, value, keepBelow);
            left.Add(histogram.ZeroCount, zero, middle);
        }

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
                if (bucket.Count != 0)
                {
                    (kept[at], double middle) = KeptOf(bucket, value, keepBelow, histogram.UsesCustomBuckets);
                    left.Add(bucket.Count, kept[at], middle);
                }

                at++;
            }

            return kept;
        }
    }

    // How many observations of a bucket are kept, and where they are taken to be. Nothing is below or above what is no number.
    private static (double Count, double Middle) KeptOf(HistogramBucket bucket, double value, bool keepBelow, bool custom)
    {
        if (keepBelow ? bucket.Upper <= value : bucket.Lower >= value)
        {
            return (bucket.Count, MiddleOf(bucket.Lower, bucket.Upper, custom));
        }

        if (!(keepBelow ? bucket.Lower < value : bucket.Upper > value))
        {
            return (0, 0);
        }

        if (double.IsInfinity(bucket.Lower) || double.IsInfinity(bucket.Upper))
        {
            return KeptOfUnbounded(bucket, value, keepBelow);
        }

        double below = bucket.Count * HistogramStatistics.PartBelow(value, bucket, custom);
        return keepBelow
            ? (below, MiddleOf(bucket.Lower, value, custom))
            : (bucket.Count - below, MiddleOf(value, bucket.Upper, custom));
    }

    // A bucket that begins or ends at infinity cannot be divided, but for one with a positive bound: that is taken to begin at zero. Its
    // observations lie on the unbounded side of the cut, all of them.
    private static (double Count, double Middle) KeptOfUnbounded(HistogramBucket bucket, double value, bool keepBelow)
    {
        if (!double.IsInfinity(bucket.Lower))
        {
            return keepBelow ? (0, 0) : (bucket.Count, value);
        }

        if (double.IsInfinity(bucket.Upper))
        {
            return (0, 0);
        }

        if (bucket.Upper <= 0)
        {
            return keepBelow ? (bucket.Count, value) : (0, 0);
        }

        if (value < 0)
        {
            return (0, 0);
        }

        double below = bucket.Count * value / bucket.Upper;
        return keepBelow ? (below, value / 2) : (bucket.Count - below, (value + bucket.Upper) / 2);
    }

    // The zero bucket reaches to zero only, on the side where nothing was observed.
    private static (double Count, double Middle) KeptOfZero(NativeHistogram histogram, double value, bool keepBelow)
    {
        bool above = Array.Exists(histogram.PositiveBuckets, count => count != 0);
        bool below = Array.Exists(histogram.NegativeBuckets, count => count != 0);
        double lower = above && !below ? 0 : -histogram.ZeroThreshold;
        double upper = below && !above ? 0 : histogram.ZeroThreshold;
        if (value <= lower)
        {
            return keepBelow ? (0, 0) : (histogram.ZeroCount, (lower + upper) / 2);
        }

        if (value >= upper)
        {
            return keepBelow ? (histogram.ZeroCount, (lower + upper) / 2) : (0, 0);
        }

        double part = (keepBelow ? value - lower : upper - value) / (upper - lower);
        return (histogram.ZeroCount * part, keepBelow ? (lower + value) / 2 : (value + upper) / 2);
    }

    private static double MiddleOf(double lower, double upper, bool custom)
    {
        if (double.IsInfinity(lower))
        {
            return double.IsInfinity(upper) ? 0 : upper > 0 ? upper / 2 : upper;
        }

        return double.IsInfinity(upper) ? lower
            : custom ? (lower + upper) / 2
            : Math.CopySign(Math.Sqrt(lower * upper), lower);
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
