namespace Pleiad.PromQL;

/// <summary><c>and</c> and <c>unless</c>: series of the left side at steps where the right side has, or has not, one of their match group.</summary>
internal sealed class Intersection : SeriesOperator
{
    private readonly BinaryNode _node;
    private readonly SeriesOperator _left;
    private readonly SeriesOperator _right;
    private readonly LabelGroups _groups;
    private readonly List<ulong[]> _present = [];
    private bool _read;

    public Intersection(QueryContext context, BinaryNode node, SeriesOperator left, SeriesOperator right)
        : base(context, node.Steps, left, right)
    {
        _node = node;
        _left = left;
        _right = right;
        _groups = new LabelGroups(node.Matching!.On, node.Matching.Labels, GroupMetadata.NameLeftOut);
    }

    public override bool MoveNext()
    {
        if (!_read)
        {
            _read = true;
            while (_right.MoveNext())
            {
                Context.ThrowIfOver();
                int group = _groups.Place(_right.Current);
                if (group == _present.Count)
                {
                    Context.KeepBits(Steps);
                    _present.Add(new ulong[Steps.Words]);
                }

                StepBits.Or(_right.Current.Present, _present[group]);
            }
        }

        bool without = _node.Op == BinaryOp.Unless;
        while (_left.MoveNext())
        {
            SeriesBlock series = _left.Current;
            int group = _groups.Find(series);
            if (group >= 0 && without)
            {
                StepBits.AndNot(_present[group], series.Present);
            }
            else if (group >= 0)
            {
                StepBits.And(_present[group], series.Present);
            }
            else if (!without)
            {
                continue;
            }

            if (!series.IsEmpty)
            {
                Current = series;
                return true;
            }
        }

        return false;
    }
}

/// <summary><c>or</c>: all series of the left side, and those of the right side at steps where the left has none of their match group.</summary>
internal sealed class Union : SeriesOperator
{
    private readonly SeriesOperator _left;
    private readonly SeriesOperator _right;
    private readonly LabelGroups _groups;
    private readonly List<ulong[]> _present = [];
    private bool _leftDone;

    public Union(QueryContext context, BinaryNode node, SeriesOperator left, SeriesOperator right)
        : base(context, node.Steps, left, right)
    {
        _left = left;
        _right = right;
        _groups = new LabelGroups(node.Matching!.On, node.Matching.Labels, GroupMetadata.NameLeftOut);
    }

    public override bool MoveNext()
    {
        while (!_leftDone)
        {
            if (!_left.MoveNext())
            {
                _leftDone = true;
                break;
            }

            Current = _left.Current;
            int group = _groups.Place(Current);
            if (group == _present.Count)
            {
                Context.KeepBits(Steps);
                _present.Add(new ulong[Steps.Words]);
            }

            StepBits.Or(Current.Present, _present[group]);
            return true;
        }

        while (_right.MoveNext())
        {
            SeriesBlock series = _right.Current;
            int group = _groups.Find(series);
            if (group >= 0)
            {
                StepBits.AndNot(_present[group], series.Present);
            }

            if (!series.IsEmpty)
            {
                Current = series;
                return true;
            }
        }

        return false;
    }
}
