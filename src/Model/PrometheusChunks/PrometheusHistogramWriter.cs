namespace Pleiad.Model;

/// <summary>Chunks of native histograms that have the same buckets. The counterpart of <see cref="PrometheusHistograms"/>.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/chunks.md, "Histogram chunk data" and "Float histogram chunk data".</remarks>
internal static class PrometheusHistogramWriter
{
    private const int ThresholdExponentMin = -243;
    private const int ThresholdExponentMax = 10;

    /// <summary>Writes samples that go into one chunk, as <see cref="PrometheusHistogramRuns"/> says.</summary>
    /// <param name="bits">Empty.</param>
    /// <param name="times">Ascending.</param>
    /// <param name="histograms">As many, none of them null.</param>
    /// <param name="isInteger">Whether as integers.</param>
    public static void Write(PrometheusBitWriter bits, ReadOnlySpan<long> times, ReadOnlySpan<NativeHistogram?> histograms, bool isInteger)
    {
        // A stale marker says nothing of buckets; where it is the first, none follow either.
        NativeHistogram layout = histograms[0] is { IsStale: false } first ? first : new NativeHistogram();
        bits.Bits((ulong)times.Length, 16);
        WriteLayout(bits, layout);
        if (isInteger)
        {
            WriteIntegers(bits, times, histograms, layout.PositiveBuckets.Length, layout.NegativeBuckets.Length);
        }
        else
        {
            WriteFloats(bits, times, histograms, layout.PositiveBuckets.Length, layout.NegativeBuckets.Length);
        }
    }

    private static void WriteIntegers(PrometheusBitWriter bits, ReadOnlySpan<long> times, ReadOnlySpan<NativeHistogram?> histograms, int positive, int negative)
    {
        var deltas = new long[positive + negative];
        var steps = new long[positive + negative];
        (long Time, long Count, long Zero) value = default;
        (long Time, long Count, long Zero) step = default;
        PrometheusXorWriter sum = default;
        for (int i = 0; i < times.Length; i++)
        {
            NativeHistogram histogram = histograms[i]!;
            (long Time, long Count, long Zero) now = histogram.IsStale ? (times[i], 0, 0) : (times[i], (long)histogram.Count, (long)histogram.ZeroCount);
            if (i == 0)
            {
                bits.VarbitInt(now.Time);
                bits.VarbitUint((ulong)now.Count);
                bits.VarbitUint((ulong)now.Zero);
                sum.First(bits, histogram.Sum);
            }
            else
            {
                (long Time, long Count, long Zero) next = unchecked((now.Time - value.Time, now.Count - value.Count, now.Zero - value.Zero));
                bits.VarbitInt(unchecked(next.Time - step.Time));
                bits.VarbitInt(unchecked(next.Count - step.Count));
                bits.VarbitInt(unchecked(next.Zero - step.Zero));
                step = next;
                sum.Next(bits, histogram.Sum);
            }

            value = now;
            if (histogram.IsStale)
            {
                continue;
            }

            long before = 0;
            for (int bucket = 0; bucket < deltas.Length; bucket++)
            {
                before = bucket == positive ? 0 : before;
                long count = (long)(bucket < positive ? histogram.PositiveBuckets[bucket] : histogram.NegativeBuckets[bucket - positive]);
                long delta = count - before;
                before = count;
                if (i == 0)
                {
                    bits.VarbitInt(delta);
                }
                else
                {
                    long change = delta - deltas[bucket];
                    bits.VarbitInt(change - steps[bucket]);
                    steps[bucket] = change;
                }

                deltas[bucket] = delta;
            }
        }
    }

    private static void WriteFloats(PrometheusBitWriter bits, ReadOnlySpan<long> times, ReadOnlySpan<NativeHistogram?> histograms, int positive, int negative)
    {
        var buckets = new PrometheusXorWriter[positive + negative];
        PrometheusXorWriter count = default;
        PrometheusXorWriter zero = default;
        PrometheusXorWriter sum = default;
        long step = 0;
        for (int i = 0; i < times.Length; i++)
        {
            NativeHistogram histogram = histograms[i]!;
            (double Count, double Zero) counts = histogram.IsStale ? (0, 0) : (histogram.Count, histogram.ZeroCount);
            if (i == 0)
            {
                bits.VarbitInt(times[0]);
            }
            else
            {
                long next = unchecked(times[i] - times[i - 1]);
                bits.VarbitInt(unchecked(next - step));
                step = next;
            }

            Value(ref count, counts.Count);
            Value(ref zero, counts.Zero);
            Value(ref sum, histogram.Sum);
            if (histogram.IsStale)
            {
                continue;
            }

            for (int bucket = 0; bucket < buckets.Length; bucket++)
            {
                Value(ref buckets[bucket], bucket < positive ? histogram.PositiveBuckets[bucket] : histogram.NegativeBuckets[bucket - positive]);
            }

            void Value(ref PrometheusXorWriter writer, double value)
            {
                if (i == 0)
                {
                    writer.First(bits, value);
                }
                else
                {
                    writer.Next(bits, value);
                }
            }
        }
    }

    private static void WriteLayout(PrometheusBitWriter bits, NativeHistogram layout)
    {
        // What came before the chunk is not said where it is not known: Prometheus then compares.
        bits.Bits(layout.ResetHint switch { CounterResetHint.Reset => 2UL, CounterResetHint.Gauge => 3, _ => 0 } << 6, 8);
        double threshold = layout.ZeroThreshold;
        int exponent = threshold > 0 && double.IsFinite(threshold) ? Math.ILogB(threshold) : int.MaxValue;
        if (threshold == 0)
        {
            bits.Bits(0, 8);
        }
        else if (exponent is >= ThresholdExponentMin and <= ThresholdExponentMax && Math.ScaleB(1, exponent) == threshold)
        {
            bits.Bits((ulong)(exponent + PrometheusHistograms.ThresholdExponentBias), 8);
        }
        else
        {
            bits.Bits(PrometheusHistograms.ThresholdFollows, 8);
            bits.Float64(threshold);
        }

        bits.VarbitInt(layout.Schema);
        WriteSpans(bits, layout.PositiveSpans);
        WriteSpans(bits, layout.NegativeSpans);
        if (layout.UsesCustomBuckets)
        {
            WriteBounds(bits, layout.CustomBounds);
        }
    }

    private static void WriteSpans(PrometheusBitWriter bits, BucketSpan[] spans)
    {
        bits.VarbitUint((ulong)spans.Length);
        foreach (BucketSpan span in spans)
        {
            bits.VarbitUint(span.Length);
            bits.VarbitInt(span.Offset);
        }
    }

    // A bound with at most three decimals is an integer plus one, others are 0 and the double.
    private static void WriteBounds(PrometheusBitWriter bits, double[] bounds)
    {
        bits.VarbitUint((ulong)bounds.Length);
        foreach (double bound in bounds)
        {
            double scaled = bound * PrometheusHistograms.BoundScale;
            if (scaled >= 0 && scaled <= PrometheusHistograms.BoundMax && Math.Floor(scaled) == scaled && !double.IsNegative(bound)
                && scaled / PrometheusHistograms.BoundScale == bound)
            {
                bits.VarbitUint((ulong)scaled + 1);
            }
            else
            {
                bits.VarbitUint(0);
                bits.Float64(bound);
            }
        }
    }
}
