using System.Collections.Concurrent;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The inverted index of a shard: label names, pairs, and for each pair the slots of its series in ascending order.
/// One writer; readers look up at the same time and filter by what their view can see.
/// </summary>
internal sealed class LabelIndex
{
    private readonly ConcurrentDictionary<string, LabelNameEntry> _names = new(StringComparer.Ordinal);
    private int _namesMade;
    private int _slotsEnd;

    /// <summary>The pairs.</summary>
    public PairTable Pairs { get; } = new();

    /// <summary>Names in use, in no order.</summary>
    public IEnumerable<LabelNameEntry> Names => _names.Values;

    /// <summary>How many names are in use.</summary>
    public int NameCount => _names.Count;

    /// <summary>A name, or null.</summary>
    public LabelNameEntry? Find(string name) => _names.GetValueOrDefault(name);

    /// <summary>The number of a pair, or -1.</summary>
    public int FindPair(string name, string value) => Find(name) is { } entry ? Pairs.Find(entry, value) : -1;

    /// <summary>The writer's: the number of a pair, which is made where it is not there.</summary>
    public int Intern(string name, string value)
    {
        if (!_names.TryGetValue(name, out LabelNameEntry? entry))
        {
            entry = new LabelNameEntry(name, unchecked((int)((uint)++_namesMade * 0x85EBCA6Bu)));
            _names[name] = entry;
        }

        int number = Pairs.Find(entry, value);
        return number >= 0 ? number : Pairs.Add(entry, value);
    }

    /// <summary>The labels made of some pairs.</summary>
    public Labels LabelsOf(ReadOnlySpan<int> pairs)
    {
        var texts = new string[pairs.Length * 2];
        for (int i = 0; i < pairs.Length; i++)
        {
            ref readonly LabelPair pair = ref Pairs[pairs[i]];
            texts[2 * i] = pair.Name.Name;
            texts[(2 * i) + 1] = pair.Value!;
        }

        return Labels.FromSortedPairs(texts);
    }

    /// <summary>The writer's: adds series to the postings of their pairs.</summary>
    /// <param name="slots">Ascending.</param>
    /// <param name="table">Has their pairs.</param>
    public void Add(ReadOnlySpan<int> slots, SeriesTable table)
    {
        if (slots.IsEmpty)
        {
            return;
        }

        if (slots[0] >= _slotsEnd)
        {
            foreach (int slot in slots)
            {
                foreach (int number in table.PairsOf(table[slot]))
                {
                    AddLast(ref Pairs.Held(number), slot);
                }
            }

            _slotsEnd = slots[^1] + 1;
            return;
        }

        // Slots in second use belong somewhere in the middle: one merge for each pair, not one for each series.
        var byPair = new Dictionary<int, List<int>>();
        foreach (int slot in slots)
        {
            foreach (int number in table.PairsOf(table[slot]))
            {
                if (!byPair.TryGetValue(number, out List<int>? added))
                {
                    byPair.Add(number, added = []);
                }

                added.Add(slot);
            }
        }

        Span<int> only = stackalloc int[1];
        foreach ((int number, List<int> added) in byPair)
        {
            ReadOnlySpan<int> before = Pairs.SlotsOf(number, only);
            var merged = new int[before.Length + added.Count];
            int count = PostingsAlgebra.Union(before, [.. added], merged);
            Volatile.Write(ref Pairs.Held(number).Slots, PublishedList.Of(merged.AsSpan(0, count), 2));
        }

        _slotsEnd = Math.Max(_slotsEnd, slots[^1] + 1);
    }

    /// <summary>The writer's: takes series out of the postings.</summary>
    /// <param name="slots">Ascending.</param>
    /// <param name="pairs">All pairs these series have.</param>
    /// <param name="awaited">Pairs of series still to be added: kept though they have no series now.</param>
    /// <returns>The pairs that no series has any more; their numbers are still to be freed.</returns>
    public HashSet<int> Remove(ReadOnlySpan<int> slots, HashSet<int> pairs, HashSet<int> awaited)
    {
        var unused = new HashSet<int>();
        Span<int> only = stackalloc int[1];
        foreach (int number in pairs)
        {
            ReadOnlySpan<int> before = Pairs.SlotsOf(number, only);
            var left = new int[before.Length];
            int count = PostingsAlgebra.Subtract(before, slots, left);
            if (count == 0 && !awaited.Contains(number))
            {
                unused.Add(number);
            }

            Volatile.Write(ref Pairs.Held(number).Slots, PublishedList.Of(left.AsSpan(0, count), 2));
        }

        if (unused.Count > 0)
        {
            HashSet<LabelNameEntry> names = [.. unused.Select(number => Pairs[number].Name)];
            Pairs.Remove(unused);
            foreach (LabelNameEntry name in names)
            {
                if (PublishedList.Read(name.Pairs).IsEmpty)
                {
                    _names.TryRemove(name.Name, out _);
                }
            }
        }

        return unused;
    }

    private static void AddLast(ref LabelPair pair, int slot)
    {
        if (pair.Slots is not null)
        {
            int[] list = PublishedList.Append(pair.Slots, slot);
            if (!ReferenceEquals(list, pair.Slots))
            {
                Volatile.Write(ref pair.Slots, list);
            }
        }
        else if (pair.OnlySlot == 0)
        {
            Volatile.Write(ref pair.OnlySlot, slot + 1);
        }
        else
        {
            // OnlySlot stays as it is: a reader that saw no list still finds the slot it would have found before.
            Volatile.Write(ref pair.Slots, PublishedList.Of([pair.OnlySlot - 1, slot], 2));
        }
    }
}
