using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Brings together what several sources of a view say of one series: by 32 bits of the hash of its labels, then by the labels.</summary>
internal sealed class SeriesJoin(SlotReader head, BlockSeriesReader[] blocks)
{
    /// <summary>The head, as a source; blocks have their index.</summary>
    public const int Head = -1;

    private const int None = -1;

    private readonly List<(int FirstPart, int LastPart, int NextOfHash, Labels? Labels)> _series = [];
    private readonly List<(int Source, int Number, int Next)> _parts = [];
    private readonly Dictionary<uint, int> _byHash = [];

    // The series of the first source that has any, as long as no other has: most often there is nothing to be brought together.
    private int[]? _alone;
    private int _aloneSource;

    /// <summary>Different series.</summary>
    public int Count => _alone?.Length ?? _series.Count;

    /// <summary>Adds series of a block.</summary>
    public void AddBlock(int source, ReadOnlySpan<int> numbers)
    {
        if (!StaysAlone(source, numbers))
        {
            JoinBlock(source, numbers);
        }
    }

    /// <summary>Adds series of the head that the view sees, and perhaps some that it does not see.</summary>
    public void AddHead(ReadOnlySpan<int> slots)
    {
        if (!StaysAlone(Head, slots))
        {
            JoinHead(slots);
        }
    }

    /// <summary>The first part of a series.</summary>
    public int FirstPart(int series) => _alone is null ? _series[series].FirstPart : series;

    /// <summary>The part behind one, or -1.</summary>
    public int NextPart(int part) => _alone is null ? _parts[part].Next : None;

    /// <summary>Source and number of a part.</summary>
    public (int Source, int Number) Part(int part) => _alone is null ? (_parts[part].Source, _parts[part].Number) : (_aloneSource, _alone[part]);

    /// <summary>The labels of a series.</summary>
    public Labels LabelsOf(int series)
    {
        if (_alone is not null)
        {
            return LabelsOf(_aloneSource, _alone[series]);
        }

        ref var entry = ref CollectionsMarshal.AsSpan(_series)[series];
        return entry.Labels ??= LabelsOf(_parts[entry.FirstPart].Source, _parts[entry.FirstPart].Number);
    }

    private bool StaysAlone(int source, ReadOnlySpan<int> numbers)
    {
        if (numbers.IsEmpty)
        {
            return true;
        }

        if (_alone is null && _series.Count == 0)
        {
            _alone = numbers.ToArray();
            _aloneSource = source;
            return true;
        }

        if (_alone is { } first)
        {
            _alone = null;
            if (_aloneSource == Head)
            {
                JoinHead(first);
            }
            else
            {
                JoinBlock(_aloneSource, first);
            }
        }

        return false;
    }

    private void JoinBlock(int source, ReadOnlySpan<int> numbers)
    {
        Block block = blocks[source].Block;
        int known = _series.Count;
        foreach (int number in numbers)
        {
            Add(source, number, block.HashOf(number), known);
        }
    }

    private void JoinHead(ReadOnlySpan<int> slots)
    {
        int known = _series.Count;
        foreach (int number in slots)
        {
            if (number < head.End && head.TryRead(number, TimeRange.All, out SeriesSlot slot, out _))
            {
                Add(Head, number, (uint)(slot.Hash >> 32), known);
            }
        }
    }

    private Labels LabelsOf(int source, int number)
    {
        if (source != Head)
        {
            blocks[source].MoveTo(number);
            return blocks[source].Labels();
        }

        // Seen before by this view, which keeps it.
        head.TryRead(number, TimeRange.All, out SeriesSlot slot, out _);
        return head.LabelsOf(slot);
    }

    // Series of one source are all different: only those that were there before it came are compared.
    private void Add(int source, int number, uint hash, int known)
    {
        int part = _parts.Count;
        _parts.Add((source, number, None));
        ref int first = ref CollectionsMarshal.GetValueRefOrAddDefault(_byHash, hash, out bool exists);
        Labels? labels = null;
        for (int at = exists ? first : None; at != None; at = _series[at].NextOfHash)
        {
            if (at < known && LabelsOf(at).Equals(labels ??= LabelsOf(source, number)))
            {
                ref var entry = ref CollectionsMarshal.AsSpan(_series)[at];
                CollectionsMarshal.AsSpan(_parts)[entry.LastPart].Next = part;
                entry.LastPart = part;
                return;
            }
        }

        _series.Add((part, part, exists ? first : None, labels));
        first = _series.Count - 1;
    }
}
