namespace Pleiad.Model;

/// <summary>What observations that are not a number did to a quantile.</summary>
public enum NaNObservations
{
    /// <summary>There were none, or they did not matter.</summary>
    None,

    /// <summary>They count as larger than all others, so the quantile is higher than it would be without: "is skewed higher".</summary>
    Skewed,

    /// <summary>The quantile lies among them: "result is NaN".</summary>
    Result,
}

/// <summary>Estimates from the buckets of a native histogram: quantiles, fractions, deviation.</summary>
/// <remarks>
/// Native histogram specification, "Interpolation within a bucket": linear inside custom buckets and the zero bucket, exponential elsewhere;
/// the zero bucket reaches to zero only, on the side where there are no other buckets.
/// </remarks>
public static class HistogramStatistics
{
    /// <summary>Sum divided by count; NaN for an empty histogram.</summary>
    public static double Mean(NativeHistogram histogram) => histogram.Sum / histogram.Count;

    /// <summary>The estimated variance (population).</summary>
    public static double Variance(NativeHistogram histogram)
    {
        double mean = Mean(histogram);
        CompensatedSum squares = default;
        foreach (HistogramBucket bucket in histogram.AllBuckets())
        {
            if (bucket.Count != 0)
            {
                double away = MiddleOf(bucket, histogram.UsesCustomBuckets) - mean;
                squares = squares.Plus(bucket.Count * away * away);
            }
        }

        return squares.Total / histogram.Count;
    }

    /// <summary>The estimated standard deviation.</summary>
    public static double Deviation(NativeHistogram histogram) => Math.Sqrt(Variance(histogram));

    /// <summary>The estimated q-quantile.</summary>
    /// <param name="q">Below 0 gives -Inf, above 1 +Inf.</param>
    /// <param name="nan">What NaN observations did to it.</param>
    /// <returns>NaN for an empty histogram, or where the quantile lies among NaN observations.</returns>
    public static double Quantile(double q, NativeHistogram histogram, out NaNObservations nan)
    {
        nan = NaNObservations.None;
        if (q is < 0 or > 1)
        {
            return q < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (histogram.Count == 0 || double.IsNaN(q))
        {
            return double.NaN;
        }

        // From the nearer end, where less rounding adds up; NaN observations are in no bucket and rank last, so then from below.
        bool hasNaN = double.IsNaN(histogram.Sum);
        bool fromBelow = hasNaN || q < 0.5;
        double rank = fromBelow ? q * histogram.Count : (1 - q) * histogram.Count;
        HistogramBucket bucket = default;
        double count = 0;
        foreach (HistogramBucket next in fromBelow ? histogram.AllBuckets() : histogram.AllBuckets().Reverse())
        {
            bucket = next;
            if (next.Count != 0)
            {
                count += next.Count;
                if (count >= rank)
                {
                    break;
                }
            }
        }

        if (histogram.UsesCustomBuckets)
        {
            if (double.IsNegativeInfinity(bucket.Lower))
            {
                if (bucket.Upper <= 0)
                {
                    return bucket.Upper;
                }

                bucket = bucket with { Lower = 0 };
            }
            else if (double.IsPositiveInfinity(bucket.Upper))
            {
                return bucket.Lower;
            }
        }

        bucket = OneSided(bucket, histogram);

        // Rounding may have made the parts larger than the whole.
        count = Math.Min(count, histogram.Count);
        if (count < rank)
        {
            // Behind all buckets: among the observations that are no numbers, or in a histogram that does not add up.
            nan = hasNaN ? NaNObservations.Result : NaNObservations.None;
            return hasNaN ? double.NaN : bucket.Upper;
        }

        if (hasNaN)
        {
            nan = NaNObservations.Skewed;
        }

        double into = fromBelow ? rank - (count - bucket.Count) : count - rank;
        return Interpolated(bucket, into / bucket.Count, histogram.UsesCustomBuckets);
    }

    /// <summary>The estimated part of all observations between two values. NaN observations are part of the whole and between no values.</summary>
    /// <returns>NaN for an empty histogram or a bound that is NaN; 0 where the bounds are not in order.</returns>
    public static double Fraction(double lower, double upper, NativeHistogram histogram)
    {
        if (histogram.Count == 0 || double.IsNaN(lower) || double.IsNaN(upper))
        {
            return double.NaN;
        }

        if (lower >= upper)
        {
            return 0;
        }

        double below = 0;
        double belowLower = 0;
        double belowUpper = 0;
        foreach (HistogramBucket next in histogram.AllBuckets())
        {
            HistogramBucket bucket = FromZero(next, histogram);
            belowLower += bucket.Count * PartBelow(lower, bucket, histogram.UsesCustomBuckets);
            belowUpper += bucket.Count * PartBelow(upper, bucket, histogram.UsesCustomBuckets);
            below += bucket.Count;
        }

        // Without NaN the whole is the count, even where the buckets do not add up to it.
        double whole = double.IsNaN(histogram.Sum) ? below : histogram.Count;
        if (double.IsPositiveInfinity(upper))
        {
            belowUpper = whole;
        }

        return (Math.Min(belowUpper, whole) - Math.Min(belowLower, whole)) / histogram.Count;
    }

    /// <summary>The part of a bucket's observations at or below a value, 0 to 1.</summary>
    internal static double PartBelow(double value, HistogramBucket bucket, bool custom)
    {
        if (value <= bucket.Lower)
        {
            return 0;
        }

        if (value >= bucket.Upper)
        {
            return 1;
        }

        if (double.IsNegativeInfinity(bucket.Lower))
        {
            if (double.IsPositiveInfinity(bucket.Upper))
            {
                return 0;
            }

            // Values of the first custom bucket are taken to lie between zero and its bound where that is positive, else at the bound.
            return bucket.Upper <= 0 ? 1 : Math.Max(0, value / bucket.Upper);
        }

        if (double.IsPositiveInfinity(bucket.Upper))
        {
            return 0;
        }

        if (custom || IsZeroBucket(bucket))
        {
            return (value - bucket.Lower) / (bucket.Upper - bucket.Lower);
        }

        double logLower = Math.Log2(Math.Abs(bucket.Lower));
        double logUpper = Math.Log2(Math.Abs(bucket.Upper));
        double logValue = Math.Log2(Math.Abs(value));
        return value > 0 ? (logValue - logLower) / (logUpper - logLower) : 1 - ((logValue - logUpper) / (logLower - logUpper));
    }

    /// <summary>A zero bucket reaches to zero only, on the side where there are no other buckets.</summary>
    internal static HistogramBucket OneSided(HistogramBucket bucket, NativeHistogram histogram)
    {
        if (histogram.UsesCustomBuckets || !IsZeroBucket(bucket) || histogram.HasNegativeBuckets == histogram.HasPositiveBuckets)
        {
            return bucket;
        }

        return histogram.HasPositiveBuckets ? bucket with { Lower = 0 } : bucket with { Upper = 0 };
    }

    // For fractions custom buckets around zero begin there, as the zero bucket does where there are none below.
    private static HistogramBucket FromZero(HistogramBucket bucket, NativeHistogram histogram) =>
        histogram.UsesCustomBuckets && IsZeroBucket(bucket) ? bucket with { Lower = 0 } : OneSided(bucket, histogram);

    /// <summary>Where the observations of a bucket are taken to be: in the middle of a custom or zero bucket, else at the geometric mean of the bounds.</summary>
    internal static double MiddleOf(HistogramBucket bucket, bool custom)
    {
        if (custom)
        {
            return (bucket.Upper + bucket.Lower) / 2;
        }

        return IsZeroBucket(bucket) ? 0 : Math.CopySign(Math.Sqrt(bucket.Upper * bucket.Lower), bucket.Upper);
    }

    /// <summary>Whether a bucket of an exponential schema is the zero bucket.</summary>
    internal static bool IsZeroBucket(HistogramBucket bucket) => bucket is { Lower: <= 0, Upper: >= 0 };

    private static double Interpolated(HistogramBucket bucket, double part, bool custom)
    {
        if (custom || IsZeroBucket(bucket))
        {
            return bucket.Lower + ((bucket.Upper - bucket.Lower) * part);
        }

        double logLower = Math.Log2(Math.Abs(bucket.Lower));
        double logUpper = Math.Log2(Math.Abs(bucket.Upper));
        return bucket.Lower > 0
            ? Math.Pow(2, logLower + ((logUpper - logLower) * part))
            : -Math.Pow(2, logUpper + ((logLower - logUpper) * (1 - part)));
    }
}
