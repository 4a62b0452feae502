using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Arithmetic over native histograms whose trouble becomes annotations at a place. Null where there is no result.</summary>
internal readonly struct HistogramArithmetic(Annotations annotations, SourceSpan at)
{
    private const string Addition = "addition";
    private const string Subtraction = "subtraction";

    public static bool AreEqual(NativeHistogram left, NativeHistogram right) => left.Equals(right);

    public static bool IsReset(NativeHistogram before, NativeHistogram after) => after.IsResetAfter(before);

    public static NativeHistogram Times(NativeHistogram histogram, double factor) => histogram.Multiply(factor).Compacted();

    public static NativeHistogram Over(NativeHistogram histogram, double divisor) => histogram.Divide(divisor).Compacted();

    public static NativeHistogram Trim(NativeHistogram histogram, double bound, bool upper) =>
        upper ? HistogramTrim.KeepBelow(histogram, bound) : HistogramTrim.KeepAbove(histogram, bound);

    /// <summary>The operators <c>+</c> and <c>-</c>: no result where the hints of the two contradict each other.</summary>
    public NativeHistogram? Binary(BinaryOp op, NativeHistogram left, NativeHistogram right)
    {
        bool add = op == BinaryOp.Add;
        bool done = add
            ? NativeHistogram.TryAdd(left, right, out NativeHistogram result, out HistogramRemarks remarks)
            : NativeHistogram.TrySubtract(left, right, out result, out remarks);
        if (!done)
        {
            annotations.IncompatibleBucketLayout(op, at);
            return null;
        }

        if (remarks.HasFlag(HistogramRemarks.ResetsConflict))
        {
            annotations.ConflictingCounterResets(add ? Addition : Subtraction, at);
            return null;
        }

        TellReconciled(remarks, add ? Addition : Subtraction);
        return result;
    }

    /// <summary>A sum inside a function of ranges, where resets are dealt with explicitly.</summary>
    public NativeHistogram? Add(NativeHistogram left, NativeHistogram right, string metric)
    {
        if (!NativeHistogram.TryAdd(left, right, out NativeHistogram sum, out HistogramRemarks remarks))
        {
            annotations.MixedExponentialAndCustom(metric, at);
            return null;
        }

        TellReconciled(remarks, Addition);
        return sum;
    }

    /// <summary>A difference inside a function of ranges, where resets are dealt with explicitly.</summary>
    public NativeHistogram? Subtract(NativeHistogram left, NativeHistogram right, string metric)
    {
        if (!NativeHistogram.TrySubtract(left, right, out NativeHistogram difference, out HistogramRemarks remarks))
        {
            annotations.MixedExponentialAndCustom(metric, at);
            return null;
        }

        TellReconciled(remarks, Subtraction);
        return difference;
    }

    /// <summary>A straight line between two samples, bucket by bucket.</summary>
    /// <param name="isCounter">A reset between the two: the line then starts from nothing.</param>
    public NativeHistogram? Between(
        long leftMs, NativeHistogram left, long rightMs, NativeHistogram right, long atMs, bool isCounter, string metric)
    {
        if (atMs == leftMs || atMs == rightMs)
        {
            return atMs == leftMs ? left : right;
        }

        double part = (double)(atMs - leftMs) / (rightMs - leftMs);
        if (isCounter && right.IsResetAfter(left))
        {
            return right.Multiply(part);
        }

        CounterResetHint hint = CounterResetHints.Joined(left.ResetHint, right.ResetHint, out _);
        return Subtract(right, left, metric) is { } gap ? Add(gap.Multiply(part), left, metric)?.WithHint(hint) : null;
    }

    /// <summary>What the last of two samples gained over the one before: <c>irate</c> and <c>idelta</c>.</summary>
    /// <param name="restarted">Start timestamps say that the counter began anew in between.</param>
    public NativeHistogram? InstantGain(NativeHistogram before, NativeHistogram after, bool isCounter, bool restarted, string metric)
    {
        bool anyGauge = before.ResetHint == CounterResetHint.Gauge || after.ResetHint == CounterResetHint.Gauge;
        bool allGauges = before.ResetHint == CounterResetHint.Gauge && after.ResetHint == CounterResetHint.Gauge;
        if (isCounter && anyGauge)
        {
            annotations.HistogramNotCounter(metric, at);
        }
        else if (!isCounter && !allGauges)
        {
            annotations.HistogramNotGauge(metric, at);
        }

        NativeHistogram? gain = after;
        if (!isCounter || (!restarted && !after.IsResetAfter(before)))
        {
            gain = Subtract(after, before, metric);
        }

        return gain?.WithHint(CounterResetHint.Gauge).Compacted();
    }

    private void TellReconciled(HistogramRemarks remarks, string operation)
    {
        if (remarks.HasFlag(HistogramRemarks.BoundsReconciled))
        {
            annotations.MismatchedCustomBuckets(operation, at);
        }
    }
}
