using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>sum</c>: floats in compensated columns, histograms beside them; a step with both has no result.</summary>
internal sealed class SumState(QueryContext context, AggregateNode node) : GroupState
{
    private readonly double[] _sums = new double[node.Steps.Count];
    private readonly double[] _lost = new double[node.Steps.Count];
    private readonly ulong[] _floats = new ulong[node.Steps.Words];
    private HistogramColumn? _histograms;

    public override void Add(SeriesBlock series)
    {
        if (!series.HasHistograms)
        {
            // Adding a zero changes nothing, so absent steps may be added as such, all columns at once.
            series.ZeroAbsent();
            CompensatedSum.Add(series.Values, _sums, _lost);
            StepBits.Or(series.Present, _floats);
            return;
        }

        ReadOnlySpan<double> values = series.Values;
        foreach (int step in StepBits.Each(series.Present))
        {
            if (series.HistogramAt(step) is { } histogram)
            {
                _histograms ??= new HistogramColumn(context, node.Steps, node.InnerSpan, averages: false);
                _histograms.Add(step, histogram, series.MetricName);
            }
            else
            {
                CompensatedSum.Add(values[step], ref _sums[step], ref _lost[step]);
                StepBits.Set(_floats, step);
            }
        }
    }

    public override void WritePartial(SeriesBlock into)
    {
        into.WantFurther(1);
        _sums.CopyTo(into.Values);
        _lost.CopyTo(into.Further(0));
        _floats.CopyTo(into.Present);
    }

    public override void Merge(SeriesBlock partial)
    {
        ReadOnlySpan<double> sums = partial.Values;
        ReadOnlySpan<double> lost = partial.Further(0);
        foreach (int step in StepBits.Each(partial.Present))
        {
            CompensatedSum.Add(sums[step], ref _sums[step], ref _lost[step]);
            CompensatedSum.Add(lost[step], ref _sums[step], ref _lost[step]);
        }

        StepBits.Or(partial.Present, _floats);
    }

    public override void Finish(SeriesBlock into)
    {
        for (int step = 0; step < _sums.Length; step++)
        {
            into.Values[step] = double.IsInfinity(_sums[step]) ? _sums[step] : _sums[step] + _lost[step];
        }

        _floats.CopyTo(into.Present);
        _histograms?.Finish(into, _floats);
    }
}

/// <summary><c>avg</c>.</summary>
internal sealed class AvgState(QueryContext context, AggregateNode node) : GroupState
{
    private readonly double[] _sums = new double[node.Steps.Count];
    private readonly double[] _lost = new double[node.Steps.Count];
    private readonly double[] _counts = new double[node.Steps.Count];
    private readonly bool[] _incremental = new bool[node.Steps.Count];
    private readonly ulong[] _floats = new ulong[node.Steps.Words];
    private HistogramColumn? _histograms;

    public override void Add(SeriesBlock series)
    {
        ReadOnlySpan<double> values = series.Values;
        foreach (int step in StepBits.Each(series.Present))
        {
            if (series.HistogramAt(step) is { } histogram)
            {
                _histograms ??= new HistogramColumn(context, node.Steps, node.InnerSpan, averages: true);
                _histograms.Add(step, histogram, series.MetricName);
            }
            else
            {
                Add(step, values[step]);
                StepBits.Set(_floats, step);
            }
        }
    }

    // A negative count says that sum and loss are those of the mean itself.
    public override void WritePartial(SeriesBlock into)
    {
        into.WantFurther(2);
        _sums.CopyTo(into.Values);
        _lost.CopyTo(into.Further(0));
        Span<double> counts = into.Further(1);
        for (int step = 0; step < counts.Length; step++)
        {
            counts[step] = _incremental[step] ? -_counts[step] : _counts[step];
        }

        _floats.CopyTo(into.Present);
    }

    public override void Merge(SeriesBlock partial)
    {
        ReadOnlySpan<double> sums = partial.Values;
        ReadOnlySpan<double> lost = partial.Further(0);
        ReadOnlySpan<double> counts = partial.Further(1);
        foreach (int step in StepBits.Each(partial.Present))
        {
            Merge(step, sums[step], lost[step], Math.Abs(counts[step]), isMean: counts[step] < 0);
        }

        StepBits.Or(partial.Present, _floats);
    }

    public override void Finish(SeriesBlock into)
    {
        for (int step = 0; step < _sums.Length; step++)
        {
            double count = _counts[step];
            into.Values[step] = _incremental[step] ? _sums[step] + _lost[step] : (_sums[step] / count) + (_lost[step] / count);
        }

        _floats.CopyTo(into.Present);
        _histograms?.Finish(into, _floats);
    }

    private void Merge(int step, double otherSum, double otherLost, double otherCount, bool isMean)
    {
        double count = _counts[step];
        _counts[step] = count + otherCount;
        if (count == 0)
        {
            (_sums[step], _lost[step], _incremental[step]) = (otherSum, otherLost, isMean);
            return;
        }

        if (!isMean && !_incremental[step])
        {
            double sum = _sums[step];
            double lost = _lost[step];
            CompensatedSum.Add(otherSum, ref sum, ref lost);
            CompensatedSum.Add(otherLost, ref sum, ref lost);
            if (!double.IsInfinity(sum))
            {
                _sums[step] = sum;
                _lost[step] = lost;
                return;
            }
        }

        double mean = _incremental[step] ? _sums[step] + _lost[step] : (_sums[step] / count) + (_lost[step] / count);
        double otherMean = isMean ? otherSum + otherLost : (otherSum / otherCount) + (otherLost / otherCount);
        _incremental[step] = true;
        _sums[step] = mean * (count / _counts[step]);
        _lost[step] = 0;
        CompensatedSum.Add(otherMean * (otherCount / _counts[step]), ref _sums[step], ref _lost[step]);
    }

    private void Add(int step, double value)
    {
        double count = ++_counts[step];
        if (count == 1)
        {
            _sums[step] = value;
            return;
        }

        if (!_incremental[step])
        {
            double sum = _sums[step];
            double lost = _lost[step];
            CompensatedSum.Add(value, ref sum, ref lost);
            if (!double.IsInfinity(sum))
            {
                _sums[step] = sum;
                _lost[step] = lost;
                return;
            }

            // The sum would overflow: from here on the mean itself is carried.
            _incremental[step] = true;
            _sums[step] /= count - 1;
            _lost[step] /= count - 1;
        }

        double weight = (count - 1) / count;
        _sums[step] *= weight;
        _lost[step] *= weight;
        CompensatedSum.Add(value / count, ref _sums[step], ref _lost[step]);
    }
}

/// <summary><c>count</c>: floats and histograms alike.</summary>
internal sealed class CountState(Steps steps) : GroupState
{
    private readonly int[] _counts = new int[steps.Count];

    public override void Add(SeriesBlock series)
    {
        foreach (int step in StepBits.Each(series.Present))
        {
            _counts[step]++;
        }
    }

    public override void Finish(SeriesBlock into)
    {
        for (int step = 0; step < _counts.Length; step++)
        {
            if (_counts[step] > 0)
            {
                into.Set(step, _counts[step]);
            }
        }
    }
}

/// <summary><c>group</c>: 1 wherever the group has a sample.</summary>
internal sealed class PresenceState(Steps steps) : GroupState
{
    private readonly ulong[] _present = new ulong[steps.Words];

    public override void Add(SeriesBlock series) => StepBits.Or(series.Present, _present);

    public override void Finish(SeriesBlock into)
    {
        _present.CopyTo(into.Present);
        into.Values.Fill(1);
    }
}
