namespace Pleiad.Storage;

/// <summary>Walks several blocks side by side, series by series in the order of their labels.</summary>
internal sealed class BlocksByLabels(IReadOnlyList<BlockWalk> sources)
{
    private readonly List<BlockWalk> _same = [];

    /// <summary>Those that have the series, in their order; each stands on it.</summary>
    public IReadOnlyList<BlockWalk> Same => _same;

    /// <summary>The labels of the series it stands on.</summary>
    public Model.Labels Labels => _same[0].Labels!;

    /// <summary>Moves to the next series, at first to the first; false behind the last.</summary>
    public bool MoveNext()
    {
        foreach (BlockWalk source in _same)
        {
            source.MoveNext();
        }

        _same.Clear();
        foreach (BlockWalk source in sources)
        {
            if (source.Labels is not { } labels)
            {
                continue;
            }

            int order = _same.Count == 0 ? 0 : labels.CompareTo(_same[0].Labels);
            if (order < 0)
            {
                _same.Clear();
            }

            if (order <= 0)
            {
                _same.Add(source);
            }
        }

        return _same.Count > 0;
    }
}
