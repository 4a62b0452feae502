using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// The arithmetic that series notation needs: a histogram plus or minus another, step by step, and its buckets one by one.
/// Plain on purpose: it makes the expectations that the engine's own arithmetic is measured against.
/// </summary>
internal static class HistogramSteps
{
    /// <summary>The sum or difference; the step may have a finer schema, not a coarser one.</summary>
    public static NativeHistogram Combine(NativeHistogram from, NativeHistogram step, int sign)
    {
        if (from.Schema > step.Schema || from.UsesCustomBuckets != step.UsesCustomBuckets)
        {
            throw new ScriptSyntaxException(
                0, $"error combining histograms: cannot merge from schema {step.Schema} to {from.Schema}");
        }

        if (!from.CustomBounds.AsSpan().SequenceEqual(step.CustomBounds))
        {
            throw new ScriptSyntaxException(0, "error combining histograms: custom buckets differ");
        }

        bool stepHasZeroBucket = step.ZeroThreshold != 0 || step.ZeroCount != 0;
        if (stepHasZeroBucket && step.ZeroThreshold != from.ZeroThreshold)
        {
            throw new ScriptSyntaxException(0, "error combining histograms: zero buckets differ in width");
        }

        int coarser = from.UsesCustomBuckets ? 0 : step.Schema - from.Schema;
        (BucketSpan[] positiveSpans, double[] positive) = Merge(
            Buckets(from.PositiveSpans, from.PositiveBuckets), Buckets(step.PositiveSpans, step.PositiveBuckets), coarser, sign);
        (BucketSpan[] negativeSpans, double[] negative) = Merge(
            Buckets(from.NegativeSpans, from.NegativeBuckets), Buckets(step.NegativeSpans, step.NegativeBuckets), coarser, sign);
        bool gauge = from.ResetHint == CounterResetHint.Gauge || step.ResetHint == CounterResetHint.Gauge;
        return new NativeHistogram
        {
            Schema = from.Schema,
            Sum = from.Sum + (sign * step.Sum),
            Count = from.Count + (sign * step.Count),
            ZeroCount = from.ZeroCount + (sign * step.ZeroCount),
            ZeroThreshold = from.ZeroThreshold,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negative,
            CustomBounds = from.CustomBounds,
            ResetHint = gauge ? CounterResetHint.Gauge : from.ResetHint == step.ResetHint ? from.ResetHint : CounterResetHint.Unknown,
        };
    }

    /// <summary>Each bucket with its index, in order.</summary>
    public static IEnumerable<(int Index, double Count)> Buckets(BucketSpan[] spans, double[] counts)
    {
        int index = 0;
        int next = 0;
        foreach (BucketSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++)
            {
                yield return (index++, counts[next++]);
            }
        }
    }

    private static (BucketSpan[] Spans, double[] Counts) Merge(
        IEnumerable<(int Index, double Count)> from, IEnumerable<(int Index, double Count)> step, int coarser, int sign)
    {
        var sums = new SortedDictionary<int, double>();
        foreach ((int index, double count) in from)
        {
            sums[index] = count;
        }

        foreach ((int index, double count) in step)
        {
            // Bucket i of a finer schema lies in bucket ceil(i / 2^n) of one n coarser.
            int at = coarser == 0 ? index : ((index - 1) >> coarser) + 1;
            sums[at] = sums.GetValueOrDefault(at) + (sign * count);
        }

        var spans = new List<BucketSpan>();
        int end = 0;
        foreach (int index in sums.Keys)
        {
            if (spans.Count > 0 && index == end)
            {
                spans[^1] = spans[^1] with { Length = spans[^1].Length + 1 };
            }
            else
            {
                spans.Add(new BucketSpan(spans.Count == 0 ? index : index - end, 1));
            }

            end = index + 1;
        }

        return ([.. spans], [.. sums.Values]);
    }
}
