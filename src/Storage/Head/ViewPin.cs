using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// Keeps what a view sees from being reused, and remembers for each series that changed since how many samples it had then.
/// Shared by all views taken between two batches, and by their cursors.
/// </summary>
internal sealed class ViewPin(long seq, long ticket, long oldestTime, ViewParts parts, long newestTime)
{
    internal const int PageShift = 10;
    private const int PageSlots = 1 << PageShift;

    // One for each page of 1 024 slots: (total + 1) << 32 | open samples; 0 where the series has not changed.
    private long[]?[] _pages = [];
    private int _holders = 1;
    private int _chunksDamaged;

    /// <summary>The last batch the view sees.</summary>
    public long Seq { get; } = seq;

    /// <summary>Order in which pins were taken.</summary>
    public long Ticket { get; } = ticket;

    /// <summary>Samples before this time are gone for the view: retention, as it stood.</summary>
    public long OldestTime { get; } = oldestTime;

    /// <summary>The newest sample of the shard then; <see cref="long.MinValue"/> for none.</summary>
    public long NewestTime { get; } = newestTime;

    /// <summary>The blocks the view sees, and what is deleted for it.</summary>
    public ViewParts Parts { get; } = parts;

    /// <summary>The blocks the view sees.</summary>
    public BlockList Blocks => Parts.Blocks;

    /// <summary>Chunks that readers had to pass over because their bytes are damaged.</summary>
    public int ChunksDamaged => Volatile.Read(ref _chunksDamaged);

    /// <summary>Whether a reader has taken a view of it: then the next state will be wanted too.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Whether nobody holds it any more.</summary>
    public bool IsReleased => Volatile.Read(ref _holders) == 0;

    /// <summary>One more holder, unless the last one has let go.</summary>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>A reader's: what retention leaves of a range.</summary>
    public TimeRange Clip(TimeRange range) =>
        OldestTime > long.MinValue && range.After < OldestTime - 1 ? range with { After = OldestTime - 1 } : range;

    /// <summary>A reader's: some chunks could not be read.</summary>
    public void NoteDamage(int chunks)
    {
        if (chunks > 0)
        {
            Interlocked.Add(ref _chunksDamaged, chunks);
        }
    }

    /// <summary>One holder less.</summary>
    public void Release() => Interlocked.Decrement(ref _holders);

    /// <summary>The writer's: notes the samples of a series before it changes. Nothing where that was noted before.</summary>
    public void Remember(int slot, int total, int open)
    {
        int page = slot >> PageShift;
        if (page >= _pages.Length)
        {
            var more = new long[Math.Max(page + 1, _pages.Length * 2)][];
            Array.Copy(_pages, more, _pages.Length);
            Volatile.Write(ref _pages, more);
        }

        long[] entries = _pages[page] ?? NewPage(page);
        ref long entry = ref entries[slot & (PageSlots - 1)];
        if (entry == 0)
        {
            Volatile.Write(ref entry, ((long)(total + 1) << 32) | (uint)open);
        }
    }

    /// <summary>A reader's: the samples of a series that has changed since the view was taken.</summary>
    public bool TryRecall(int slot, out int total, out int open)
    {
        long[]?[] pages = Volatile.Read(ref _pages);
        int page = slot >> PageShift;
        long[]? entries = page < pages.Length ? Volatile.Read(ref pages[page]) : null;
        long entry = entries is null ? 0 : Volatile.Read(ref entries[slot & (PageSlots - 1)]);
        total = (int)(entry >> 32) - 1;
        open = (int)entry;
        return entry != 0;
    }

    private long[] NewPage(int page)
    {
        var entries = new long[PageSlots];
        Volatile.Write(ref _pages[page], entries);
        return entries;
    }
}
