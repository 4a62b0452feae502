namespace Pleiad.PromQL;

/// <summary><c>limitk</c>: the first k series of each group at each step, in the order they come.</summary>
internal sealed class LimitK : SeriesOperator
{
    private readonly SeriesOperator _inner;
    private readonly ScalarOperator _parameter;
    private readonly LabelGroups _groups;
    private readonly List<long[]> _taken = [];
    private long[]? _counts;

    public LimitK(QueryContext context, AggregateNode node, SeriesOperator inner, ScalarOperator parameter)
        : base(context, node.Steps, inner, parameter)
    {
        _inner = inner;
        _parameter = parameter;
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.LeftOut);
    }

    public override bool MoveNext()
    {
        _counts ??= SelectionParameter.Counts(_parameter);
        while (_inner.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock series = _inner.Current;
            int group = _groups.Place(series);
            if (group == _taken.Count)
            {
                _taken.Add(new long[Steps.Count]);
            }

            long[] taken = _taken[group];
            for (int step = 0; step < taken.Length; step++)
            {
                if (!series.Has(step))
                {
                    continue;
                }

                if (taken[step] < _counts[step])
                {
                    taken[step]++;
                }
                else
                {
                    StepBits.Unset(series.Present, step);
                }
            }

            if (!series.IsEmpty)
            {
                Current = series;
                return true;
            }
        }

        return false;
    }
}

/// <summary>
/// <c>limit_ratio</c>: the series whose hash, scaled to [0, 1), lies below the ratio; for a negative ratio, the others.
/// The hash is that of the labels, so the choice is the same at every step and on every node.
/// </summary>
internal sealed class LimitRatio : SeriesOperator
{
    private readonly AggregateNode _node;
    private readonly SeriesOperator _inner;
    private readonly ScalarOperator _parameter;
    private double[]? _ratios;

    public LimitRatio(QueryContext context, AggregateNode node, SeriesOperator inner, ScalarOperator parameter)
        : base(context, node.Steps, inner, parameter)
    {
        _node = node;
        _inner = inner;
        _parameter = parameter;
    }

    public override bool MoveNext()
    {
        _ratios ??= SelectionParameter.Ratios(Context, _node, _parameter);
        while (_inner.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock series = _inner.Current;
            double place = series.SeenLabels.Hash / (double)ulong.MaxValue;
            for (int step = 0; step < _ratios.Length; step++)
            {
                double ratio = _ratios[step];
                if (ratio >= 0 ? place >= ratio : place < 1 + ratio)
                {
                    StepBits.Unset(series.Present, step);
                }
            }

            if (!series.IsEmpty)
            {
                Current = series;
                return true;
            }
        }

        return false;
    }
}
