using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The series of a shard: labels to slot, slot to state. Slots live in pages that never move; there is none where no slot of it belongs to a series.
/// The writer's, but for reading slots.
/// </summary>
internal sealed class SeriesTable
{
    /// <summary>Slots a shard may have.</summary>
    public const int SlotsMax = 1 << TagShift;

    // A bucket is one more than a slot, below a few bits of its hash: of the slots that a search passes by, most are not looked at.
    private const int TagShift = 26;
    private const uint SlotMask = (1u << (TagShift + 1)) - 1;

    /// <summary>Slots in a page.</summary>
    public const int SlotsInPage = 1 << PageShift;

    private const int PageShift = 8;

    // Stands where there is no page, of all shards: nobody may write to it.
    private static readonly SeriesSlot[] s_none = NewPage(0);

    private readonly ByteArena _arena;
    private readonly LabelIndex _index;
    private readonly Reclaimer _reclaimer;
    private readonly FreeNumbers _free = new();
    private SeriesSlot[][] _pages = [];

    // Of each page: how many slots are not free, and, while it is not there, the latest generation any of them had.
    private PageState[] _states = [];
    private uint[] _buckets = new uint[256];
    private int _end;

    public SeriesTable(ByteArena arena, LabelIndex index, Reclaimer reclaimer)
    {
        _arena = arena;
        _index = index;
        _reclaimer = reclaimer;
    }

    /// <summary>Series, those not yet visible included.</summary>
    public int Count { get; private set; }

    /// <summary>One more than the largest slot ever used.</summary>
    public int End => Volatile.Read(ref _end);

    /// <summary>Pages in memory. Looks at all.</summary>
    public int PagesHeld => _pages.Count(static page => page is not null && !ReferenceEquals(page, s_none));

    /// <summary>A slot by number, to be looked at: from any thread.</summary>
    public ref readonly SeriesSlot this[int slot] => ref Volatile.Read(ref _pages)[slot >> PageShift][slot & (SlotsInPage - 1)];

    /// <summary>The writer's: a slot that belongs to a series, to be changed.</summary>
    public ref SeriesSlot Held(int slot)
    {
        SeriesSlot[] page = _pages[slot >> PageShift];
        if (ReferenceEquals(page, s_none))
        {
            ThrowNotHeld(slot);
        }

        return ref page[slot & (SlotsInPage - 1)];
    }

    /// <summary>Whether a slot holds a series.</summary>
    public bool Holds(int slot) => (uint)slot < (uint)_end && this[slot].InUse;

    /// <summary>The numbers of the label pairs of a series.</summary>
    public ReadOnlySpan<int> PairsOf(in SeriesSlot slot) =>
        MemoryMarshal.Cast<byte, int>(_arena.Span(slot.LabelsAt, slot.LabelCount * sizeof(int)));

    /// <summary>The slot of a series, or -1.</summary>
    public int Find(Labels labels)
    {
        ulong hash = labels.Hash;
        uint tag = TagOf(hash);
        int mask = _buckets.Length - 1;
        for (int at = (int)hash & mask; _buckets[at] != 0; at = (at + 1) & mask)
        {
            if ((_buckets[at] & ~SlotMask) == tag)
            {
                int number = SlotOf(_buckets[at]);
                ref readonly SeriesSlot slot = ref this[number];
                if (slot.Hash == hash && Same(slot, labels))
                {
                    return number;
                }
            }
        }

        return -1;
    }

    /// <summary>Adds a series that is not there.</summary>
    public int Add(Labels labels)
    {
        if (!_free.TryTakeFirst(out int number))
        {
            number = Extend(_end);
        }

        MakePage(number);
        Fill(number, labels, this[number].Generation + 1);
        return number;
    }

    /// <summary>Adds a series at a given place: the log or a snapshot says which.</summary>
    public void AddAt(int number, int generation, Labels labels)
    {
        while (number >= _end)
        {
            _free.Add(Extend(_end));
        }

        _free.Remove(number);
        MakePage(number);
        Fill(number, labels, generation);
    }

    /// <summary>Whether a slot holds this very series.</summary>
    public bool Holds(int number, Labels labels) => Holds(number) && this[number].Hash == labels.Hash && Same(this[number], labels);

    /// <summary>Notes that a slot without a series had one of this generation before the start: the next one's is later.</summary>
    public void NoteGeneration(int number, int generation)
    {
        while (number >= _end)
        {
            _free.Add(Extend(_end));
        }

        int page = number >> PageShift;
        if (ReferenceEquals(_pages[page], s_none))
        {
            _states[page].Generation = Math.Max(_states[page].Generation, generation);
            return;
        }

        ref SeriesSlot slot = ref Held(number);
        if (!slot.InUse)
        {
            slot.Generation = Math.Max(slot.Generation, generation);
        }
    }

    /// <summary>Takes a series out of the lookup; the slot comes free when no view can see it any more.</summary>
    public void Remove(int number)
    {
        ref SeriesSlot slot = ref Held(number);
        Unbucket(number, slot.Hash);
        _reclaimer.Retire(Reclaimed.Piece, slot.LabelsAt, ByteArena.ClassFor(slot.LabelCount * sizeof(int)));
        slot.BeginChange();
        slot.InUse = false;
        slot.CreatedSeq = SeriesSlot.NotYet;
        slot.ChangedSeq = SeriesSlot.NotYet;
        slot.EndChange();
        Count--;
        _reclaimer.Retire(Reclaimed.Slot, number);
    }

    /// <summary>Makes a removed slot free for another series; nothing where the log has given it to one already.</summary>
    public void Free(int number)
    {
        int page = number >> PageShift;
        _states[page].Held--;
        if (!this[number].InUse)
        {
            _free.Add(number);
            if (_states[page].Held == 0)
            {
                LetGo(page);
            }
        }
    }

    // No view can see a slot of it. A reader that has the page keeps it, and finds no series there either.
    private void LetGo(int page)
    {
        int generation = 0;
        foreach (ref SeriesSlot slot in _pages[page].AsSpan())
        {
            generation = Math.Max(generation, slot.Generation);
        }

        _states[page].Generation = generation;
        Volatile.Write(ref _pages[page], s_none);
    }

    private void MakePage(int number)
    {
        int page = number >> PageShift;
        if (ReferenceEquals(_pages[page], s_none))
        {
            Volatile.Write(ref _pages[page], NewPage(_states[page].Generation));
        }
    }

    private int Extend(int number)
    {
        if (number == SlotsMax)
        {
            throw new InvalidOperationException($"a shard may have {SlotsMax} series");
        }

        int page = number >> PageShift;
        if (page == _pages.Length)
        {
            var pages = new SeriesSlot[Math.Max(4, page * 2)][];
            Array.Copy(_pages, pages, page);
            Array.Resize(ref _states, pages.Length);
            Volatile.Write(ref _pages, pages);
        }

        // The page comes with the first series.
        _pages[page] ??= s_none;
        Volatile.Write(ref _end, number + 1);
        return number;
    }

    private static void ThrowNotHeld(int slot) => throw new InvalidOperationException($"slot {slot} belongs to no series, and its page is not there");

    private static SeriesSlot[] NewPage(int generation)
    {
        var page = new SeriesSlot[SlotsInPage];
        foreach (ref SeriesSlot slot in page.AsSpan())
        {
            slot.Generation = generation;
            slot.CreatedSeq = SeriesSlot.NotYet;
        }

        return page;
    }

    private void Fill(int number, Labels labels, int generation)
    {
        byte pieceClass = ByteArena.ClassFor(labels.Count * sizeof(int));
        int labelsAt = _arena.Allocate(pieceClass);
        Span<int> pairs = MemoryMarshal.Cast<byte, int>(_arena.Span(labelsAt, labels.Count * sizeof(int)));
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = _index.Intern(labels.NameAt(i), labels.ValueAt(i));
        }

        ref SeriesSlot slot = ref Held(number);
        slot.BeginChange();
        slot.Generation = generation;
        slot.Hash = labels.Hash;
        slot.CreatedSeq = SeriesSlot.NotYet;
        slot.ChangedSeq = SeriesSlot.NotYet;
        slot.OldestTime = SeriesSlot.NoTime;
        slot.FirstTime = SeriesSlot.NoTime;
        slot.Tail = new GorillaTail { Time = SeriesSlot.NoTime };
        slot.LabelsAt = labelsAt;
        slot.LabelCount = (ushort)labels.Count;
        slot.OpenAt = 0;
        slot.OpenBits = 0;
        slot.OpenCount = 0;
        slot.SealedAt = 0;
        slot.Total = 0;
        slot.Encoding = ChunkEncoding.None;
        slot.Defined = 0;
        slot.InUse = true;
        slot.PreparedTime = SeriesSlot.NoTime;
        slot.PreparedBits = 0;
        slot.EndChange();
        Count++;
        _states[number >> PageShift].Held++;
        Bucket(number, slot.Hash);
    }

    private bool Same(in SeriesSlot slot, Labels labels)
    {
        if (slot.LabelCount != labels.Count)
        {
            return false;
        }

        ReadOnlySpan<int> pairs = PairsOf(slot);
        for (int i = 0; i < pairs.Length; i++)
        {
            ref readonly LabelPair pair = ref _index.Pairs[pairs[i]];
            if (!string.Equals(pair.Value, labels.ValueAt(i), StringComparison.Ordinal)
                || !string.Equals(pair.Name.Name, labels.NameAt(i), StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    // The lowest bits say where it is, the highest are as good as any others.
    private static uint TagOf(ulong hash) => (uint)(hash >> 32) & ~SlotMask;

    private static int SlotOf(uint bucket) => (int)(bucket & SlotMask) - 1;

    private void Bucket(int number, ulong hash)
    {
        if (Count * 4L > _buckets.Length * 3L)
        {
            uint[] before = _buckets;
            _buckets = new uint[before.Length * 2];
            foreach (uint held in before)
            {
                if (held != 0)
                {
                    Insert(held, this[SlotOf(held)].Hash);
                }
            }
        }

        Insert(TagOf(hash) | (uint)(number + 1), hash);
    }

    private void Insert(uint held, ulong hash)
    {
        int mask = _buckets.Length - 1;
        int at = (int)hash & mask;
        while (_buckets[at] != 0)
        {
            at = (at + 1) & mask;
        }

        _buckets[at] = held;
    }

    // Linear probing without tombstones: what follows moves up (Knuth, TAOCP 3, algorithm 6.4 R).
    private void Unbucket(int number, ulong hash)
    {
        int mask = _buckets.Length - 1;
        int hole = (int)hash & mask;
        while (SlotOf(_buckets[hole]) != number)
        {
            hole = (hole + 1) & mask;
        }

        for (int at = (hole + 1) & mask; _buckets[at] != 0; at = (at + 1) & mask)
        {
            int home = (int)this[SlotOf(_buckets[at])].Hash & mask;
            if (((at - home) & mask) >= ((at - hole) & mask))
            {
                _buckets[hole] = _buckets[at];
                hole = at;
            }
        }

        _buckets[hole] = 0;
    }

    private struct PageState
    {
        public int Held;
        public int Generation;
    }
}
