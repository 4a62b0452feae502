using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The series of the "one" side of a join by match group, with what is known of each group: which steps are taken, which are taken twice.</summary>
internal sealed class MatchGroups(VectorMatching matching, Steps steps) : IDisposable
{
    private readonly LabelGroups _groups = new(matching.On, matching.Labels, GroupMetadata.NameLeftOut);
    private readonly List<MatchGroup> _list = [];

    /// <summary>The groups in order of appearance.</summary>
    public IReadOnlyList<MatchGroup> All => _list;

    /// <summary>Some step at which a group has two series, or null.</summary>
    public Duplicate? FirstDuplicate { get; private set; }

    /// <summary>Adds a series of the "one" side; takes a copy.</summary>
    public SeriesBlock Add(SeriesBlock series)
    {
        MatchGroup group = Place(series);
        SeriesBlock copy = series.Copy();
        if (StepBits.Overlap(group.Present, series.Present))
        {
            AddDuplicate(group, copy);
        }

        StepBits.Or(series.Present, group.Present);
        group.Series.Add(copy);
        return copy;
    }

    /// <summary>The group a series of the other side falls into, or null.</summary>
    public MatchGroup? Find(SeriesBlock series) => _groups.Find(series) is var index and >= 0 ? _list[index] : null;

    /// <summary>The group a series of the other side falls into; a new one without series where the "one" side has none.</summary>
    public MatchGroup Place(SeriesBlock series)
    {
        int index = _groups.Place(series);
        if (index == _list.Count)
        {
            _list.Add(new MatchGroup(_groups.LabelsOf(index), steps));
        }

        return _list[index];
    }

    public void Dispose()
    {
        foreach (MatchGroup group in _list)
        {
            foreach (SeriesBlock block in group.Series)
            {
                block.Dispose();
            }
        }
    }

    private void AddDuplicate(MatchGroup group, SeriesBlock second)
    {
        foreach (SeriesBlock first in group.Series)
        {
            if (!StepBits.Overlap(first.Present, second.Present))
            {
                continue;
            }

            var steps = second.Present.ToArray();
            StepBits.And(first.Present, steps);
            if (FirstDuplicate is { } known)
            {
                StepBits.Or(steps, known.Steps);
            }
            else
            {
                FirstDuplicate = new Duplicate(group.Labels, second.SeenLabels, first.SeenLabels, steps);
            }
        }
    }

    /// <summary>Two series of the "one" side in one group.</summary>
    /// <param name="Steps">The steps at which that happens, in whichever group.</param>
    public sealed record Duplicate(Labels Group, Labels Second, Labels First, ulong[] Steps);
}

/// <summary>One match group.</summary>
internal sealed class MatchGroup(Labels labels, Steps steps)
{
    /// <summary>The labels it is matched on.</summary>
    public Labels Labels { get; } = labels;

    /// <summary>Its series on the "one" side.</summary>
    public List<SeriesBlock> Series { get; } = [];

    /// <summary>Steps at which the "one" side has a sample.</summary>
    public ulong[] Present { get; } = new ulong[steps.Words];

    /// <summary>Steps at which both sides have met.</summary>
    public ulong[] Matched { get; } = new ulong[steps.Words];

    /// <summary>Steps already taken, by labels of the result: for group_left and group_right.</summary>
    public Dictionary<Labels, ulong[]>? Taken { get; set; }
}
