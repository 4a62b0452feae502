using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>One <c>Histogram</c> message, fields as sent; reused from metric to metric.</summary>
internal sealed class ProtobufHistogram
{
    // Exponential schemas of the specification; beyond 8 a receiver merges buckets.
    private const int SchemaMin = -4;
    private const int SchemaMax = 52;

    private readonly Side _positive = new();
    private readonly Side _negative = new();

    internal List<(double Bound, double Cumulative)> Buckets { get; } = [];

    internal ulong SampleCount { get; set; }

    internal double SampleCountFloat { get; set; }

    internal double Sum { get; set; }

    internal int Schema { get; set; }

    internal double ZeroThreshold { get; set; }

    internal ulong ZeroCount { get; set; }

    internal double ZeroCountFloat { get; set; }

    internal double Count => SampleCountFloat != 0 ? SampleCountFloat : SampleCount;

    /// <summary>Without spans, zero bucket and threshold it is taken for a classic one; a producer sends an empty span to say otherwise.</summary>
    internal bool IsNative => _positive.Spans.Count > 0 || _negative.Spans.Count > 0 || ZeroThreshold > 0 || ZeroCount > 0;

    internal Side Positive => _positive;

    internal Side Negative => _negative;

    internal void Clear()
    {
        Buckets.Clear();
        _positive.Clear();
        _negative.Clear();
        SampleCount = 0;
        SampleCountFloat = 0;
        Sum = 0;
        Schema = 0;
        ZeroThreshold = 0;
        ZeroCount = 0;
        ZeroCountFloat = 0;
    }

    /// <summary>The native histogram.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    internal string? TryConvert(bool gauge, int bucketsMax, out NativeHistogram? histogram)
    {
        histogram = null;
        bool isFloat = SampleCountFloat > 0 || ZeroCountFloat > 0;
        if (Schema is < SchemaMin or > SchemaMax)
        {
            return $"unknown schema {Schema}";
        }

        string? fault = _positive.TryConvert("positive", isFloat, bucketsMax, out BucketSpan[] positiveSpans, out double[] positive);
        string? below = _negative.TryConvert("negative", isFloat, bucketsMax, out BucketSpan[] negativeSpans, out double[] negative);
        if (fault is not null || below is not null)
        {
            return fault ?? below;
        }

        histogram = new NativeHistogram
        {
            Schema = Schema,
            ResetHint = gauge ? CounterResetHint.Gauge : CounterResetHint.Unknown,
            ZeroThreshold = ZeroThreshold,
            ZeroCount = isFloat ? ZeroCountFloat : ZeroCount,
            Count = isFloat ? SampleCountFloat : SampleCount,
            Sum = Sum,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negative,
        };
        return null;
    }

    /// <summary>Buckets above or below zero.</summary>
    internal sealed class Side
    {
        internal List<BucketSpan> Spans { get; } = [];

        internal List<long> Deltas { get; } = [];

        internal List<double> Counts { get; } = [];

        internal void Clear()
        {
            Spans.Clear();
            Deltas.Clear();
            Counts.Clear();
        }

        internal string? TryConvert(string side, bool isFloat, int bucketsMax, out BucketSpan[] spans, out double[] counts)
        {
            spans = [];
            counts = [];
            long named = 0;
            long index = 0;
            for (int i = 0; i < Spans.Count; i++)
            {
                named += Spans[i].Length;
                index += Spans[i].Offset + (long)Spans[i].Length;
                if (i > 0 && Spans[i].Offset < 0)
                {
                    return $"{side} side: span number {i + 1} with offset {Spans[i].Offset}";
                }
            }

            int held = isFloat ? Counts.Count : Deltas.Count;
            if (named != held)
            {
                return $"{side} side: spans need {named} buckets, have {held} buckets";
            }

            if (named > bucketsMax || Math.Abs(index) > int.MaxValue)
            {
                return $"{side} side: {named} buckets; the limit is {bucketsMax}";
            }

            double[] absolute = new double[held];
            long current = 0;
            for (int i = 0; i < held; i++)
            {
                absolute[i] = isFloat ? Counts[i] : current = unchecked(current + Deltas[i]);
            }

            (spans, counts) = BucketSpans.Compact(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Spans), absolute);
            return null;
        }
    }
}
