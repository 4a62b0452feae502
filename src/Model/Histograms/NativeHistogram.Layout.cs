namespace Pleiad.Model;

public sealed partial class NativeHistogram
{
    /// <summary>The coarsest exponential schema there is.</summary>
    public const int ExponentialSchemaMin = HistogramBounds.SchemaMin;

    /// <summary>The finest exponential schema there is.</summary>
    public const int ExponentialSchemaMax = HistogramBounds.SchemaMax;

    /// <summary>Whether this is a schema we know.</summary>
    public static bool IsKnownSchema(int schema) =>
        schema == CustomBucketsSchema || schema is >= ExponentialSchemaMin and <= ExponentialSchemaMax;

    /// <summary>Why this is no valid histogram, or null. Sample values that break these rules must not be stored.</summary>
    public string? Fault()
    {
        if (!IsKnownSchema(Schema))
        {
            return $"histogram has an invalid schema: {Schema}";
        }

        if (UsesCustomBuckets)
        {
            if (FaultOfCustomBuckets() is { } custom)
            {
                return custom;
            }
        }
        else if (CustomBounds.Length > 0)
        {
            return "histogram with exponential schema must not have custom bounds";
        }

        if (!(ZeroThreshold >= 0))
        {
            return $"histogram zero threshold must not be negative: {ZeroThreshold}";
        }

        if (Count < 0 || ZeroCount < 0)
        {
            return "histogram has an observation count that is negative";
        }

        return FaultOfSide(PositiveSpans, PositiveBuckets, "positive") ?? FaultOfSide(NegativeSpans, NegativeBuckets, "negative");
    }

    /// <summary>The same histogram without empty buckets, but for those between others that are at most so many in a row.</summary>
    public NativeHistogram Compacted(int emptyMax = 0) => HistogramDraft.Of(this).ToHistogram(emptyMax);

    /// <summary>The same observations in a coarser exponential schema; itself where the schema is that already.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The schema is finer, or one of the two is not exponential.</exception>
    public NativeHistogram Coarsened(int schema)
    {
        if (schema == Schema)
        {
            return this;
        }

        if (UsesCustomBuckets || schema < ExponentialSchemaMin || schema > Schema)
        {
            throw new ArgumentOutOfRangeException(nameof(schema), schema, $"cannot reduce resolution from schema {Schema} to {schema}");
        }

        HistogramDraft draft = HistogramDraft.Of(this);
        draft.Coarsen(schema);
        return draft.ToHistogram();
    }

    /// <summary>The same histogram with another hint.</summary>
    public NativeHistogram WithHint(CounterResetHint hint) => hint == ResetHint
        ? this
        : new NativeHistogram
        {
            Schema = Schema,
            ResetHint = hint,
            ZeroThreshold = ZeroThreshold,
            ZeroCount = ZeroCount,
            Count = Count,
            Sum = Sum,
            PositiveSpans = PositiveSpans,
            PositiveBuckets = PositiveBuckets,
            NegativeSpans = NegativeSpans,
            NegativeBuckets = NegativeBuckets,
            CustomBounds = CustomBounds,
        };

    private string? FaultOfCustomBuckets()
    {
        for (int i = 0; i < CustomBounds.Length; i++)
        {
            if (!double.IsFinite(CustomBounds[i]))
            {
                return "custom histogram bounds must be finite";
            }

            if (i > 0 && CustomBounds[i] <= CustomBounds[i - 1])
            {
                return "custom histogram bounds must be in strictly increasing order";
            }
        }

        if (ZeroCount != 0 || ZeroThreshold != 0)
        {
            return "custom buckets histogram must have zero count and threshold of 0";
        }

        if (NegativeSpans.Length > 0 || NegativeBuckets.Length > 0)
        {
            return "custom buckets histogram must not have negative buckets";
        }

        long end = PositiveSpans.Sum(s => s.Offset + (long)s.Length);
        return end > CustomBounds.Length + 1 || (PositiveSpans.Length > 0 && PositiveSpans[0].Offset < 0)
            ? "custom buckets histogram has more buckets than its bounds allow"
            : null;
    }

    private static string? FaultOfSide(BucketSpan[] spans, double[] counts, string side)
    {
        long named = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            if (i > 0 && spans[i].Offset < 0)
            {
                return $"{side} side: span number {i + 1} with offset {spans[i].Offset}: histogram has a span whose offset is negative";
            }

            named += spans[i].Length;
        }

        if (named != counts.Length)
        {
            return $"{side} side: spans need {named} buckets, have {counts.Length} buckets: histogram spans specify different number of buckets than provided";
        }

        for (int i = 0; i < counts.Length; i++)
        {
            if (!(counts[i] >= 0))
            {
                return $"{side} side: bucket number {i + 1} has observation count of {counts[i]}: histogram has a bucket whose observation count is negative";
            }
        }

        return null;
    }
}
