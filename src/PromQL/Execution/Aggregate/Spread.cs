namespace Pleiad.PromQL;

/// <summary><c>stddev</c> and <c>stdvar</c> of the population, in one pass; histograms are left out.</summary>
/// <remarks>
/// Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4 (1962); parts are merged after
/// Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", COMPSTAT 1982.
/// </remarks>
internal sealed class SpreadState(QueryContext context, AggregateNode node) : GroupState
{
    private readonly double[] _means = new double[node.Steps.Count];
    private readonly double[] _squares = new double[node.Steps.Count];
    private readonly int[] _counts = new int[node.Steps.Count];

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

            double delta = values[step] - _means[step];
            _means[step] += delta / ++_counts[step];
            _squares[step] += delta * (values[step] - _means[step]);
        }
    }

    public override void WritePartial(SeriesBlock into)
    {
        into.WantFurther(2);
        _means.CopyTo(into.Values);
        _squares.CopyTo(into.Further(0));
        Span<double> counts = into.Further(1);
        for (int step = 0; step < counts.Length; step++)
        {
            counts[step] = _counts[step];
            if (_counts[step] > 0)
            {
                StepBits.Set(into.Present, step);
            }
        }
    }

    public override void Merge(SeriesBlock partial)
    {
        ReadOnlySpan<double> means = partial.Values;
        ReadOnlySpan<double> squares = partial.Further(0);
        ReadOnlySpan<double> counts = partial.Further(1);
        foreach (int step in StepBits.Each(partial.Present))
        {
            double before = _counts[step];
            double all = before + counts[step];
            _counts[step] = (int)all;
            double delta = means[step] - _means[step];
            _means[step] += delta * (counts[step] / all);
            _squares[step] += squares[step] + (delta * delta * (before * counts[step] / all));
        }
    }

    public override void Finish(SeriesBlock into)
    {
        for (int step = 0; step < _counts.Length; step++)
        {
            if (_counts[step] > 0)
            {
                double variance = _squares[step] / _counts[step];
                into.Set(step, node.Op == AggregateOp.Stddev ? Math.Sqrt(variance) : variance);
            }
        }
    }
}
