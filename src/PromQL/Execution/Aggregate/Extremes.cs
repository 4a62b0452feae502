namespace Pleiad.PromQL;

/// <summary><c>min</c> and <c>max</c>: NaN only where all values are; histograms are left out.</summary>
internal sealed class ExtremeState(QueryContext context, AggregateNode node) : GroupState
{
    private readonly double[] _values = new double[node.Steps.Count];
    private readonly ulong[] _present = new ulong[node.Steps.Words];
    private readonly bool _max = node.Op == AggregateOp.Max;

    public override void Add(SeriesBlock series)
    {
        ReadOnlySpan<double> values = series.Values;
        foreach (int step in StepBits.Each(series.Present))
        {
            if (series.HistogramAt(step) is not null)
            {
                context.Annotations.HistogramIgnoredInAggregation(node.Op, node.InnerSpan);
                continue;
            }

            double value = values[step];
            ref double held = ref _values[step];
            if (!StepBits.Has(_present, step) || double.IsNaN(held) || (_max ? value > held : value < held))
            {
                held = value;
                StepBits.Set(_present, step);
            }
        }
    }

    public override void Finish(SeriesBlock into)
    {
        _present.CopyTo(into.Present);
        _values.CopyTo(into.Values);
    }
}
