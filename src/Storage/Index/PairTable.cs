namespace Pleiad.Storage;

/// <summary>One label pair of a shard: a name, a value, and the series that have it.</summary>
internal struct LabelPair
{
    /// <summary>The value; null where the number is not in use.</summary>
    public string? Value;

    /// <summary>Slots of its series, ascending; null where there is at most <see cref="OnlySlot"/>.</summary>
    public int[]? Slots;

    /// <summary>The name.</summary>
    public LabelNameEntry Name;

    /// <summary>The first slot + 1 while <see cref="Slots"/> is null; many pairs have but one series.</summary>
    public int OnlySlot;

    /// <summary>Hash of name and value.</summary>
    public int Hash;
}

/// <summary>One label name of a shard and the pairs that have it.</summary>
internal sealed class LabelNameEntry(string name, int seed)
{
    /// <summary>The numbers of the pairs, in the order they came.</summary>
    public int[] Pairs = PublishedList.Of([], 2);

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>Mixed into the hashes of its pairs.</summary>
    public int Seed { get; } = seed;
}

/// <summary>
/// The label pairs of a shard, by number and by content. One writer adds; readers look up at the same time.
/// Removing builds new tables and publishes them; a page none of whose numbers is in use is let go.
/// </summary>
internal sealed class PairTable
{
    private const int PageShift = 8;
    private const int PageSize = 1 << PageShift;

    // Stands where a page was let go, of all shards: of its numbers readers find what they find of any that is not in use. Nobody may write to it.
    private static readonly LabelPair[] s_none = new LabelPair[PageSize];

    private readonly FreeNumbers _free = new();
    private readonly List<int> _usedOfPage = [];
    private LabelPair[][] _pages = [];
    private int[] _buckets = new int[64];
    private int _bucketed;
    private int _next;

    /// <summary>Pairs in use.</summary>
    public int Count => _bucketed;

    /// <summary>One more than the largest number in use.</summary>
    public int NumbersEnd => Volatile.Read(ref _next);

    /// <summary>Pages in memory. Looks at all.</summary>
    public int PagesHeld => _pages.Count(static page => !ReferenceEquals(page, s_none));

    /// <summary>A pair by number, to be looked at: from any thread.</summary>
    public ref readonly LabelPair this[int number] => ref Volatile.Read(ref _pages)[number >> PageShift][number & (PageSize - 1)];

    /// <summary>The writer's: a pair in use, to be changed.</summary>
    public ref LabelPair Held(int number)
    {
        LabelPair[] page = _pages[number >> PageShift];
        if (ReferenceEquals(page, s_none))
        {
            ThrowNotHeld(number);
        }

        return ref page[number & (PageSize - 1)];
    }

    /// <summary>The number of a pair, or -1.</summary>
    public int Find(LabelNameEntry name, string value)
    {
        int hash = HashOf(name, value);
        int[] buckets = Volatile.Read(ref _buckets);
        int mask = buckets.Length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask)
        {
            int number = Volatile.Read(ref buckets[at]) - 1;
            if (number < 0)
            {
                return -1;
            }

            ref readonly LabelPair pair = ref this[number];
            if (pair.Hash == hash && ReferenceEquals(pair.Name, name) && string.Equals(pair.Value, value, StringComparison.Ordinal))
            {
                return number;
            }
        }
    }

    /// <summary>Adds a pair that is not there.</summary>
    public int Add(LabelNameEntry name, string value)
    {
        if ((_bucketed + 1) * 4 > _buckets.Length * 3)
        {
            Rebuild(_buckets.Length * 2);
        }

        if (!_free.TryTakeFirst(out int number))
        {
            number = _next;
            if (number >> PageShift >= _pages.Length)
            {
                Volatile.Write(ref _pages, [.. _pages, new LabelPair[PageSize]]);
                _usedOfPage.Add(0);
            }

            Volatile.Write(ref _next, number + 1);
        }

        int page = number >> PageShift;
        if (ReferenceEquals(_pages[page], s_none))
        {
            Volatile.Write(ref _pages[page], new LabelPair[PageSize]);
        }

        _usedOfPage[page]++;
        ref LabelPair pair = ref Held(number);
        pair.Name = name;
        pair.Hash = HashOf(name, value);
        pair.Slots = null;
        pair.OnlySlot = 0;
        Volatile.Write(ref pair.Value, value);
        Insert(_buckets, number, pair.Hash);
        _bucketed++;
        Volatile.Write(ref name.Pairs, PublishedList.Append(name.Pairs, number));
        return number;
    }

    /// <summary>Takes pairs out of the lookup tables. Their entries stay readable until <see cref="Free"/>.</summary>
    public void Remove(HashSet<int> gone)
    {
        foreach (LabelNameEntry name in gone.Select(number => this[number].Name).Distinct())
        {
            int[] kept = [.. PublishedList.Read(name.Pairs).ToArray().Where(number => !gone.Contains(number))];
            Volatile.Write(ref name.Pairs, PublishedList.Of(kept, 2));
        }

        var buckets = new int[_buckets.Length];
        foreach (int held in _buckets)
        {
            if (held != 0 && !gone.Contains(held - 1))
            {
                Insert(buckets, held - 1, this[held - 1].Hash);
            }
        }

        _bucketed -= gone.Count;
        Volatile.Write(ref _buckets, buckets);
    }

    /// <summary>Makes the number of a removed pair free for another.</summary>
    public void Free(int number)
    {
        Held(number) = default;
        _free.Add(number);
        int page = number >> PageShift;
        if (--_usedOfPage[page] == 0)
        {
            Volatile.Write(ref _pages[page], s_none);
        }
    }

    /// <summary>The slots of a pair, ascending, as many as are there at this moment.</summary>
    /// <param name="number">The pair.</param>
    /// <param name="only">Place for the slot of a pair that has but one.</param>
    public ReadOnlySpan<int> SlotsOf(int number, Span<int> only)
    {
        ref readonly LabelPair pair = ref this[number];
        int[]? slots = Volatile.Read(in pair.Slots);
        if (slots is not null)
        {
            return PublishedList.Read(slots);
        }

        int single = Volatile.Read(in pair.OnlySlot);
        if (single == 0)
        {
            return [];
        }

        only[0] = single - 1;
        return only[..1];
    }

    /// <summary>How many slots a pair has.</summary>
    public int SlotCountOf(int number)
    {
        Span<int> only = stackalloc int[1];
        return SlotsOf(number, only).Length;
    }

    private static void ThrowNotHeld(int number) => throw new InvalidOperationException($"label pair {number} is not in use, and its page is not there");

    private static int HashOf(LabelNameEntry name, string value)
    {
        uint hash = (uint)string.GetHashCode(value) ^ (uint)name.Seed;
        return (int)((hash * 0x9E3779B1u) ^ (hash >> 15));
    }

    private static void Insert(int[] buckets, int number, int hash)
    {
        int mask = buckets.Length - 1;
        int at = hash & mask;
        while (buckets[at] != 0)
        {
            at = (at + 1) & mask;
        }

        Volatile.Write(ref buckets[at], number + 1);
    }

    private void Rebuild(int length)
    {
        var buckets = new int[length];
        foreach (int held in _buckets)
        {
            if (held != 0)
            {
                Insert(buckets, held - 1, this[held - 1].Hash);
            }
        }

        Volatile.Write(ref _buckets, buckets);
    }
}
