using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c> of floats: what the samples of a window gained, extended to the edges of the window
/// where the samples come close to them.
/// </summary>
/// <remarks>
/// A gap to an edge below 1.1 times the mean spacing is extended over in full, a larger one by half a spacing; a counter never
/// below zero. A start timestamp inside the window stands for a sample of 0.
/// </remarks>
internal sealed class ExtrapolatedRate(bool isCounter, bool perSecond) : RangeFunction
{
    private const double EdgeSpacings = 1.1;

    private readonly List<int> _falls = [];
    private int _nextFall;
    private readonly ExtendedRate _extended = new(isCounter, perSecond);
    private readonly HistogramRate _histograms = new(isCounter, perSecond);

    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        if (series.Window.Mode != WindowMode.Plain)
        {
            _extended.Evaluate(series, into);
        }
        else if (series.Samples.HasHistograms)
        {
            _histograms.Evaluate(series, into, this);
        }
        else
        {
            Floats(series, into);
        }

        if (isCounter)
        {
            CounterNames.Check(series, into);
        }
    }

    /// <summary>Called before the windows of a series: finds where it falls.</summary>
    public void Prepare(in RangeSeries series)
    {
        _falls.Clear();
        _nextFall = 0;
        if (isCounter)
        {
            FindFalls(series, series.Samples.Values, StartsOf(series));
        }
    }

    /// <summary>The result of a window that holds floats alone. Windows are asked for in the order of steps.</summary>
    public void Window(in RangeSeries series, int step, SeriesBlock into)
    {
        int first = series.Windows.First[step];
        int last = series.Windows.Behind[step] - 1;
        ReadOnlySpan<long> times = series.Samples.Times;
        ReadOnlySpan<double> values = series.Samples.Values;
        double gain = values[last] - values[first];
        while (_nextFall < _falls.Count && _falls[_nextFall] <= first)
        {
            _nextFall++;
        }

        for (int i = _nextFall; i < _falls.Count && _falls[i] <= last; i++)
        {
            gain += values[_falls[i] - 1];
        }

        ReadOnlySpan<long> starts = StartsOf(series);
        long end = series.Window.EndAt(series.Node.Steps.At(step));
        var window = new RateWindow(
            end - series.Window.RangeMs, end, times[first], times[last], last - first, starts.IsEmpty ? 0 : starts[first], series.Window.RangeMs);
        if (window.IsBornInside)
        {
            gain += values[first];
        }

        if (window.Factor(isCounter, perSecond, values[first], gain) is { } factor)
        {
            into.Set(step, gain * factor);
        }
    }

    private ReadOnlySpan<long> StartsOf(in RangeSeries series) =>
        isCounter && series.Context.UsesStartTimes ? series.Samples.StartTimes : [];

    private void Floats(in RangeSeries series, SeriesBlock into)
    {
        Prepare(series);
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            if (series.Windows.Behind[step] > series.Windows.First[step])
            {
                Window(series, step, into);
            }
        }
    }

    // Where a counter starts anew: at a smaller value than before, or at a start time after the sample before.
    private void FindFalls(in RangeSeries series, ReadOnlySpan<double> values, ReadOnlySpan<long> starts)
    {
        ReadOnlySpan<long> times = series.Samples.Times;
        bool overlapSeen = false;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] < values[i - 1])
            {
                _falls.Add(i);
            }
            else if (!starts.IsEmpty && StartTimes.IsReset(starts[i - 1], times[i - 1], starts[i], times[i]))
            {
                _falls.Add(i);
            }

            if (!starts.IsEmpty && !overlapSeen && StartTimes.Overlaps(starts[i - 1], times[i - 1], starts[i])
                && IsInsideSomeWindow(series.Windows, i))
            {
                overlapSeen = true;
                series.Annotations.OverlappingStartTime(series.Metric, series.ArgSpan);
            }
        }
    }

    private static bool IsInsideSomeWindow(SampleWindows windows, int index)
    {
        for (int step = 0; step < windows.First.Length; step++)
        {
            if (windows.First[step] < index && windows.Behind[step] > index)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The times that decide how far a gain is extended.</summary>
    /// <param name="born">Start timestamp of the first sample, or 0.</param>
    internal readonly struct RateWindow(long start, long end, long firstMs, long lastMs, int gaps, long born, long rangeMs)
    {
        /// <summary>Whether the first sample's start timestamp lies inside the window.</summary>
        public bool IsBornInside => born != 0 && born > start && born < firstMs;

        /// <summary>What to multiply the gain with; null where there are too few samples.</summary>
        /// <param name="isCounter">Whether it may not go below zero.</param>
        /// <param name="perSecond">Whether to divide by the range.</param>
        /// <param name="firstValue">Of the first sample.</param>
        /// <param name="gain">Over the samples.</param>
        public double? Factor(bool isCounter, bool perSecond, double firstValue, double gain)
        {
            double sampled = (lastMs - firstMs) / 1000.0;
            double spacing = gaps > 0 ? sampled / gaps : 0;
            double toStart = (firstMs - start) / 1000.0;
            double toEnd = (end - lastMs) / 1000.0;
            double close = spacing * EdgeSpacings;
            if (IsBornInside)
            {
                toStart = 0;
                sampled = (lastMs - born) / 1000.0;
            }
            else if (gaps == 0)
            {
                return null;
            }
            else
            {
                if (toStart >= close)
                {
                    toStart = spacing / 2;
                }

                if (isCounter && gain > 0 && firstValue >= 0)
                {
                    toStart = Math.Min(toStart, sampled * (firstValue / gain));
                }
            }

            if (toEnd >= close)
            {
                toEnd = spacing / 2;
            }

            double factor = sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
            return perSecond ? factor / (rangeMs / 1000.0) : factor;
        }
    }
}
