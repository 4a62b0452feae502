namespace Pleiad.PromQL;

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
