using System.Diagnostics;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>Blocks: the head moves into them, and they into longer ones. Begun and completed in turns of the writer, written by somebody else meanwhile.</content>
public sealed partial class Shard
{
    private readonly Dictionary<int, Block> _retired = [];
    private BlockStore? _blockStore;
    private ViewParts _parts = ViewParts.Empty;
    private int _retiredNumbers;
    private bool _sealUnderWay;
    private bool _compactionUnderWay;
    private IReadOnlyList<BlockedSeries>? _blocked;
    private long _blockedTicket;

    private BlockList Blocks
    {
        get => _parts.Blocks;
        set => _parts = _parts with { Blocks = value };
    }

    /// <summary>Blocks.</summary>
    public int BlockCount => Blocks.Blocks.Count;

    /// <summary>Bytes of all blocks.</summary>
    public long BlockBytes => Blocks.Bytes;

    /// <summary>Times, sizes and contents of the blocks, that with the oldest sample first.</summary>
    public IReadOnlyList<BlockExtent> BlockExtents =>
        [.. Blocks.Blocks.Select(static block => new BlockExtent(block.MinTime, block.MaxTime, block.Length)
        {
            Content = new BlockContent(block.Number, block.SeriesCount, block.ChunkCount, block.Samples, block.Replaces.Count > 0),
        })];

    /// <summary>Whether samples that are in a block are still in the head too, because a view from before is alive or a snapshot is being written.</summary>
    public bool IsSettling => _blocked is not null;

    /// <summary>Whether a block of the head is being written.</summary>
    public bool IsSealing => _sealUnderWay;

    /// <summary>What was sealed last and furthest: every sample before the time that was applied up to the batch is in a block.</summary>
    internal (long Seq, long Before) SealedUpTo { get; private set; } = (0, long.MinValue);

    /// <summary>
    /// What goes into the next block begins here; <see cref="long.MaxValue"/> where the head is empty. Late samples go with what is in order: only
    /// where there is nothing else do they count by themselves. Looks at every series.
    /// </summary>
    public long OldestInHead() => OldestInOrder() is var oldest and not long.MaxValue ? oldest : OldestLate();

    /// <summary>The oldest sample that is in no block, whether it came late or not; <see cref="long.MaxValue"/> for none. Looks at every series.</summary>
    public long OldestOfAll() => Math.Min(OldestInOrder(), OldestLate());

    /// <summary>
    /// Up to where the head is to be sealed now: the end of the range that its oldest sample lies in, once half a range lies behind that,
    /// for samples of the recent past are still coming.
    /// </summary>
    /// <param name="rangeMs">Of one block.</param>
    /// <param name="nowMs">Samples of after this time do not count: a clock that is ahead must not seal anything early.</param>
    /// <param name="quietMs">What time it is, where nothing has come for so long that nothing is waited for any more; null while something comes.</param>
    /// <returns>Null where nothing is due.</returns>
    public long? SealDue(long rangeMs, long nowMs, long? quietMs = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rangeMs);

        // Nobody is told when a view ends: it is looked for.
        SettleIfQuiet();
        if (_sealUnderWay || IsSettling)
        {
            return null;
        }

        long oldest = OldestInHead();
        if (oldest == long.MaxValue)
        {
            return null;
        }

        long rest = oldest % rangeMs;
        long end = oldest - (rest < 0 ? rest + rangeMs : rest) + rangeMs;
        return end + (rangeMs / 2) <= (quietMs ?? Math.Min(NewestTime, nowMs)) ? end : null;
    }

    /// <summary>Takes what a block of the samples before a time needs. Give it to <see cref="BlockStore.Write(SealJob)"/> on another thread, then <see cref="CompleteSeal"/>.</summary>
    /// <exception cref="InvalidOperationException">One is under way, or the head is still settling after the last one.</exception>
    public SealJob BeginSeal(long before)
    {
        if (_sealUnderWay || IsSettling)
        {
            throw new InvalidOperationException($"a block of shard {Id} is under way");
        }

        _sealUnderWay = true;
        return new SealJob(View(), before);
    }

    /// <summary>Ends a seal. Views from now on read the block; the head lets go of what is in it once no view from before is alive.</summary>
    /// <param name="job">From <see cref="BeginSeal"/>.</param>
    /// <param name="written">Of the store; null when it failed, and the head keeps everything.</param>
    public void CompleteSeal(SealJob job, SealWritten? written)
    {
        _sealUnderWay = false;
        if (written is not null)
        {
            if (job.Before >= SealedUpTo.Before)
            {
                SealedUpTo = (job.View.Seq, job.Before);
            }

            if (written.Block is { } block)
            {
                Blocks = Blocks.With([], block);
            }

            ForgetLateOf(job.View.Pin.Parts, job.Before);
            LetGoOf(written.Series);
        }

        job.View.Dispose();
        SettleIfQuiet();
        DropOldBlocks();
    }

    /// <summary>Takes blocks to be made into one. Give it to <see cref="BlockStore.Write(CompactionJob)"/> on another thread, then <see cref="CompleteCompaction"/>.</summary>
    /// <param name="rangeMs">Of a block as it is sealed.</param>
    /// <param name="rangeMaxMs">Of the longest block.</param>
    /// <param name="sealedBefore">No block of before this time is still to come.</param>
    /// <param name="bytesMax">Bytes of them together at most.</param>
    /// <returns>Null where there is nothing to do.</returns>
    public CompactionJob? BeginCompaction(long rangeMs, long rangeMaxMs, long sealedBefore, long bytesMax = long.MaxValue)
    {
        if (_compactionUnderWay || IsBehindBlocks)
        {
            return null;
        }

        IReadOnlyList<int> next = CompactionPlan.Next(BlockExtents, rangeMs, rangeMaxMs, sealedBefore, bytesMax: bytesMax);
        if (next.Count == 0)
        {
            return null;
        }

        _compactionUnderWay = true;
        return new CompactionJob(View(), [.. next.Select(index => Blocks.Blocks[index])]);
    }

    /// <summary>
    /// Takes a block that tombstones may delete something of, to be written anew without it. Give it to
    /// <see cref="BlockStore.Clean(CompactionJob)"/> on another thread, then <see cref="CompleteCompaction"/>.
    /// </summary>
    /// <param name="behind">Blocks up to this number have been looked at; 0 at first.</param>
    /// <returns>Null where there is none.</returns>
    public CompactionJob? BeginCleaning(long behind)
    {
        if (_compactionUnderWay
            || Blocks.Blocks.Where(block => block.Number > behind && Tombstones.NotAppliedTo(block).Any()).MinBy(static block => block.Number) is not { } next)
        {
            return null;
        }

        _compactionUnderWay = true;
        return new CompactionJob(View(), [next]);
    }

    /// <summary>Ends a compaction: the merged block takes the place of its sources.</summary>
    /// <param name="job">From <see cref="BeginCompaction"/>.</param>
    /// <param name="written">Of the store; null when it failed, and the blocks stay as they were.</param>
    public void CompleteCompaction(CompactionJob job, CompactionWritten? written)
    {
        _compactionUnderWay = false;
        job.View.Dispose();
        if (written is { IsUnchanged: false })
        {
            NoteLostOf(job.Sources);
            Replace(job.Sources, written.Block);
            if (written.Block is { } merged)
            {
                NoteMergedForRollups(merged);
            }

            DropOldBlocks();
        }
    }

    /// <summary>Drops the blocks whose newest sample is at or before a time, whatever retention says of it.</summary>
    /// <returns>How many.</returns>
    public int DropBlocksThrough(long timeMs)
    {
        List<Block> gone = [.. Blocks.Blocks.Where(block => block.MaxTime <= timeMs)];
        if (gone.Count > 0)
        {
            Replace(gone, null);
        }

        return gone.Count;
    }

    /// <summary>After a start, once the log is replayed: takes the blocks over, and lets go of what the head has of them.</summary>
    /// <exception cref="LaterVersionException">A later version wrote one.</exception>
    public void AttachBlocks(BlockStore store)
    {
        _blockStore = store;
        Blocks = new BlockList(store.Load());
        Rollups = store.Rollups.Load();
        NoteSetAside();

        // The log may bring back tombstones that no block needs any more: such ones do no harm.
        Tombstones = IsFollower
            ? TombstonesOfCopy(store.Tombstones)
            : store.Tombstones.Load().With(Tombstones.Tombstones)
                .UsedUpTo(Math.Max(Blocks.TombstonesApplied, Rollups.TombstonesApplied));
        DropOldBlocks();
        ForgetLateInBlocks();
        LetGoOf(BlockedOrDeleted(BlockedInHead.Of(Blocks, _table, _index)));
        SettleIfQuiet();
    }

    private long OldestInOrder()
    {
        long oldest = long.MaxValue;
        for (int number = 0; number < _table.End; number++)
        {
            ref SeriesSlot slot = ref _table[number];
            if (slot.InUse && slot.OldestTime != SeriesSlot.NoTime && slot.Tail.Time >= Math.Max(slot.OldestTime, AcceptFrom))
            {
                oldest = Math.Min(oldest, Math.Max(slot.OldestTime, AcceptFrom));
            }
        }

        return oldest;
    }

    private long OldestLate()
    {
        long oldest = long.MaxValue;
        foreach (LateSamples late in Late.Values)
        {
            oldest = Math.Min(oldest, Math.Max(late.FirstTime, AcceptFrom));
        }

        return oldest;
    }

    private void DropOldBlocks()
    {
        if (AcceptFrom > long.MinValue)
        {
            DropBlocksThrough(AcceptFrom - 1);
        }
    }

    private void Replace(IReadOnlyCollection<Block> gone, Block? added)
    {
        // Retention may have taken some of them meanwhile.
        List<Block> held = [.. Blocks.Blocks.Where(gone.Contains)];
        Blocks = Blocks.With(held, added);
        Retire(held);
    }

    private void Retire(IEnumerable<Block> gone)
    {
        foreach (Block block in gone)
        {
            int number = _retiredNumbers++;
            _retired.Add(number, block);
            _reclaimer.Retire(Reclaimed.Block, number);
        }

        _reclaimer.Refresh();
    }

    private void GiveBackBlock(int number)
    {
        if (_retired.Remove(number, out Block? block))
        {
            block.Dispose();
            _blockStore?.Remove(block);
        }
    }

    private void LetGoOf(IReadOnlyList<BlockedSeries> series)
    {
        if (series.Count > 0 || _blocked is null)
        {
            _blocked = _blocked is null ? series : [.. _blocked, .. series];
            _blockedTicket = _reclaimer.NextTicket;
        }
    }

    // Views that do not know the new block are gone when the ticket is quiet. A snapshot under way has a list of chunks of its own.
    private void SettleIfQuiet()
    {
        if (_blocked is not { } blocked || _snapshotUnderWay || !_reclaimer.IsQuietBefore(_blockedTicket))
        {
            return;
        }

        _blocked = null;
        var through = new Dictionary<int, BlockedSeries>(blocked.Count);
        foreach (BlockedSeries series in blocked)
        {
            if (!through.TryGetValue(series.Slot, out BlockedSeries known) || known.Generation != series.Generation || known.Through < series.Through)
            {
                through[series.Slot] = series;
            }
        }

        _appender.ForgetUnsaved(chunk =>
            through.TryGetValue(chunk.Slot, out BlockedSeries series)
            && series.Generation == chunk.Generation
            && SealedChunk.At(_arena, chunk.Handle).LastTime <= series.Through);
        var gone = new List<int>();
        foreach (BlockedSeries series in through.Values)
        {
            if (_table.Holds(series.Slot) && _table[series.Slot].Generation == series.Generation && Settle(series.Slot, ref _table[series.Slot], series.Through))
            {
                gone.Add(series.Slot);
            }
        }

        gone.Sort();
        RemoveSeries(gone);
    }

    // True where nothing of the series is left in the head.
    private bool Settle(int number, ref SeriesSlot slot, long through)
    {
        bool isAll = slot.Tail.Time <= through;
        if (isAll && IsHeldByTwin(number))
        {
            _heldByTwins.Add(new BlockedSeries(number, slot.Generation, through));
        }

        if (isAll && IsIdle(number, slot))
        {
            if (IsFollower)
            {
                Empty(ref slot);
            }

            return !IsFollower;
        }

        slot.BeginChange();
        _appender.DropSealed(ref slot, through + 1);
        if (slot.OldestTime != SeriesSlot.NoTime && slot.OldestTime <= through)
        {
            // Some samples of the oldest chunk are in the block, the others are not.
            slot.OldestTime = through + 1;
        }

        slot.EndChange();
        return false;
    }

    // Of a series that the head has no sample of, blocks know the newest: what comes is decided against that.
    private int InBlocks(Labels labels, long time, ulong bits)
    {
        if (time > Blocks.NewestTime)
        {
            return Fresh;
        }

        long newest = long.MinValue;
        BlockSeriesReader? last = null;
        foreach (Block block in Blocks.Blocks)
        {
            if (block.MaxTime >= time && BlockedInHead.Find(block, labels) is { } reader && reader.LastTime > newest)
            {
                newest = reader.LastTime;
                last = reader;
            }
        }

        if (last is null || newest < time)
        {
            return Fresh;
        }

        // What is deleted of a block is no twin: looking for one sample of late samples knows that.
        return newest > time || (_lateWindowMs > 0 && Tombstones.Count > 0) ? Behind : BitsOfLast(last) == bits ? Twin : Conflict;
    }

    private const int Fresh = 0;
    private const int Behind = -3;
    private const int Twin = -4;
    private const int Conflict = -5;
    private const int BeyondWindow = -6;
    private const int LateLimit = -7;
    private const int NoMemory = -8;
    private const int OverNode = -9;
    private const int OverTarget = -10;
    private const int OverMetric = -11;
    private const int VerdictsEnd = 12;

    private ulong? BitsOfLast(BlockSeriesReader reader)
    {
        using var columns = new SampleColumns();
        reader.Read(TimeRange.Closed(reader.LastTime, reader.LastTime), columns);
        if (columns.Count == 0)
        {
            // Damaged: whatever it was, this is not known to be the same.
            return null;
        }

        Debug.Assert(columns.Count == 1, "one sample has this time");
        return BitsOf(columns, 0);
    }

    private static ulong BitsOf(SampleColumns columns, int index)
    {
        if (columns.HasHistograms && columns.Histograms[index] is { } histogram)
        {
            var bytes = new ByteWriter();
            HistogramCodec.Write(bytes, histogram);
            return XxHash64.Of(bytes.Written);
        }

        return BitConverter.DoubleToUInt64Bits(columns.Values[index]);
    }
}
