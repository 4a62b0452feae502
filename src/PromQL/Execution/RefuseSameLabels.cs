using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Passes series on and fails when two with equal labels have a sample at the same step.</summary>
internal sealed class RefuseSameLabels(QueryContext context, SeriesOperator inner) : SeriesOperator(context, inner.Steps, inner)
{
    private readonly Dictionary<Labels, ulong[]> _seen = [];

    public override bool MoveNext()
    {
        if (!inner.MoveNext())
        {
            return false;
        }

        SeriesBlock block = inner.Current;
        if (block.Name == NameFate.Dropped)
        {
            block.Labels = block.SeenLabels;
            block.Name = NameFate.Kept;
        }

        if (!_seen.TryGetValue(block.Labels, out ulong[]? present))
        {
            Context.KeepBits(Steps);
            _seen.Add(block.Labels, block.Present.ToArray());
        }
        else if (StepBits.Overlap(present, block.Present))
        {
            throw QueryContext.SameLabels();
        }
        else
        {
            StepBits.Or(block.Present, present);
        }

        Current = block;
        return true;
    }
}
