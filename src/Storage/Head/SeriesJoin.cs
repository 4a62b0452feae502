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

    /// <summary>Different series.</summary>
    public int Count => _series.Count;

    /// <summary>Adds series of a block.</summary>
    public void AddBlock(int source, ReadOnlySpan<int> numbers)
    {
        Block block = blocks[source].Block;
        int known = _series.Count;
        foreach (int number in numbers)
        {
            Add(source, number, block.HashOf(number), known);
        }
    }

    /// <summary>Adds series of the head that the view sees.</summary>
    public void AddHead(ReadOnlySpan<int> slots)
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

    /// <summary>The first part of a series.</summary>
    public int FirstPart(int series) => _series[series].FirstPart;

    /// <summary>The part behind one, or -1.</summary>
    public int NextPart(int part) => _parts[part].Next;

    /// <summary>Source and number of a part.</summary>
    public (int Source, int Number) Part(int part) => (_parts[part].Source, _parts[part].Number);

    /// <summary>The labels of a series.</summary>
    public Labels LabelsOf(int series)
    {
        ref var entry = ref CollectionsMarshal.AsSpan(_series)[series];
        return entry.Labels ??= LabelsOf(_parts[entry.FirstPart].Source, _parts[entry.FirstPart].Number);
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
