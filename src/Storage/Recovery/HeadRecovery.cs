using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Everything in a data directory, opened.</summary>
/// <param name="Shards">By number.</param>
/// <param name="Snapshots">Of each shard, by number.</param>
/// <param name="Blocks">Of each shard, by number; the shards have taken them over.</param>
/// <param name="Log">Goes on where it ended.</param>
/// <param name="Report">What was found.</param>
public sealed record RecoveredData(
    IReadOnlyList<Shard> Shards,
    IReadOnlyList<SnapshotStore> Snapshots,
    IReadOnlyList<BlockStore> Blocks,
    SegmentLog Log,
    RecoveryReport Report);

/// <summary>What a recovery found.</summary>
/// <param name="Log">In the log.</param>
/// <param name="SnapshotsDamaged">Snapshots passed over.</param>
/// <param name="ChunkRecordsLost">Damaged records of chunk files.</param>
/// <param name="BatchesLost">Batches missing from shards because of damage.</param>
/// <param name="SamplesUnplaced">Samples whose series is not defined any more because of damage.</param>
/// <param name="BlocksDamaged">Blocks that could not be opened; they are in the quarantine.</param>
public sealed record RecoveryReport(
    LogFindings Log, int SnapshotsDamaged, int ChunkRecordsLost, long BatchesLost, long SamplesUnplaced, int BlocksDamaged)
{
    /// <summary>Shards that lost tombstones to damage: what those deleted of blocks may be there again.</summary>
    public int ShardsWithTombstonesLost { get; init; }

    /// <summary>Whether anything was lost that had been written.</summary>
    public bool HasLosses => ShardsWithTombstonesLost > 0 || Log.RecordsLost > 0 || ChunkRecordsLost > 0 || BatchesLost > 0 || SamplesUnplaced > 0 || BlocksDamaged > 0;
}

/// <summary>How far a recovery is.</summary>
/// <param name="SegmentsTotal">Segments of the log.</param>
/// <param name="SegmentsRead">Of those, applied.</param>
/// <param name="ShardsTotal">Shards whose snapshot is to be loaded.</param>
/// <param name="ShardsLoaded">Of those, loaded.</param>
public readonly record struct RecoveryProgress(int SegmentsTotal, int SegmentsRead, int ShardsTotal, int ShardsLoaded);

/// <summary>
/// Opens a data directory after a stop of any kind: for each shard the newest sound snapshot, then the log behind it, then the blocks,
/// of which the head may have samples still: those it lets go.
/// Shards are worked on side by side, as many as there are processors: where nothing is lost, one gives up what blocks have before the next begins with the last segment.
/// </summary>
public static class HeadRecovery
{
    /// <summary>Recovers all shards.</summary>
    /// <param name="directory">Opened; stays the caller's.</param>
    /// <param name="shardSettings">Of every shard.</param>
    /// <param name="logSettings">Of the log.</param>
    /// <param name="progress">Called now and then, from any thread.</param>
    /// <param name="cancel">Gives up between two segments.</param>
    /// <param name="nowMs">What time it is: what is lost of the journal was received before. <see cref="long.MaxValue"/> where nobody knows.</param>
    /// <param name="applied">Called after each record and each shard, from any thread: whoever watches the memory may collect garbage.</param>
    /// <exception cref="CorruptDataException">Records are missing without damage that explains it, or a later version wrote them.</exception>
    public static RecoveredData Run(
        DataDirectory directory,
        ShardSettings shardSettings,
        SegmentLogSettings logSettings,
        Action<RecoveryProgress> progress,
        CancellationToken cancel,
        long nowMs = long.MaxValue,
        Action? applied = null)
    {
        var opener = new SegmentLogOpener(directory.Files, directory.LogPath, directory.QuarantinePath, logSettings);
        opener.List();
        var replay = new HeadReplay(directory, opener, progress, applied ?? (static () => { }), cancel);
        replay.LoadSnapshots(shardSettings);
        replay.ApplyJournal();

        // Before the other blocks are attached, with which a shard looks what is missing.
        replay.NoteLosses(nowMs);
        replay.AttachBlocks();
        SegmentLog log = opener.ToLog();
        foreach (Shard shard in replay.Shards)
        {
            log.Resume(shard.Id, shard.AppliedSeq);
        }

        Release(log, replay.Snapshots);
        return new RecoveredData(replay.Shards, replay.Snapshots, replay.Blocks, log, replay.Report());
    }

    // What snapshots cover already was perhaps not let go before the stop; waiting for the next snapshots would keep it for as long.
    private static void Release(SegmentLog log, IReadOnlyList<SnapshotStore> stores)
    {
        for (int number = 0; number < stores.Count; number++)
        {
            try
            {
                log.Release(new ShardId(number), stores[number].ReleaseThrough);
            }
            catch (IOException)
            {
                // A segment that could not be deleted goes at the next start.
            }
        }
    }
}
