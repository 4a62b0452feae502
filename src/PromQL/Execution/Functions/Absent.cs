using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>absent</c>: 1 at steps where the vector has no sample at all.</summary>
internal sealed class Absent : OwnBlockOperator
{
    private readonly SeriesOperator _inner;
    private readonly Labels _labels;
    private readonly bool _mayStop;
    private bool _done;

    /// <param name="mayStop">Whether nothing is missed when the vector is not read to its end.</param>
    public Absent(QueryContext context, SeriesOperator inner, Labels labels, bool mayStop)
        : base(context, inner.Steps, inner)
    {
        _inner = inner;
        _labels = labels;
        _mayStop = mayStop;
    }

    /// <summary>Whether a vector has nothing to say but its series: no errors, no annotations.</summary>
    public static bool MayStop(PlanNode vector) =>
        vector is InstantSelectNode or RangeCallNode { Name: "present_over_time", Range: RangeSelectNode };

    public override bool MoveNext()
    {
        if (_done)
        {
            return false;
        }

        _done = true;
        Current.FillPresent();
        Current.Values.Fill(1);
        Current.Labels = _labels;
        while (!(_mayStop && Current.IsEmpty) && _inner.MoveNext())
        {
            Context.ThrowIfOver();
            StepBits.AndNot(_inner.Current.Present, Current.Present);
        }

        return !Current.IsEmpty;
    }
}
