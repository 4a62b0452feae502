namespace Pleiad.PromQL;

/// <summary>
/// <c>limitk</c>: k series of each group at each step, with their own labels: the first in the order of labels, so that the choice does
/// not depend on where series lie. Keeps what may still be among them, not all series.
/// </summary>
internal sealed class LimitK : SeriesOperator
{
    private const int KeptAtLeast = 64;

    private readonly SeriesOperator _inner;
    private readonly ScalarOperator _parameter;
    private readonly LabelGroups _groups;
    private readonly List<Candidates> _candidates = [];
    private long[] _counts = [];
    private IEnumerator<SeriesBlock>? _results;

    public LimitK(QueryContext context, AggregateNode node, SeriesOperator inner, ScalarOperator parameter)
        : base(context, node.Steps, inner, parameter)
    {
        _inner = inner;
        _parameter = parameter;
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.NameLeftOut);
    }

    public override bool MoveNext()
    {
        if (_results is null)
        {
            _counts = SelectionParameter.Counts(_parameter);
            ReadAll();
            _results = _candidates.SelectMany(group => group.Kept).GetEnumerator();
        }

        if (!_results.MoveNext())
        {
            return false;
        }

        Current = _results.Current;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _results?.Dispose();
        foreach (SeriesBlock block in _candidates.SelectMany(group => group.Kept))
        {
            block.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadAll()
    {
        while (_inner.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock series = _inner.Current;
            int group = _groups.Place(series);
            if (group == _candidates.Count)
            {
                _candidates.Add(new Candidates());
            }

            Candidates candidates = _candidates[group];
            Context.KeepColumn(Steps);
            candidates.Kept.Add(series.Copy());
            Context.Hold(series.Weight);
            if (candidates.Kept.Count >= candidates.PrunedAt)
            {
                Prune(candidates);
                candidates.PrunedAt = KeptAtLeast + (2 * candidates.Kept.Count);
            }
        }

        _candidates.ForEach(Prune);
    }

    // At each step only the first k stay; who is first at no step goes.
    private void Prune(Candidates candidates)
    {
        Context.Sort(candidates.Kept, (a, b) => a.SeenLabels.CompareTo(b.SeenLabels));
        var taken = new long[Steps.Count];
        int kept = 0;
        for (int i = 0; i < candidates.Kept.Count; i++)
        {
            Context.ThrowIfOver();
            SeriesBlock series = candidates.Kept[i];
            long before = series.Weight;
            foreach (int step in StepBits.Each(series.Present.ToArray()))
            {
                if (taken[step] < _counts[step])
                {
                    taken[step]++;
                }
                else
                {
                    StepBits.Unset(series.Present, step);
                }
            }

            Context.Release(before - series.Weight);
            if (series.IsEmpty)
            {
                series.Dispose();
            }
            else
            {
                candidates.Kept[kept++] = series;
            }
        }

        candidates.Kept.RemoveRange(kept, candidates.Kept.Count - kept);
    }

    private sealed class Candidates
    {
        public List<SeriesBlock> Kept { get; } = [];

        public int PrunedAt { get; set; } = KeptAtLeast;
    }
}
