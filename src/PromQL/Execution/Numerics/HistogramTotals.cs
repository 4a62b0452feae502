using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A sum or mean of histograms that come one by one, and what there is to say about it.</summary>
internal sealed class HistogramTally(bool averages)
{
    private const string Aggregation = "aggregation";

    private readonly HistogramSum _sum = averages ? HistogramSum.Average() : HistogramSum.Sum();
    private bool _resetSeen;
    private bool _noResetSeen;

    /// <summary>Whether exponential and custom buckets met; there is no result then.</summary>
    public bool IsIncompatible { get; private set; }

    public void Add(NativeHistogram histogram, string metric, Annotations annotations, SourceSpan at)
    {
        _resetSeen |= histogram.ResetHint == CounterResetHint.Reset;
        _noResetSeen |= histogram.ResetHint == CounterResetHint.NotReset;
        if (!IsIncompatible && !_sum.TryAdd(histogram))
        {
            IsIncompatible = true;
            annotations.MixedExponentialAndCustom(metric, at);
        }
    }

    public NativeHistogram? Result(Annotations annotations, SourceSpan at)
    {
        if (IsIncompatible)
        {
            return null;
        }

        if (_resetSeen && _noResetSeen)
        {
            annotations.ConflictingCounterResets(Aggregation, at);
        }

        if (_sum.Remarks.HasFlag(HistogramRemarks.BoundsReconciled))
        {
            annotations.MismatchedCustomBuckets(Aggregation, at);
        }

        return _sum.Result()?.Compacted();
    }
}

/// <summary>The histograms of a group of an aggregation, a tally a step.</summary>
internal sealed class HistogramColumn(QueryContext context, Steps steps, SourceSpan at, bool averages)
{
    private readonly HistogramTally?[] _tallies = new HistogramTally?[steps.Count];

    public void Add(int step, NativeHistogram histogram, string metric) =>
        (_tallies[step] ??= new HistogramTally(averages)).Add(histogram, metric, context.Annotations, at);

    /// <summary>Writes the histograms over the floats; a step with both loses both.</summary>
    /// <param name="floats">Steps that have floats.</param>
    public void Finish(SeriesBlock into, ReadOnlySpan<ulong> floats)
    {
        for (int step = 0; step < _tallies.Length; step++)
        {
            if (_tallies[step] is not { } tally)
            {
                continue;
            }

            if (StepBits.Has(floats, step))
            {
                context.Annotations.MixedFloatsAndHistogramsInAggregation(at);
                StepBits.Unset(into.Present, step);
            }
            else if (tally.Result(context.Annotations, at) is { } histogram)
            {
                into.Set(step, histogram);
            }
        }
    }
}

/// <summary>The sum or mean of the histograms of a window.</summary>
internal static class HistogramTotal
{
    public static NativeHistogram? Of(ReadOnlySpan<NativeHistogram?> window, bool averages, in RangeSeries series)
    {
        var tally = new HistogramTally(averages);
        foreach (NativeHistogram? histogram in window)
        {
            series.Context.ThrowIfOver();
            tally.Add(histogram!, series.Metric, series.Annotations, series.ArgSpan);
        }

        return tally.Result(series.Annotations, series.ArgSpan);
    }
}
