namespace Pleiad.PromQL;

/// <summary>Minus in front of a vector.</summary>
internal sealed class Negated(QueryContext context, SeriesOperator inner) : SeriesOperator(context, inner.Steps, inner)
{
    public override bool MoveNext()
    {
        if (!inner.MoveNext())
        {
            return false;
        }

        Current = inner.Current;
        Current.Name = Context.DropName;
        Span<double> values = Current.Values;
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = -values[step];
        }

        if (Current.HasHistograms)
        {
            foreach (ref var histogram in Current.Histograms)
            {
                histogram = histogram is null ? null : HistogramArithmetic.Times(histogram, -1);
            }
        }

        return true;
    }
}
