using System.Runtime.CompilerServices;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>
/// The series of one target: what each text of its page became after relabelling, so that labels, shard and key come back without a lookup,
/// and which series had a sample last time, so that the ones that ended are known.
/// </summary>
/// <remarks>Two texts with equal labels are one series. A series whose last text left the page is forgotten.</remarks>
/// <param name="target">The target's labels, which most of its series have.</param>
internal sealed class SeriesCache(Labels target)
{
    /// <summary>Stands for a text whose series relabelling dropped.</summary>
    internal const int Dropped = -1;

    /// <summary>Stands for a series that is only counted, because its page will be refused.</summary>
    internal const int Counted = -2;

    private const int None = -1;

    // Far more than chance makes: label sets chosen to share places in the table refuse the page.
    private const int ProbesMax = 4096;

    private readonly LabelShapes _shapes = new(target);
    private readonly List<(int Id, bool IsDerived)> _born = [];
    private int[] _rowsOfTexts = [];
    private int[] _rowsOfDerived = [];
    private Row[] _rows = [];
    private int _rowCount;
    private int _firstFree = None;
    private int[] _table = new int[64];
    private int _live;
    private bool _grew;

    /// <summary>Series known.</summary>
    internal int Count => _live;

    /// <summary>The series' places are below this.</summary>
    internal int RowsEnd => _rowCount;

    /// <summary>A known text's series, or <see cref="Dropped"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int RowOf(int id, bool isDerived) => (isDerived ? _rowsOfDerived : _rowsOfTexts)[id];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref Row At(int row) => ref _rows[row];

    /// <summary>Notes what a new text became.</summary>
    internal void Remember(int id, bool isDerived, int row)
    {
        ref int[] rows = ref isDerived ? ref _rowsOfDerived : ref _rowsOfTexts;
        if (id >= rows.Length)
        {
            int before = rows.Length;
            Array.Resize(ref rows, Math.Max(64, Math.Max(id + 1, before * 3 / 2)));
            rows.AsSpan(before).Fill(Dropped); // comment lines have numbers too, but no series
        }

        rows[id] = row;
        _born.Add((id, isDerived));
        if (row != Dropped)
        {
            _rows[row].Texts++;
        }
    }

    /// <summary>The series of these labels, added where it is not known.</summary>
    internal int FindOrAdd(Labels labels, ShardMap shards) =>
        Find(labels, out int at) is var row && row != None ? row : Add(_shapes.KeyOf(labels), (uint)labels.Hash, shards.Of(labels), at);

    /// <summary>Whether the series of these labels had a sample in a scrape that takes part in staleness.</summary>
    internal bool IsTracked(Labels labels, int scrape) => Find(labels, out _) is var row && row != None && _rows[row].Tracked == scrape;

    private int Find(Labels labels, out int at)
    {
        int mask = _table.Length - 1;
        at = (int)labels.Hash & mask;
        int probes = 0;
        while (_table[at] != 0)
        {
            int row = _table[at] - 1;
            if (_rows[row].Hash == (uint)labels.Hash && _rows[row].Key!.Labels.Equals(labels))
            {
                return row;
            }

            if (++probes > ProbesMax)
            {
                throw new ScrapeRefusedException(
                    ScrapeRefusal.PageLimit, $"more than {ProbesMax} label sets share their place in the hash table");
            }

            at = (at + 1) & mask;
        }

        return None;
    }

    /// <summary>The page counts: texts that left it are forgotten, and with the last of its texts a series.</summary>
    internal void Commit(PageMemory memory)
    {
        if (_born.Count > 0)
        {
            _grew = true;
            _born.Clear();
        }
        else if (_grew)
        {
            TrimGrowth(memory);
        }

        Release(memory.Gone, _rowsOfTexts);
        if (_rowsOfDerived.Length > 0)
        {
            Release(memory.Derived.Gone, _rowsOfDerived);
        }
    }

    /// <summary>The page does not count: texts new on it are forgotten.</summary>
    internal void Abort()
    {
        foreach ((int id, bool isDerived) in _born)
        {
            int[] rows = isDerived ? _rowsOfDerived : _rowsOfTexts;
            Release(rows[id]);
            rows[id] = Dropped;
        }

        _born.Clear();
        if (_live == 0 && _rows.Length > 1024)
        {
            // A first page that was refused for its size: give back what it took.
            _rows = [];
            _rowCount = 0;
            _firstFree = None;
            _table = new int[64];
            _rowsOfTexts = [];
            _rowsOfDerived = [];
            _born.TrimExcess();
        }
    }

    // A page that brought nothing new: what was room to grow is given back.
    private void TrimGrowth(PageMemory memory)
    {
        _grew = false;
        _born.TrimExcess();
        Array.Resize(ref _rows, _rowCount);
        Array.Resize(ref _rowsOfTexts, Math.Min(_rowsOfTexts.Length, memory.IdsEnd));
        if (_rowsOfDerived.Length > 0)
        {
            Array.Resize(ref _rowsOfDerived, Math.Min(_rowsOfDerived.Length, memory.Derived.IdsEnd));
        }
    }

    private void Release(ReadOnlySpan<int> gone, int[] rows)
    {
        foreach (int id in gone)
        {
            if (id < rows.Length)
            {
                Release(rows[id]);
                rows[id] = Dropped;
            }
        }
    }

    private void Release(int row)
    {
        if (row == Dropped || --_rows[row].Texts > 0)
        {
            return;
        }

        Unlink(row);
        _rows[row] = new Row { Texts = _firstFree };
        _firstFree = row;
        _live--;
    }

    private int Add(SeriesKey key, uint hash, ShardId shard, int tableAt)
    {
        int row = _firstFree;
        if (row != None)
        {
            _firstFree = _rows[row].Texts;
        }
        else
        {
            if (_rowCount == _rows.Length)
            {
                Array.Resize(ref _rows, Math.Max(64, _rowCount * 3 / 2));
            }

            row = _rowCount++;
        }

        _rows[row] = new Row { Key = key, Hash = hash, Shard = shard };
        _table[tableAt] = row + 1;
        if (++_live > _table.Length * 2 / 3)
        {
            Rehash();
        }

        return row;
    }

    private void Rehash()
    {
        int[] old = _table;
        _table = new int[old.Length * 2];
        int mask = _table.Length - 1;
        foreach (int reference in old)
        {
            if (reference == 0)
            {
                continue;
            }

            int at = (int)_rows[reference - 1].Hash & mask;
            while (_table[at] != 0)
            {
                at = (at + 1) & mask;
            }

            _table[at] = reference;
        }
    }

    // Linear probing: later members of the run move back (Knuth, TAOCP 3, 6.4 R).
    private void Unlink(int row)
    {
        int mask = _table.Length - 1;
        int at = (int)_rows[row].Hash & mask;
        while (_table[at] != row + 1)
        {
            at = (at + 1) & mask;
        }

        int hole = at;
        for (at = (at + 1) & mask; _table[at] != 0; at = (at + 1) & mask)
        {
            int home = (int)_rows[_table[at] - 1].Hash & mask;
            if (((at - home) & mask) >= ((at - hole) & mask))
            {
                _table[hole] = _table[at];
                hole = at;
            }
        }

        _table[hole] = 0;
    }

    /// <summary>A series: 32 bytes.</summary>
    internal struct Row
    {
        // Shards are numbered below ShardMap.CountMax.
        private ushort _shard;

        /// <summary>Null while the place is free.</summary>
        internal SeriesKey? Key;

        /// <summary>The scrape that last had a sample which takes part in staleness, and the one before that.</summary>
        internal int Tracked;
        internal int TrackedBefore;

        /// <summary>The scrape that last had a sample without a time of its own.</summary>
        internal int Seen;

        /// <summary>The lower half of the hash of its labels.</summary>
        internal uint Hash;

        /// <summary>Texts on the page that are this series; of a free place, the next free one.</summary>
        internal int Texts;

        /// <summary>Whether a sample of it was ever added: one whose samples all came with impossible times is new until then.</summary>
        internal bool Added;

        internal ShardId Shard
        {
            readonly get => new(_shard);
            init => _shard = checked((ushort)value.Value);
        }

        /// <summary>Whether the series had a sample in a scrape, seen from that scrape or the next.</summary>
        internal readonly bool WasTrackedIn(int scrape) => Key is not null && (Tracked == scrape || TrackedBefore == scrape);
    }
}
