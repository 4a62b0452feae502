using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><see cref="ExtendedRate"/> for windows of native histograms.</summary>
internal static class ExtendedHistogramRate
{
    /// <param name="offset">Place of the first sample in reach.</param>
    /// <param name="count">Samples in reach.</param>
    public static void Evaluate(in RangeSeries series, int step, int offset, int count, bool isCounter, bool perSecond, SeriesBlock into)
    {
        ReadOnlySpan<long> times = series.Samples.Times.Slice(offset, count);
        ReadOnlySpan<NativeHistogram?> window = series.Samples.Histograms.Slice(offset, count);
        long end = series.Window.EndAt(series.Node.Steps.At(step));
        long start = end - series.Window.RangeMs;
        bool smoothed = series.Window.Mode == WindowMode.Smoothed;
        if (!EdgeSamples.Find(times, start, end, smoothed, out int first, out int last)
            || !IsUniform(series, window[first..(last + 1)], isCounter))
        {
            return;
        }

        var arithmetic = new HistogramArithmetic(series.Annotations, series.ArgSpan);
        NativeHistogram? left = smoothed && times[first] < start
            ? arithmetic.Between(times[first], window[first]!, times[first + 1], window[first + 1]!, start, isCounter, series.Metric)
            : window[first];
        NativeHistogram? right = smoothed && last > 0 && times[last] > end
            ? arithmetic.Between(times[last - 1], window[last - 1]!, times[last], window[last]!, end, isCounter, series.Metric)
            : window[last];
        if (left is null || right is null)
        {
            return;
        }

        if (!isCounter && (left.ResetHint != CounterResetHint.Gauge || right.ResetHint != CounterResetHint.Gauge))
        {
            series.Annotations.HistogramNotGauge(series.Metric, series.ArgSpan);
        }

        NativeHistogram? gain = arithmetic.Subtract(right, left, series.Metric);
        if (isCounter && gain is not null)
        {
            gain = WithLosses(series, gain, times, window, first, last, left, right, start, smoothed);
        }

        if (gain is not null)
        {
            gain = perSecond ? gain.Divide(series.RangeSeconds) : gain;
            into.Set(step, gain.WithHint(CounterResetHint.Gauge).Compacted());
        }
    }

    private static bool IsUniform(in RangeSeries series, ReadOnlySpan<NativeHistogram?> window, bool isCounter)
    {
        foreach (NativeHistogram? histogram in window)
        {
            if (histogram!.UsesCustomBuckets != window[0]!.UsesCustomBuckets)
            {
                series.Annotations.MixedExponentialAndCustom(series.Metric, series.ArgSpan);
                return false;
            }

            if (isCounter && histogram.ResetHint == CounterResetHint.Gauge)
            {
                series.Annotations.HistogramNotCounter(series.Metric, series.ArgSpan);
            }
        }

        return true;
    }

    // Adds what was lost at resets between the edges. A reset the left edge was interpolated over is accounted for in its value.
    private static NativeHistogram? WithLosses(
        in RangeSeries series, NativeHistogram gain, ReadOnlySpan<long> times, ReadOnlySpan<NativeHistogram?> window,
        int first, int last, NativeHistogram left, NativeHistogram right, long start, bool smoothed)
    {
        int from = first + 1;
        NativeHistogram before = left;
        if (smoothed && times[first] < start && window[first + 1]!.IsResetAfter(window[first]!))
        {
            before = window[first + 1]!;
            from++;
        }

        // The last sample is looked at as the right edge: its hint would be counted twice.
        if (from > last)
        {
            return gain;
        }

        var arithmetic = new HistogramArithmetic(series.Annotations, series.ArgSpan);
        NativeHistogram? sum = gain;
        for (int i = from; i <= last && sum is not null; i++)
        {
            NativeHistogram here = i == last ? right : window[i]!;
            if (here.IsResetAfter(before))
            {
                sum = arithmetic.Add(sum, before, series.Metric);
            }

            before = here;
        }

        return sum;
    }
}
