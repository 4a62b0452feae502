using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>absent</c>: 1 at steps where the vector has no sample at all.</summary>
internal sealed class Absent : OwnBlockOperator
{
    private readonly SeriesOperator _inner;
    private readonly Labels _labels;
    private bool _done;

    public Absent(QueryContext context, SeriesOperator inner, Labels labels)
        : base(context, inner.Steps, inner)
    {
        _inner = inner;
        _labels = labels;
    }

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
        while (_inner.MoveNext() && !Current.IsEmpty)
        {
            Context.ThrowIfOver();
            StepBits.AndNot(_inner.Current.Present, Current.Present);
        }

        return !Current.IsEmpty;
    }
}
