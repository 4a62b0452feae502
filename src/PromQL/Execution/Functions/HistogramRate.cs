using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>rate</c>, <c>increase</c> and <c>delta</c> of series with native histograms: like those of floats, bucket by bucket.</summary>
internal sealed class HistogramRate(bool isCounter, bool perSecond)
{
    /// <summary>Evaluates all windows; those that hold floats alone are left to <paramref name="floats"/>.</summary>
    public void Evaluate(in RangeSeries series, SeriesBlock into, ExtrapolatedRate floats)
    {
        ReadOnlySpan<NativeHistogram?> histograms = series.Samples.Histograms;
        floats.Prepare(series);
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int first = series.Windows.First[step];
            int count = series.Windows.Behind[step] - first;
            series.Context.ThrowIfOver();
            if (count <= 0)
            {
                continue;
            }

            int found = WindowKinds.HistogramsIn(histograms, first, count);
            if (found == 0)
            {
                floats.Window(series, step, into);
            }
            else if (found < count)
            {
                series.Annotations.MixedFloatsAndHistograms(series.Metric, series.ArgSpan);
            }
            else if (Window(series, step, histograms.Slice(first, count)) is { } result)
            {
                into.Set(step, result);
            }
        }
    }

    private NativeHistogram? Window(in RangeSeries series, int step, ReadOnlySpan<NativeHistogram?> window)
    {
        int first = series.Windows.First[step];
        ReadOnlySpan<long> times = series.Samples.Times.Slice(first, window.Length);
        ReadOnlySpan<long> starts = isCounter && series.Context.UsesStartTimes && series.Samples.HasStartTimes
            ? series.Samples.StartTimes.Slice(first, window.Length)
            : [];
        NativeHistogram? gain = null;
        if (window.Length > 1)
        {
            gain = Gain(series, window, times, starts);
            if (gain is null)
            {
                return null;
            }
        }

        long end = series.Window.EndAt(series.Node.Steps.At(step));
        var edges = new ExtrapolatedRate.RateWindow(
            end - series.Window.RangeMs, end, times[0], times[^1], window.Length - 1, starts.IsEmpty ? 0 : starts[0], series.Window.RangeMs);
        if (edges.IsBornInside)
        {
            var arithmetic = new HistogramArithmetic(series.Annotations, series.ArgSpan);
            gain = gain is null ? window[0] : arithmetic.Add(gain, window[0]!, series.Metric);
        }

        return gain is not null && edges.Factor(isCounter, perSecond, window[0]!.Count, gain.Count) is { } factor
            ? gain.Multiply(factor).WithHint(gain.ResetHint)
            : null;
    }

    // Last minus first, plus what was lost at resets in between.
    private NativeHistogram? Gain(
        in RangeSeries series, ReadOnlySpan<NativeHistogram?> window, ReadOnlySpan<long> times, ReadOnlySpan<long> starts)
    {
        Annotations annotations = series.Annotations;
        NativeHistogram first = window[0]!;
        NativeHistogram last = window[^1]!;
        if (isCounter && IsReset(window[1]!, window[0]!, times, starts, 1))
        {
            // Nothing of the first sample is needed then, so its layout must not stand in the way.
            NativeHistogram second = window[1]!;
            first = new NativeHistogram { Schema = second.Schema, CustomBounds = second.CustomBounds };
        }

        // The last is looked at first. Where one in between does not fit, that is all there is to say.
        if (last.UsesCustomBuckets != first.UsesCustomBuckets)
        {
            if (isCounter && HasGauge([window[0], last]))
            {
                annotations.HistogramNotCounter(series.Metric, series.ArgSpan);
            }

            annotations.MixedExponentialAndCustom(series.Metric, series.ArgSpan);
            return null;
        }

        int schema = Math.Min(first.Schema, last.Schema);
        for (int i = 1; isCounter && i < window.Length - 1; i++)
        {
            if (window[i]!.UsesCustomBuckets != first.UsesCustomBuckets)
            {
                annotations.MixedExponentialAndCustom(series.Metric, series.ArgSpan);
                return null;
            }

            schema = Math.Min(schema, window[i]!.Schema);
        }

        if (isCounter && HasGauge(window))
        {
            annotations.HistogramNotCounter(series.Metric, series.ArgSpan);
        }

        var arithmetic = new HistogramArithmetic(annotations, series.ArgSpan);
        NativeHistogram? gain = arithmetic.Subtract(last.UsesCustomBuckets ? last : last.Coarsened(schema), first, series.Metric);
        if (!isCounter)
        {
            if (window[0]!.ResetHint != CounterResetHint.Gauge || last.ResetHint != CounterResetHint.Gauge)
            {
                annotations.HistogramNotGauge(series.Metric, series.ArgSpan);
            }

            return gain?.WithHint(CounterResetHint.Gauge).Compacted();
        }

        bool overlapSeen = false;
        for (int i = 1; i < window.Length && gain is not null; i++)
        {
            if (!starts.IsEmpty && !overlapSeen && StartTimes.Overlaps(starts[i - 1], times[i - 1], starts[i]))
            {
                overlapSeen = true;
                annotations.OverlappingStartTime(series.Metric, series.ArgSpan);
            }

            series.Context.ThrowIfOver();
            NativeHistogram before = i == 1 ? first : window[i - 1]!;
            if (IsReset(window[i]!, before, times, starts, i))
            {
                gain = arithmetic.Add(gain, before, series.Metric);
            }
        }

        return gain?.WithHint(CounterResetHint.Gauge).Compacted();
    }

    private static bool HasGauge(ReadOnlySpan<NativeHistogram?> window)
    {
        foreach (NativeHistogram? histogram in window)
        {
            if (histogram!.ResetHint == CounterResetHint.Gauge)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsReset(
        NativeHistogram here, NativeHistogram before, ReadOnlySpan<long> times, ReadOnlySpan<long> starts, int index) =>
        (!starts.IsEmpty && StartTimes.IsReset(starts[index - 1], times[index - 1], starts[index], times[index]))
        || here.IsResetAfter(before);
}
