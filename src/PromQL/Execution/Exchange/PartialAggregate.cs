using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// The part of an aggregation that a shard does: yields the state of each group. Histograms pass as they are where the aggregation
/// adds them up: what there is to say of them (mixed kinds, conflicting resets) only shows where all of them meet.
/// </summary>
internal sealed class PartialAggregate : OwnBlockOperator
{
    private readonly SeriesOperator _inner;
    private readonly Func<GroupState> _newGroup;
    private readonly bool _passesHistograms;
    private readonly LabelGroups _groups;
    private readonly List<GroupState> _states = [];
    private bool _read;
    private int _next;

    public PartialAggregate(QueryContext context, AggregateNode node, SeriesOperator inner, Func<GroupState> newGroup)
        : base(context, node.Steps, inner)
    {
        _inner = inner;
        _newGroup = newGroup;
        _passesHistograms = node.Op is AggregateOp.Sum or AggregateOp.Avg;
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.NameLeftOut);
    }

    public override bool MoveNext()
    {
        while (!_read)
        {
            if (!_inner.MoveNext())
            {
                _read = true;
                break;
            }

            Context.ThrowIfOver();
            SeriesBlock series = _inner.Current;
            if (!_passesHistograms || !series.HasHistograms)
            {
                Add(series);
                continue;
            }

            Current.CopyFrom(series);
            Current.KeepHistograms();
            series.KeepFloats();
            if (!series.IsEmpty)
            {
                Add(series);
            }

            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        while (_next < _states.Count)
        {
            Current.Clear();
            GroupState state = _states[_next];
            Current.Labels = _groups.LabelsOf(_next++);
            Current.Name = state.DropsName ? NameFate.DroppedAtEnd : NameFate.Kept;
            state.WritePartial(Current);
            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(SeriesBlock series)
    {
        int group = _groups.Place(series);
        if (group == _states.Count)
        {
            Context.KeepGroup(_groups.LabelsOf(group));
            Context.Hold(Steps.Count);
            _states.Add(_newGroup());
        }

        _states[group].DropsName |= series.Name == NameFate.DroppedAtEnd;
        _states[group].Add(series);
    }
}
