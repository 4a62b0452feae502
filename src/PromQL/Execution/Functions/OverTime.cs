using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>sum_over_time</c> and <c>avg_over_time</c>: floats or histograms; a window with both has no result.</summary>
internal sealed class SumOverTime(bool averages) : RangeFunction
{
    private readonly BlockSums _blocks = new();

    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        ReadOnlySpan<double> values = series.Samples.Values;
        ReadOnlySpan<NativeHistogram?> histograms = series.Samples.Histograms;
        if (histograms.IsEmpty && series.Windows.Touched > BlockSums.PaysFrom * values.Length && _blocks.TryBegin(values))
        {
            Blocks(series, values, into);
            return;
        }

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
                ReadOnlySpan<double> window = values.Slice(first, count);
                into.Set(step, averages ? Mean.Of(window) : CompensatedSum.Of(window).Total);
            }
            else if (found < count)
            {
                series.Annotations.MixedFloatsAndHistograms(series.Metric, series.ArgSpan);
            }
            else if (HistogramTotal.Of(histograms.Slice(first, count), averages, series) is { } total)
            {
                into.Set(step, total);
            }
        }
    }

    private void Blocks(in RangeSeries series, ReadOnlySpan<double> values, SeriesBlock into)
    {
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int first = series.Windows.First[step];
            int behind = series.Windows.Behind[step];
            series.Context.ThrowIfOver();
            if (behind > first)
            {
                CompensatedSum sum = _blocks.Of(values, first, behind);
                double count = behind - first;
                into.Set(step, averages ? (sum.Sum / count) + (sum.Lost / count) : sum.Total);
            }
        }
    }
}

/// <summary>Sums of runs of samples of a series, so that overlapping windows do not add up the same samples again and again.</summary>
internal sealed class BlockSums
{
    /// <summary>Windows must read each sample so often, on average, for the blocks to pay.</summary>
    public const int PaysFrom = 3;

    private const int Run = 16;

    private CompensatedSum[] _sums = [];

    /// <summary>Sums the runs of a series.</summary>
    /// <returns>False where a value or a sum is not finite: then the order of summation matters.</returns>
    public bool TryBegin(ReadOnlySpan<double> values)
    {
        int runs = values.Length / Run;
        if (_sums.Length < runs)
        {
            _sums = new CompensatedSum[Math.Max(runs, 2 * _sums.Length)];
        }

        CompensatedSum all = default;
        for (int run = 0; run < runs; run++)
        {
            _sums[run] = CompensatedSum.Of(values.Slice(run * Run, Run));
            all.Add(Math.Abs(_sums[run].Sum));
        }

        foreach (double value in values)
        {
            all.Add(Math.Abs(value));
        }

        return double.IsFinite(all.Sum);
    }

    /// <summary>The sum from one sample up to, not including, another.</summary>
    public CompensatedSum Of(ReadOnlySpan<double> values, int first, int behind)
    {
        int firstRun = (first + Run - 1) / Run;
        int behindRun = behind / Run;
        if (firstRun >= behindRun)
        {
            return CompensatedSum.Of(values[first..behind]);
        }

        CompensatedSum sum = CompensatedSum.Of(values[first..(firstRun * Run)]);
        for (int run = firstRun; run < behindRun; run++)
        {
            sum.Add(_sums[run].Sum);
            sum.Lost += _sums[run].Lost;
        }

        foreach (double value in values[(behindRun * Run)..behind])
        {
            sum.Add(value);
        }

        return sum;
    }
}

/// <summary>
/// <c>min_over_time</c> and <c>max_over_time</c> of floats, in one pass over the samples: of the samples that can still become the
/// extreme of a window only those are kept that no later one beats.
/// </summary>
internal sealed class ExtremeOverTime(bool max) : RangeFunction
{
    private int[] _queue = [];

    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        ReadOnlySpan<double> values = series.Samples.Values;
        ReadOnlySpan<NativeHistogram?> histograms = series.Samples.Histograms;
        if (_queue.Length < values.Length)
        {
            _queue = new int[Math.Max(values.Length, 2 * _queue.Length)];
        }

        int head = 0;
        int tail = 0;
        int next = 0;
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int first = series.Windows.First[step];
            int behind = series.Windows.Behind[step];
            for (; next < behind; next++)
            {
                if (!histograms.IsEmpty && histograms[next] is not null)
                {
                    continue;
                }

                while (tail > head && !Beats(values[_queue[tail - 1]], values[next]))
                {
                    tail--;
                }

                _queue[tail++] = next;
            }

            while (head < tail && _queue[head] < first)
            {
                head++;
            }

            if (head < tail && behind > first)
            {
                into.Set(step, values[_queue[head]]);
                series.Context.ThrowIfOver();
                if (WindowKinds.HistogramsIn(histograms, first, behind - first) > 0)
                {
                    series.Annotations.HistogramIgnoredInMixedRange(series.Metric, series.ArgSpan);
                }
            }
        }
    }

    // Whether an earlier value stays in front of a later one: NaN gives way to everything.
    private bool Beats(double earlier, double later) =>
        double.IsNaN(later) ? !double.IsNaN(earlier) : max ? earlier > later : earlier < later;
}

/// <summary>What is known of a window without looking at values: how many samples, whether any.</summary>
internal sealed class CountOverTime(bool presence) : RangeFunction
{
    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int count = series.Windows.Behind[step] - series.Windows.First[step];
            if (count > 0)
            {
                into.Set(step, presence ? 1 : count);
            }
        }
    }
}

/// <summary><c>first_over_time</c>, <c>last_over_time</c> and the times of these samples.</summary>
internal sealed class EndOverTime(bool last, bool time) : RangeFunction
{
    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        SampleColumns samples = series.Samples;
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int first = series.Windows.First[step];
            int behind = series.Windows.Behind[step];
            if (behind <= first)
            {
                continue;
            }

            int at = last ? behind - 1 : first;
            if (time)
            {
                into.Set(step, samples.Times[at] / 1000.0);
            }
            else if (samples.HasHistograms && samples.Histograms[at] is { } histogram)
            {
                into.Set(step, histogram);
            }
            else
            {
                into.Set(step, samples.Values[at]);
            }
        }
    }
}

/// <summary><c>changes</c> and <c>resets</c>: pairs of neighbours in a window that differ, or that fall. Counted once for all windows.</summary>
internal sealed class PairsOverTime(bool resets) : RangeFunction
{
    private int[] _upTo = [];

    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        int count = series.Samples.Count;
        if (_upTo.Length <= count)
        {
            _upTo = new int[Math.Max(count + 1, 2 * _upTo.Length)];
        }

        // _upTo[i]: pairs among the samples 0 to i.
        _upTo[0] = 0;
        for (int i = 1; i < count; i++)
        {
            _upTo[i] = _upTo[i - 1] + (Counts(series, i) ? 1 : 0);
        }

        bool anchored = series.Window.Mode == WindowMode.Anchored;
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int first = series.Windows.First[step];
            int behind = series.Windows.Behind[step];
            if (behind <= first)
            {
                continue;
            }

            if (anchored)
            {
                // From the last sample at or before the start; nothing to count where none follows it.
                long start = series.Window.StartAt(series.Node.Steps.At(step));
                int inside = first + EdgeSamples.FirstAfter(series.Samples.Times[first..behind], start);
                if (inside >= behind)
                {
                    continue;
                }

                first = Math.Max(first, inside - 1);
            }

            into.Set(step, _upTo[behind - 1] - _upTo[first]);
        }
    }

    private bool Counts(in RangeSeries series, int index)
    {
        SampleColumns samples = series.Samples;
        NativeHistogram? before = samples.HasHistograms ? samples.Histograms[index - 1] : null;
        NativeHistogram? after = samples.HasHistograms ? samples.Histograms[index] : null;
        if ((before is null) != (after is null))
        {
            return true;
        }

        double left = samples.Values[index - 1];
        double right = samples.Values[index];
        if (!resets)
        {
            return before is not null
                ? !HistogramArithmetic.AreEqual(before, after!)
                : left != right && !(double.IsNaN(left) && double.IsNaN(right));
        }

        if (series.Context.UsesStartTimes && samples.HasStartTimes
            && StartTimes.IsReset(samples.StartTimes[index - 1], samples.Times[index - 1], samples.StartTimes[index], samples.Times[index]))
        {
            return true;
        }

        return before is not null ? HistogramArithmetic.IsReset(before, after!) : right < left;
    }
}
