using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c> over anchored and smoothed ranges: from the value at the left edge to the one at the
/// right edge, without extrapolation. Anchored takes the last sample at or before an edge, smoothed interpolates.
/// </summary>
internal sealed class ExtendedRate(bool isCounter, bool perSecond)
{
    public void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int first = series.Windows.First[step];
            int count = series.Windows.Behind[step] - first;
            series.Context.ThrowIfOver();
            if (count <= 0)
            {
                continue;
            }

            int histograms = WindowKinds.HistogramsIn(series.Samples.Histograms, first, count);
            if (histograms > 0 && histograms < count)
            {
                series.Annotations.MixedFloatsAndHistograms(series.Metric, series.ArgSpan);
            }
            else if (histograms > 0)
            {
                ExtendedHistogramRate.Evaluate(series, step, first, count, isCounter, perSecond, into);
            }
            else
            {
                Floats(series, step, series.Samples.Times.Slice(first, count), series.Samples.Values.Slice(first, count), into);
            }
        }
    }

    private void Floats(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values, SeriesBlock into)
    {
        long end = series.Window.EndAt(series.Node.Steps.At(step));
        long start = end - series.Window.RangeMs;
        bool smoothed = series.Window.Mode == WindowMode.Smoothed;
        if (!EdgeSamples.Find(times, start, end, smoothed, out int first, out int last))
        {
            return;
        }

        double left = smoothed && times[first] < start
            ? Interpolation.Between(times[first], values[first], times[first + 1], values[first + 1], start, isCounter)
            : values[first];
        double right = smoothed && last > 0 && times[last] > end
            ? Interpolation.Between(times[last - 1], values[last - 1], times[last], values[last], end, isCounter)
            : values[last];
        double gain = right - left;
        if (isCounter)
        {
            // Resets at the edges are in the interpolated values already; here those of the samples strictly inside.
            int from = times[first] <= start ? first + 1 : first;
            int through = times[last] >= end ? last - 1 : last;
            double before = left;
            for (int i = from; i <= through; i++)
            {
                if (values[i] < before)
                {
                    gain += before;
                }

                before = values[i];
            }

            if (right < before)
            {
                gain += before;
            }
        }

        into.Set(step, perSecond ? gain / series.RangeSeconds : gain);
    }
}

/// <summary>The samples that stand for the edges of an anchored or smoothed range.</summary>
internal static class EdgeSamples
{
    /// <param name="times">Of the samples in reach, at least one.</param>
    /// <param name="first">The last sample at or before the start; the first of all where there is none.</param>
    /// <param name="last">Smoothed: the first sample at or after the end; else the last of all.</param>
    /// <returns>False where nothing lies inside.</returns>
    public static bool Find(ReadOnlySpan<long> times, long start, long end, bool smoothed, out int first, out int last)
    {
        last = times.Length - 1;
        first = Math.Max(0, FirstAfter(times[..last], start) - 1);
        if (smoothed)
        {
            last = FirstAfter(times[..last], end - 1);
        }

        return times[last] > start && !(smoothed && times[first] > end);
    }

    /// <summary>The place of the first time after a time; behind the last where there is none.</summary>
    public static int FirstAfter(ReadOnlySpan<long> times, long after)
    {
        int found = times.BinarySearch(after);
        return found >= 0 ? found + 1 : ~found;
    }
}
