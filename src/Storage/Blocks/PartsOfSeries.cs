using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads what several blocks have of one series as one run.</summary>
/// <remarks>
/// Blocks are written in order, so their runs lie one behind the other. Samples that came late, and merging blocks that are no neighbours,
/// make runs that reach around another's: those are sorted.
/// </remarks>
internal sealed class PartsOfSeries : IDisposable
{
    private readonly List<BlockSeriesReader> _parts = [];
    private readonly SampleColumns _unsorted = new();

    /// <summary>How many blocks there are.</summary>
    public int Count => _parts.Count;

    /// <summary>Forgets them.</summary>
    public void Clear() => _parts.Clear();

    /// <summary>Adds a block, which stands on the series.</summary>
    public void Add(BlockSeriesReader part) => _parts.Add(part);

    /// <summary>Appends the samples that lie in a range, in order of time.</summary>
    /// <param name="range">Which samples.</param>
    /// <param name="into">Where they go.</param>
    /// <param name="newestOnly">Whether only the last of them is wanted: older ones may be left out.</param>
    /// <returns>Chunks passed over because they are damaged.</returns>
    public int Read(TimeRange range, SampleColumns into, bool newestOnly)
    {
        if (_parts.Count == 1)
        {
            return _parts[0].Read(range, into, newestOnly);
        }

        _parts.Sort(static (left, right) => left.FirstTime.CompareTo(right.FirstTime));
        bool inOrder = true;
        for (int i = 1; i < _parts.Count; i++)
        {
            inOrder &= _parts[i].FirstTime > _parts[i - 1].LastTime;
        }

        SampleColumns to = inOrder ? into : _unsorted;
        _unsorted.Clear();
        int damaged = 0;
        foreach (BlockSeriesReader part in _parts)
        {
            damaged += part.Read(range, to);
        }

        if (!inOrder)
        {
            SampleOrder.AppendSorted(_unsorted, into);
        }

        return damaged;
    }

    /// <inheritdoc/>
    public void Dispose() => _unsorted.Dispose();
}
