namespace Pleiad.Model;

/// <summary>Chunks of native histograms: all samples of a chunk have the same buckets, which its head names.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/chunks.md, "Histogram chunk data" and "Float histogram chunk data".</remarks>
internal static class PrometheusHistograms
{
    // More than any histogram that can be stored has.
    private const int BucketsMax = 1 << 16;
    internal const int ThresholdFollows = 255;
    internal const int ThresholdExponentBias = 244;
    internal const ulong BoundMax = 33_554_430;
    internal const double BoundScale = 1000;

    /// <summary>Samples whose counts are integers: differences of differences.</summary>
    public static void ReadIntegers(ref PrometheusBits bits, int samples, SampleColumns into)
    {
        Layout layout = ReadLayout(ref bits, out CounterResetHint hint);
        int buckets = layout.Positive + layout.Negative;
        var deltas = new long[buckets];
        var steps = new long[buckets];
        (long Time, long Count, long Zero) value = default;
        (long Time, long Count, long Zero) step = default;
        PrometheusXor sum = default;
        for (int i = 0; i < samples; i++)
        {
            if (i == 0)
            {
                value = (bits.VarbitInt(), (long)bits.VarbitUint(), (long)bits.VarbitUint());
                sum = new PrometheusXor(bits.Float64());
            }
            else
            {
                // The first difference stands by itself, later ones as what changed of the one before: with 0 before it, that is the same.
                step = unchecked((step.Time + bits.VarbitInt(), step.Count + bits.VarbitInt(), step.Zero + bits.VarbitInt()));
                value = unchecked((value.Time + step.Time, value.Count + step.Count, value.Zero + step.Zero));
                sum.Next(ref bits);
            }

            if (StaleMarker.Is(sum.Value))
            {
                // Nothing is written of its buckets.
                into.Add(value.Time, layout.Stale(sum.Value));
                continue;
            }

            for (int bucket = 0; bucket < buckets; bucket++)
            {
                long read = bits.VarbitInt();
                if (i > 0)
                {
                    steps[bucket] = unchecked(steps[bucket] + read);
                    read = steps[bucket];
                }

                deltas[bucket] = unchecked(deltas[bucket] + read);
            }

            into.Add(value.Time, layout.Of(
                i == 0 ? hint : Later(hint), (ulong)value.Count, (ulong)value.Zero, sum.Value, Absolute(deltas.AsSpan(0, layout.Positive)), Absolute(deltas.AsSpan(layout.Positive))));
        }
    }

    /// <summary>Samples whose counts are doubles.</summary>
    public static void ReadFloats(ref PrometheusBits bits, int samples, SampleColumns into)
    {
        Layout layout = ReadLayout(ref bits, out CounterResetHint hint);
        int buckets = layout.Positive + layout.Negative;
        var values = new PrometheusXor[buckets];
        PrometheusXor count = default;
        PrometheusXor zero = default;
        PrometheusXor sum = default;
        long time = 0;
        long step = 0;
        for (int i = 0; i < samples; i++)
        {
            if (i == 0)
            {
                time = bits.VarbitInt();
                count = new PrometheusXor(bits.Float64());
                zero = new PrometheusXor(bits.Float64());
                sum = new PrometheusXor(bits.Float64());
            }
            else
            {
                step = unchecked(step + bits.VarbitInt());
                time = unchecked(time + step);
                count.Next(ref bits);
                zero.Next(ref bits);
                sum.Next(ref bits);
            }

            if (StaleMarker.Is(sum.Value))
            {
                into.Add(time, layout.Stale(sum.Value));
                continue;
            }

            for (int bucket = 0; bucket < buckets; bucket++)
            {
                if (i == 0)
                {
                    values[bucket] = new PrometheusXor(bits.Float64());
                }
                else
                {
                    values[bucket].Next(ref bits);
                }
            }

            double[] all = Array.ConvertAll(values, static value => value.Value);
            into.Add(time, layout.Of(i == 0 ? hint : Later(hint), count.Value, zero.Value, sum.Value, all[..layout.Positive], all[layout.Positive..]));
        }
    }

    // What the head of a chunk says of the time before it is true of its first sample; a chunk goes on only without a reset.
    // That there was none is left to be found by comparing: deletion and what else is imported may change which sample comes before.
    private static CounterResetHint Later(CounterResetHint hint) => hint == CounterResetHint.Gauge ? hint : CounterResetHint.Unknown;

    private static double[] Absolute(ReadOnlySpan<long> deltas)
    {
        var counts = new double[deltas.Length];
        long count = 0;
        for (int i = 0; i < deltas.Length; i++)
        {
            count = unchecked(count + deltas[i]);
            counts[i] = count;
        }

        return counts;
    }

    private static Layout ReadLayout(ref PrometheusBits bits, out CounterResetHint hint)
    {
        hint = (bits.Bits(8) >> 6) switch
        {
            2 => CounterResetHint.Reset,
            3 => CounterResetHint.Gauge,
            _ => CounterResetHint.Unknown,
        };
        int threshold = (int)bits.Bits(8);
        double zeroThreshold = threshold switch
        {
            0 => 0,
            ThresholdFollows => bits.Float64(),
            _ => Math.ScaleB(1, threshold - ThresholdExponentBias),
        };
        int schema = (int)bits.VarbitInt();
        if (!NativeHistogram.IsKnownSchema(schema))
        {
            throw new FormatException($"histograms of schema {schema}");
        }

        BucketSpan[] positive = ReadSpans(ref bits, out int positiveBuckets);
        BucketSpan[] negative = ReadSpans(ref bits, out int negativeBuckets);
        double[] bounds = schema == NativeHistogram.CustomBucketsSchema ? ReadBounds(ref bits) : [];
        return new Layout(schema, zeroThreshold, positive, negative, bounds, positiveBuckets, negativeBuckets);
    }

    private static BucketSpan[] ReadSpans(ref PrometheusBits bits, out int buckets)
    {
        var spans = new BucketSpan[bits.Count(BucketsMax)];
        buckets = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            int length = bits.Count(BucketsMax);
            spans[i] = new BucketSpan((int)bits.VarbitInt(), (uint)length);
            buckets += length;
            if (buckets > BucketsMax)
            {
                throw new FormatException($"a histogram of more than {BucketsMax} buckets");
            }
        }

        return spans;
    }

    // A bound with at most three decimals is an integer plus one, others are 0 and the double.
    private static double[] ReadBounds(ref PrometheusBits bits)
    {
        var bounds = new double[bits.Count(BucketsMax)];
        for (int i = 0; i < bounds.Length; i++)
        {
            ulong number = bits.VarbitUint();
            bounds[i] = number == 0 ? bits.Float64()
                : number - 1 <= BoundMax ? (number - 1) / BoundScale
                : throw new FormatException("a bound of a bucket is out of its range");
        }

        return bounds;
    }

    private sealed record Layout(int Schema, double ZeroThreshold, BucketSpan[] PositiveSpans, BucketSpan[] NegativeSpans, double[] Bounds, int Positive, int Negative)
    {
        public NativeHistogram Stale(double sum) => new() { Sum = sum };

        public NativeHistogram Of(CounterResetHint hint, double count, double zero, double sum, double[] positive, double[] negative) => new()
        {
            Schema = Schema,
            ResetHint = hint,
            ZeroThreshold = ZeroThreshold,
            ZeroCount = zero,
            Count = count,
            Sum = sum,
            PositiveSpans = PositiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = NegativeSpans,
            NegativeBuckets = negative,
            CustomBounds = Bounds,
        };
    }
}
