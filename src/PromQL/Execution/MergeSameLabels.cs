using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Joins series with equal labels into one, where they never have samples at the same step: what an operation yields in pieces,
/// whoever looks at a series over time (a subquery, the result) has to see whole.
/// </summary>
internal sealed class MergeSameLabels(QueryContext context, SeriesOperator inner) : SeriesOperator(context, inner.Steps, inner)
{
    private readonly Dictionary<Labels, SeriesBlock> _blocks = [];
    private List<SeriesBlock>? _order;
    private int _next;

    public override bool MoveNext()
    {
        _order ??= ReadAll();
        if (_next >= _order.Count)
        {
            return false;
        }

        Current = _order[_next++];
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (SeriesBlock block in _blocks.Values)
        {
            block.Dispose();
        }

        base.Dispose(disposing);
    }

    private List<SeriesBlock> ReadAll()
    {
        var order = new List<SeriesBlock>();
        while (inner.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock current = inner.Current;
            if (current.Name == NameFate.Dropped)
            {
                current.Labels = current.SeenLabels;
                current.Name = NameFate.Kept;
            }

            if (!_blocks.TryGetValue(current.Labels, out SeriesBlock? block))
            {
                Context.KeepColumn(Steps);
                block = current.Copy();
                _blocks.Add(current.Labels, block);
                order.Add(block);
                Context.Hold(block.Weight);
                continue;
            }

            if (StepBits.Overlap(block.Present, current.Present))
            {
                throw QueryContext.SameLabels();
            }

            if (current.Name == NameFate.DroppedAtEnd)
            {
                block.Name = NameFate.DroppedAtEnd;
            }

            block.Merge(current);
            Context.Hold(current.Weight);
        }

        return order;
    }
}
