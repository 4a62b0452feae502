using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>An aggregation that yields one series a group. Series are folded into their group as they come; none is kept.</summary>
internal sealed class GroupedAggregate : OwnBlockOperator
{
    private readonly SeriesOperator _inner;
    private readonly Func<GroupState> _newGroup;
    private readonly Action? _prepare;
    private readonly LabelGroups _groups;
    private readonly List<GroupState> _states = [];
    private bool _read;
    private int _next;

    /// <param name="newGroup">Makes the state of a new group.</param>
    /// <param name="prepare">Called before the first series: reads parameters.</param>
    public GroupedAggregate(
        QueryContext context, AggregateNode node, SeriesOperator inner, Operator? parameter, Func<GroupState> newGroup, Action? prepare)
        : base(context, node.Steps, parameter is null ? [inner] : [inner, parameter])
    {
        _inner = inner;
        _newGroup = newGroup;
        _prepare = prepare;
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.NameLeftOut);
    }

    public override bool MoveNext()
    {
        if (!_read)
        {
            _read = true;
            _prepare?.Invoke();
            while (_inner.MoveNext())
            {
                Context.ThrowIfOver();
                SeriesBlock series = _inner.Current;
                int group = _groups.Place(series);
                if (group == _states.Count)
                {
                    Context.KeepGroup(_groups.LabelsOf(group));
                    Context.Hold(Steps.Count);
                    _states.Add(_newGroup());
                }

                _states[group].DropsName |= series.Name == NameFate.DroppedAtEnd;
                if (series.FurtherColumns > 0)
                {
                    _states[group].Merge(series);
                }
                else
                {
                    _states[group].Add(series);
                }
            }
        }

        while (_next < _states.Count)
        {
            Context.ThrowIfOver();
            Current.Clear();
            GroupState state = _states[_next];
            Current.Labels = _groups.LabelsOf(_next++);
            Current.Name = state.DropsName ? NameFate.DroppedAtEnd : NameFate.Kept;
            state.Finish(Current);
            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
