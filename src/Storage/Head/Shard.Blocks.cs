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
            PlainBytes = block.PlainBytes,
            Content = new BlockContent(block.Number, block.SeriesCount, block.ChunkCount, block.Samples, block.Replaces.Count > 0),
        })];

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
            ref readonly SeriesSlot slot = ref _table[number];
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
}
