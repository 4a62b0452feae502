using System.Runtime.InteropServices;

namespace Pleiad.PromQL;

/// <summary><c>quantile</c>: needs all values of a step at once; histograms are left out.</summary>
internal sealed class QuantileState(QueryContext context, AggregateNode node, double[] quantiles) : GroupState
{
    // A list, its array, and room for its first values.
    private const long ListBytes = 96;

    private readonly List<double>?[] _values = new List<double>?[node.Steps.Count];

    public override void Add(SeriesBlock series)
    {
        ReadOnlySpan<double> values = series.Values;
        int held = 0;
        long lists = 0;
        foreach (int step in StepBits.Each(series.Present))
        {
            if (series.HistogramAt(step) is not null)
            {
                context.Annotations.HistogramIgnoredInAggregation(node.Op, node.InnerSpan);
                continue;
            }

            if (_values[step] is not { } list)
            {
                _values[step] = list = [];
                lists++;
            }

            list.Add(values[step]);
            held++;
        }

        context.Run.Budget.TakeRoom(ListBytes * lists);

        context.Hold(held);
    }

    public override void Finish(SeriesBlock into)
    {
        for (int step = 0; step < _values.Length; step++)
        {
            context.ThrowIfOver();
            if (_values[step] is { } values)
            {
                into.Set(step, Quantiles.Of(context, quantiles[step], CollectionsMarshal.AsSpan(values)));
            }
        }
    }
}
