using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The block files of one shard. One user at a time.</summary>
/// <remarks>
/// A block is there when its file has its name: it was flushed, renamed and read back before. A block that replaces others names
/// them, so whichever of them a stop left behind goes at the next start.
/// </remarks>
public sealed class BlockStore
{
    private readonly IFiles _files;
    private readonly string _directory;
    private readonly BlockFiles _blocks;
    private readonly LossNotes _notes;
    private readonly ShardId _shard;

    // Numbers of files that could not be finished: what became of them is unknown, so the next block says that it replaces them.
    private readonly List<long> _unfinished = [];
    private HashSet<long> _replaced = [];

    /// <summary>The blocks in a directory; nothing is read yet.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">Of the shard.</param>
    /// <param name="quarantine">Takes what is damaged.</param>
    /// <param name="shard">Which.</param>
    /// <param name="pieces">Holds what is unpacked of compressed ones; each has its own where there is none.</param>
    public BlockStore(IFiles files, string directory, string quarantine, ShardId shard, PieceCache? pieces = null)
    {
        _files = files;
        _directory = directory;
        _shard = shard;
        _notes = new LossNotes(files, quarantine);
        _blocks = new BlockFiles(files, directory, quarantine, shard, BlockFileKind.Samples, pieces);
        Tombstones = new TombstoneStore(files, directory, quarantine, shard);
        Rollups = new RollupStore(files, directory, quarantine, shard);
    }

    /// <summary>A block of samples that lie further apart than this, in ms, is compressed.</summary>
    internal long HotSpanMs { get; init; } = BlockFormat.HotSpanMs;

    /// <summary>What is deleted of the blocks.</summary>
    public TombstoneStore Tombstones { get; }

    /// <summary>What stays when the samples are gone.</summary>
    public RollupStore Rollups { get; }

    /// <summary>
    /// Called before a block that cannot be opened is put aside, and before one takes the place of others without what is damaged in them: no later start would
    /// find the damage. What it throws leaves them where they are.
    /// </summary>
    public Action BeforeLoss { get; set; } = static () => { };

    /// <summary>Blocks that could not be opened and were put aside.</summary>
    public int Damaged => _blocks.Damaged;

    /// <summary>Opens all blocks: damaged ones are put aside, replaced ones deleted.</summary>
    /// <exception cref="LaterVersionException">A later version wrote one.</exception>
    internal List<Block> Load()
    {
        AtomicFile.DeleteUnfinished(_files, _directory);
        List<Block> found = _blocks.OpenAll(BeforeLoss);
        if (found.Count > 0)
        {
            // A stop may have come between a block's name and its being durable; from now on the head relies on it.
            _files.FlushDirectory(_directory);
        }

        HashSet<long> replaced = _replaced = [.. found.SelectMany(static block => block.Replaces)];
        foreach (Block old in found.Where(block => replaced.Contains(block.Number)))
        {
            old.Dispose();
            Remove(old);
        }

        found.RemoveAll(block => replaced.Contains(block.Number));
        return found;
    }

    /// <summary>
    /// What is missing: of damaged blocks in the quarantine, as far as the blocks that were loaded tell, and what is noted there of the journal and of snapshots.
    /// </summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    internal List<MissingSamples> SetAside() => [.. _blocks.SetAside(_replaced), .. _notes.Of(_shard.Value)];

    /// <summary>Names of all blocks of samples in the quarantine, and of the notes.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    internal IEnumerable<string> NamesSetAside() => _blocks.NamesSetAside().Concat(_notes.Names(_shard.Value));

    /// <summary>The name that a block has in the quarantine once it is there.</summary>
    internal string NameSetAside(Block block) => _blocks.NameSetAside(block.Path);

    /// <summary>Writes what a job takes out of the head into a block, and reads it back. On any thread but one at a time.</summary>
    /// <exception cref="IOException">It could not be written or did not read back; the head has everything still.</exception>
    public SealWritten Write(SealJob job)
    {
        var series = new List<BlockedSeries>();
        var sealer = new HeadSealer(job);
        Block? block = Write([], job.View, IsCompressed(sealer.OldestTime, job.Before), builder => sealer.AddAll(builder, series));
        return new SealWritten(block, series);
    }

    /// <summary>Writes blocks as one. What is damaged in them is left out and counted.</summary>
    /// <exception cref="IOException">It could not be written or did not read back; the blocks are as they were.</exception>
    public CompactionWritten Write(CompactionJob job)
    {
        // What they replaced in their turn is named too: a file that could not be deleted must not come back when they are gone.
        List<long> replaces = [.. job.Sources.Select(static source => source.Number).Concat(job.Sources.SelectMany(static source => source.Replaces)).Distinct().Order()];
        if (replaces.Count > BlockFormat.ReplacesMax)
        {
            replaces.RemoveRange(0, replaces.Count - BlockFormat.ReplacesMax);
        }

        int lost = 0;
        bool isCompressed = IsCompressed(job.Sources.Min(static source => source.MinTime), job.Sources.Max(static source => source.MaxTime));
        Block? block = Write(replaces, job.View, isCompressed, builder =>
        {
            lost = BlockMerger.AddAll(job, builder);
            if (lost > 0 || job.Sources.Any(static source => source.DamagedFrames > 0))
            {
                BeforeLoss();
            }
        });
        return new CompactionWritten(block, lost);
    }

    /// <summary>Writes samples that come from elsewhere into a block; null where there are none.</summary>
    /// <param name="view">Of now: tombstones it has say nothing of what is written.</param>
    /// <param name="add">Adds the series, in the order of their labels.</param>
    /// <exception cref="IOException">It could not be written or did not read back; no file is left.</exception>
    internal Block? WriteHistory(ShardView view, Action<BlockBuilder> add) => Write([], view, isCompressed: true, add);

    /// <summary>Writes a block anew without what is deleted of it; nothing where nothing is.</summary>
    /// <exception cref="IOException">It could not be written or did not read back; the block is as it was.</exception>
    public CompactionWritten Clean(CompactionJob job) =>
        job.Sources.Any(source => source.DeletedBy(job.View.Pin.Parts.Tombstones, CancellationToken.None) is not null)
            ? Write(job)
            : CompactionWritten.Unchanged;

    /// <summary>Writes a block anew without the series of it that are expired whole; nothing where none is.</summary>
    /// <exception cref="IOException">It could not be written or did not read back; the block is as it was.</exception>
    public CompactionWritten Expire(CompactionJob job)
    {
        RetentionCut cut = job.View.Pin.Parts.Cut;
        foreach (Block source in job.Sources)
        {
            for (var walk = new BlockWalk(source, job.View.Pin.Parts.Tombstones); walk.Labels is { } labels; walk.MoveNext())
            {
                if (walk.Reader.LastTime < cut.Of(labels))
                {
                    return Write(job);
                }
            }
        }

        return CompactionWritten.Unchanged;
    }

    /// <summary>
    /// Drops the tombstones that no block needs any more. On any thread, but not while a block is being written: a block that is being
    /// written may not have them applied.
    /// </summary>
    /// <param name="view">Of now; the caller disposes it.</param>
    /// <returns>Those that are needed, durable; the view's own where they all are.</returns>
    /// <exception cref="IOException">They could not be written.</exception>
    public TombstoneList DropUnneeded(ShardView view)
    {
        TombstoneList tombstones = view.Pin.Parts.Tombstones;
        Block[] blocks = [.. view.Pin.Blocks.Blocks, .. view.Pin.Parts.Rollups.Blocks];
        HashSet<string> known = [.. blocks.Select(static block => Path.GetFileName(block.Path))];

        // A block that was replaced may be read still; should a stop leave its file behind, its tombstones are needed again.
        if (tombstones.Count == 0 || _files.List(_directory).Any(name => (BlockFormat.TryNumber(name, out _) || BlockFormat.TryRollupNumber(name, out _)) && !known.Contains(name)))
        {
            return tombstones;
        }

        var needed = new HashSet<long>();
        foreach (Block block in blocks)
        {
            needed.UnionWith(block.DeletedBy(tombstones, CancellationToken.None)?.Needed ?? []);
        }

        TombstoneList left = tombstones.Where(tombstone => needed.Contains(tombstone.Number));
        if (left.Count == tombstones.Count)
        {
            return tombstones;
        }

        // That blocks were deleted is durable before it is forgotten what was deleted of them.
        _files.FlushDirectory(_directory);
        Tombstones.Write(left);
        return left;
    }

    /// <summary>Deletes the file of a block nobody reads any more; a damaged one is put aside instead.</summary>
    internal void Remove(Block block)
    {
        try
        {
            if (block.DamagedFrames > 0)
            {
                _blocks.MoveAside(block.Path);
            }
            else
            {
                _files.Delete(block.Path);
            }
        }
        catch (IOException)
        {
            // It is replaced or beyond retention: the next start finds that out too.
        }
    }

    // Of times in order the difference is right as an unsigned number even where the signed one wraps.
    private bool IsCompressed(long oldest, long newest) => newest > oldest && unchecked((ulong)(newest - oldest)) > (ulong)HotSpanMs;

    private Block? Write(IReadOnlyList<long> replaces, ShardView view, bool isCompressed, Action<BlockBuilder> add)
    {
        long number = _blocks.TakeNumber();
        try
        {
            var meta = new BlockMeta([.. replaces, .. _unfinished], view.Pin.Parts.Tombstones.LastNumber, null);
            Block? block = _blocks.Write(number, meta, isCompressed, BlockFormat.BytesMax, builder =>
            {
                add(builder);
                return builder.Samples > 0;
            });
            if (block is not null)
            {
                _unfinished.Clear();
            }

            return block;
        }
        catch (IOException)
        {
            _unfinished.Add(number);
            throw;
        }
    }
}
