using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Makes native histograms coarser until they satisfy the limits of a scrape, and refuses impossible ones.</summary>
/// <remarks>
/// Native histogram specification, "Exponential buckets": two neighbouring buckets of schema s are one of schema s - 1,
/// so bucket i goes into bucket ceil(i / 2).
/// </remarks>
internal sealed class HistogramFit
{
    private const int SchemaMin = -4;
    private const int SchemaStoredMax = 8;

    private readonly int _bucketsMax;
    private readonly int _schemaMax;

    internal HistogramFit(ReadSettings settings)
    {
        _bucketsMax = settings.NativeHistogramBucketLimit;
        _schemaMax = SchemaOf(settings.NativeHistogramMinBucketFactor);
    }

    /// <summary>The histogram, coarser if need be; null where it cannot be made to fit.</summary>
    internal NativeHistogram? Fit(NativeHistogram histogram)
    {
        if (histogram.UsesCustomBuckets)
        {
            return _bucketsMax > 0 && Buckets(histogram) > _bucketsMax ? null : histogram;
        }

        int schema = Math.Min(histogram.Schema, _schemaMax);
        NativeHistogram fitted = schema < histogram.Schema ? Coarser(histogram, schema) : histogram;
        while (_bucketsMax > 0 && Buckets(fitted) > _bucketsMax)
        {
            if (fitted.Schema <= SchemaMin)
            {
                return null;
            }

            fitted = Coarser(fitted, fitted.Schema - 1);
        }

        return fitted;
    }

    /// <summary>What makes the histogram impossible, or null.</summary>
    internal static string? Problem(NativeHistogram histogram)
    {
        if (histogram.IsStale)
        {
            return null;
        }

        double sum = histogram.ZeroCount;
        foreach (double count in histogram.PositiveBuckets)
        {
            sum += count;
            if (count < 0 || double.IsNaN(count))
            {
                return $"bucket count of {count} in the positive side";
            }
        }

        foreach (double count in histogram.NegativeBuckets)
        {
            sum += count;
            if (count < 0 || double.IsNaN(count))
            {
                return $"bucket count of {count} in the negative side";
            }
        }

        if (histogram.ZeroCount < 0 || histogram.Count < 0 || double.IsNaN(histogram.ZeroThreshold) || histogram.ZeroThreshold < 0)
        {
            return "negative count or zero threshold";
        }

        // Floats may be off by rounding; integers up to 2^53 are exact.
        return sum > histogram.Count * (1 + 1e-9) ? $"{sum} observations found in buckets, but the count is {histogram.Count}" : null;
    }

    /// <summary>The finest schema whose buckets grow at least by a factor.</summary>
    internal static int SchemaOf(double minFactor)
    {
        double schema = Math.Floor(-Math.Log2(Math.Log2(minFactor <= 1 ? 1.00271 : minFactor)));
        return (int)Math.Clamp(schema, SchemaMin, SchemaStoredMax);
    }

    private static int Buckets(NativeHistogram histogram) => histogram.PositiveBuckets.Length + histogram.NegativeBuckets.Length;

    private static NativeHistogram Coarser(NativeHistogram histogram, int schema)
    {
        int steps = histogram.Schema - schema;
        (BucketSpan[] positiveSpans, double[] positive) = Merge(histogram.PositiveSpans, histogram.PositiveBuckets, steps);
        (BucketSpan[] negativeSpans, double[] negative) = Merge(histogram.NegativeSpans, histogram.NegativeBuckets, steps);
        return new NativeHistogram
        {
            Schema = schema,
            ResetHint = histogram.ResetHint,
            ZeroThreshold = histogram.ZeroThreshold,
            ZeroCount = histogram.ZeroCount,
            Count = histogram.Count,
            Sum = histogram.Sum,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negative,
        };
    }

    private static (BucketSpan[] Spans, double[] Buckets) Merge(BucketSpan[] spans, double[] buckets, int steps)
    {
        var mergedSpans = new List<BucketSpan>(spans.Length);
        var merged = new List<double>(buckets.Length);
        long index = 0;
        long last = 0; // the coarse bucket written last
        int at = 0;
        foreach (BucketSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++, index++, at++)
            {
                long coarse = ((index - 1) >> Math.Min(steps, 62)) + 1;
                if (merged.Count > 0 && coarse == last)
                {
                    merged[^1] += buckets[at];
                    continue;
                }

                if (merged.Count > 0 && coarse == last + 1)
                {
                    mergedSpans[^1] = mergedSpans[^1] with { Length = mergedSpans[^1].Length + 1 };
                }
                else
                {
                    mergedSpans.Add(new BucketSpan((int)(merged.Count == 0 ? coarse : coarse - last - 1), 1));
                }

                merged.Add(buckets[at]);
                last = coarse;
            }
        }

        return ([.. mergedSpans], [.. merged]);
    }
}
