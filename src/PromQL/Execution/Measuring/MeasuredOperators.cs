using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Passes a vector on and counts what it costs: time with everything below it, and what it hands on.</summary>
internal sealed class MeasuredSeries(QueryContext context, PlanFigures figures, PlanNode node, SeriesOperator inner)
    : SeriesOperator(context, inner.Steps, inner)
{
    private readonly NodeFigures _node = figures.Of(node);

    public override async ValueTask OpenAsync()
    {
        long begun = figures.Time.GetTimestamp();
        await base.OpenAsync().ConfigureAwait(false);
        _node.Time += figures.Time.GetElapsedTime(begun);
    }

    public override bool MoveNext()
    {
        long begun = figures.Time.GetTimestamp();
        bool found = inner.MoveNext();
        _node.Time += figures.Time.GetElapsedTime(begun);
        if (found)
        {
            Current = inner.Current;
            int samples = StepBits.Count(Current.Present);
            _node.Count(samples, sizeof(double) * (long)samples * (1 + Current.FurtherColumns));
        }

        return found;
    }
}

/// <summary>Passes range vectors on and counts what they cost.</summary>
internal sealed class MeasuredRanges(QueryContext context, PlanFigures figures, PlanNode node, RangeOperator inner)
    : RangeOperator(context, inner.Steps, inner.Window, inner)
{
    private readonly NodeFigures _node = figures.Of(node);

    public override Labels Labels => inner.Labels;

    public override NameFate Name => inner.Name;

    public override SampleColumns Samples => inner.Samples;

    public override RollupColumns? Rollups => inner.Rollups;

    public override bool MoveNext()
    {
        long begun = figures.Time.GetTimestamp();
        bool found = inner.MoveNext();
        _node.Time += figures.Time.GetElapsedTime(begun);
        if (found)
        {
            // A time and a value.
            int read = inner.Samples.Count + (inner.Rollups?.Count ?? 0);
            _node.Count(read, 2 * sizeof(double) * (long)read);
        }

        return found;
    }
}

/// <summary>Passes a number a step on and counts what it costs.</summary>
internal sealed class MeasuredScalar(QueryContext context, PlanFigures figures, PlanNode node, ScalarOperator inner)
    : ScalarOperator(context, inner.Steps, inner)
{
    private readonly NodeFigures _node = figures.Of(node);

    public override void Read(Span<double> into)
    {
        long begun = figures.Time.GetTimestamp();
        inner.Read(into);
        _node.Time += figures.Time.GetElapsedTime(begun);
        _node.Count(into.Length, sizeof(double) * (long)into.Length);
    }
}
