namespace Pleiad.Model;

public sealed partial class NativeHistogram
{
    /// <summary>
    /// Adds two histograms. Where they differ, the result has the coarser schema, the wider zero bucket, the custom bounds of both.
    /// </summary>
    /// <param name="sum">The sum, without empty buckets.</param>
    /// <param name="remarks">What the user should hear.</param>
    /// <returns>False where one has exponential and the other custom buckets; there is no sum then.</returns>
    public static bool TryAdd(NativeHistogram left, NativeHistogram right, out NativeHistogram sum, out HistogramRemarks remarks)
    {
        remarks = HistogramRemarks.None;
        HistogramDraft draft = HistogramDraft.Of(left);
        bool added = draft.TryAdd(HistogramDraft.Of(right), 1, ref remarks);
        sum = added ? draft.ToHistogram() : left;
        return added;
    }

    /// <summary>Subtracts a histogram, as <see cref="TryAdd"/> adds one. The difference is a gauge.</summary>
    public static bool TrySubtract(NativeHistogram left, NativeHistogram right, out NativeHistogram difference, out HistogramRemarks remarks)
    {
        remarks = HistogramRemarks.None;
        HistogramDraft draft = HistogramDraft.Of(left);
        bool subtracted = draft.TryAdd(HistogramDraft.Of(right), -1, ref remarks);
        draft.Hint = CounterResetHint.Gauge;
        difference = subtracted ? draft.ToHistogram() : left;
        return subtracted;
    }

    /// <summary>Every count and the sum times a factor. A negative factor makes a gauge.</summary>
    public NativeHistogram Multiply(double factor) => Map(this, factor < 0, v => v * factor, keepBuckets: true);

    /// <summary>Every count and the sum divided. A negative divisor makes a gauge; division by zero leaves no buckets.</summary>
    public NativeHistogram Divide(double divisor) => Map(this, divisor < 0, v => v / divisor, keepBuckets: divisor != 0);

    /// <summary>Whether the counter was reset between an earlier sample and this one. Gauges have none; ask only of counters.</summary>
    /// <remarks>
    /// A hint that says so is believed. Else any count that went down is a reset, so is a finer schema, a narrower zero bucket or a change
    /// between exponential and custom buckets; differing custom bounds are compared by those that both have.
    /// </remarks>
    public bool IsResetAfter(NativeHistogram earlier)
    {
        if (ResetHint is CounterResetHint.Reset or CounterResetHint.NotReset)
        {
            return ResetHint == CounterResetHint.Reset;
        }

        if (Count < earlier.Count || UsesCustomBuckets != earlier.UsesCustomBuckets)
        {
            return true;
        }

        HistogramDraft now = HistogramDraft.Of(this);
        HistogramDraft before = HistogramDraft.Of(earlier);
        if (UsesCustomBuckets)
        {
            now.ShareLayout(before);
        }
        else
        {
            if (Schema > earlier.Schema || ZeroThreshold < earlier.ZeroThreshold)
            {
                return true;
            }

            before.WidenZero(ZeroThreshold);
            if (before.ZeroThreshold != ZeroThreshold || ZeroCount < before.ZeroCount.Total)
            {
                return true;
            }

            before.Coarsen(Schema);
        }

        return AnyFewer(now.Positive, before.Positive) || AnyFewer(now.Negative, before.Negative);
    }

    private static bool AnyFewer(BucketColumn now, BucketColumn before)
    {
        int at = 0;
        for (int i = 0; i < before.Length; i++)
        {
            while (at < now.Length && now.Indexes[at] < before.Indexes[i])
            {
                at++;
            }

            bool here = at < now.Length && now.Indexes[at] == before.Indexes[i];
            if (before.Counts[i].Value > (here ? now.Counts[at].Value : 0))
            {
                return true;
            }
        }

        return false;
    }

    private static NativeHistogram Map(NativeHistogram from, bool toGauge, Func<double, double> map, bool keepBuckets) => new()
    {
        Schema = from.Schema,
        ResetHint = toGauge ? CounterResetHint.Gauge : from.ResetHint,
        ZeroThreshold = from.ZeroThreshold,
        ZeroCount = map(from.ZeroCount),
        Count = map(from.Count),
        Sum = map(from.Sum),
        PositiveSpans = keepBuckets ? from.PositiveSpans : [],
        PositiveBuckets = keepBuckets ? Array.ConvertAll(from.PositiveBuckets, c => map(c)) : [],
        NegativeSpans = keepBuckets ? from.NegativeSpans : [],
        NegativeBuckets = keepBuckets ? Array.ConvertAll(from.NegativeBuckets, c => map(c)) : [],
        CustomBounds = from.CustomBounds,
    };
}
