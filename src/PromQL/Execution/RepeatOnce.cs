namespace Pleiad.PromQL;

/// <summary>A vector evaluated at one instant, repeated for all steps.</summary>
internal sealed class RepeatOnce : OwnBlockOperator
{
    private readonly SeriesOperator _inner;

    public RepeatOnce(QueryContext context, Steps steps, SeriesOperator inner)
        : base(context, steps, inner) => _inner = inner;

    public override bool MoveNext()
    {
        if (!_inner.MoveNext())
        {
            return false;
        }

        SeriesBlock once = _inner.Current;
        Current.Labels = once.Labels;
        Current.Name = once.Name;
        if (once.HistogramAt(0) is { } histogram)
        {
            for (int step = 0; step < Steps.Count; step++)
            {
                Current.Set(step, histogram);
            }
        }
        else
        {
            Current.FillPresent();
            Current.Values.Fill(once.Values[0]);
        }

        return true;
    }
}
