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

    // What follows from the times alone, kept while series have the same times.
    private long _layout = -1;
    private RateWindow[] _windows = [];
    private double[] _factors = [];
    private double[] _plainFrom = [];
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
        double gain = values[last] - values[first] + LostIn(values, first, last);
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
        if (!StartsOf(series).IsEmpty)
        {
            for (int step = 0; step < series.Node.Steps.Count; step++)
            {
                if (series.Windows.Behind[step] > series.Windows.First[step])
                {
                    series.Context.ThrowIfOver();
                    Window(series, step, into);
                }
            }

            return;
        }

        if (_layout != series.Windows.Layout)
        {
            LayOut(series);
        }

        ReadOnlySpan<int> firsts = series.Windows.First;
        ReadOnlySpan<int> behinds = series.Windows.Behind;
        ReadOnlySpan<double> values = series.Samples.Values;
        Span<double> results = into.Values;
        Span<ulong> present = into.Present;
        for (int step = 0; step < results.Length; step++)
        {
            int first = firsts[step];
            int last = behinds[step] - 1;
            if (last <= first)
            {
                continue;
            }

            double gain = values[last] - values[first];
            if (_falls.Count > 0)
            {
                // A window may fall as often as it has samples.
                series.Context.ThrowIfOver();
                gain += LostIn(values, first, last);
            }

            // Far enough above zero nothing can extend below it, and the factor is that of the times alone.
            double factor = !isCounter || values[first] >= gain * _plainFrom[step]
                ? _factors[step]
                : _windows[step].Factor(isCounter, perSecond, values[first], gain)!.Value;
            results[step] = gain * factor;
            present[step >> 6] |= 1UL << (step & 63);
        }
    }

    private double LostIn(ReadOnlySpan<double> values, int first, int last)
    {
        double lost = 0;
        while (_nextFall < _falls.Count && _falls[_nextFall] <= first)
        {
            _nextFall++;
        }

        for (int i = _nextFall; i < _falls.Count && _falls[i] <= last; i++)
        {
            lost += values[_falls[i] - 1];
        }

        return lost;
    }

    private void LayOut(in RangeSeries series)
    {
        _layout = series.Windows.Layout;
        int count = series.Node.Steps.Count;
        if (_windows.Length < count)
        {
            _windows = new RateWindow[count];
            _factors = new double[count];
            _plainFrom = new double[count];
        }

        ReadOnlySpan<long> times = series.Samples.Times;
        for (int step = 0; step < count; step++)
        {
            int first = series.Windows.First[step];
            int last = series.Windows.Behind[step] - 1;
            if (last <= first)
            {
                continue;
            }

            long end = series.Window.EndAt(series.Node.Steps.At(step));
            _windows[step] = new RateWindow(
                end - series.Window.RangeMs, end, times[first], times[last], last - first, 0, series.Window.RangeMs);
            _factors[step] = _windows[step].Factor(isCounter: false, perSecond, 0, 0)!.Value;

            // The line reaches zero after sampled * first / gain: later than any extension where first / gain is at least this.
            _plainFrom[step] = _windows[step].ExtensionsPerSampled;
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
                && IsInsideSomeWindow(series, i))
            {
                overlapSeen = true;
                series.Annotations.OverlappingStartTime(series.Metric, series.ArgSpan);
            }
        }
    }

    private static bool IsInsideSomeWindow(in RangeSeries series, int index)
    {
        series.Context.ThrowIfOver();
        SampleWindows windows = series.Windows;
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

        /// <summary>How long the extension to the left can be, in lengths of the sampled interval; a little more, for rounding.</summary>
        public double ExtensionsPerSampled => EdgeSpacings * (1 + 1e-9) / Math.Max(1, gaps);

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
