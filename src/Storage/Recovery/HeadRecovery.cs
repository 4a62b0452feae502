using System.Runtime.ExceptionServices;
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
        var shards = new Shard[directory.ShardCount];
        var stores = new SnapshotStore[directory.ShardCount];
        int loaded = 0;
        progress(new RecoveryProgress(opener.Total, 0, shards.Length, 0));
        ForEachShard(shards.Length, cancel, number =>
        {
            stores[number] = directory.SnapshotsOf(new ShardId(number));
            shards[number] = stores[number].Load(shardSettings);
            progress(new RecoveryProgress(opener.Total, 0, shards.Length, Interlocked.Increment(ref loaded)));
            applied?.Invoke();
        });

        bool[] lostSnapshots = [.. stores.Select(static store => store.HasDamaged())];
        var lost = new long[shards.Length];
        var blocks = new BlockStore?[shards.Length];
        FoundSegment? next = opener.Next();
        for (int read = 0; next is { } current; read++)
        {
            cancel.ThrowIfCancellationRequested();
            bool lostRecords = opener.HasLosses;
            bool isLast = opener.Read == opener.Total;
            FoundSegment? following = null;
            try
            {
                Parallel.Invoke(
                    () => following = opener.Next(),
                    () => Apply(current, shards, lost, number => lostRecords || lostSnapshots[number], applied, AttachWhole, cancel));
            }
            catch (AggregateException e) when (e.InnerExceptions[0] is IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }

            current.Bytes.Dispose();
            next = following;
            progress(new RecoveryProgress(opener.Total, read + 1, shards.Length, shards.Length));

            void AttachWhole(int number)
            {
                if (isLast && !lostRecords && !lostSnapshots[number])
                {
                    Attach(number);
                }
            }
        }

        // Before the blocks are attached, with which a shard looks what is missing.
        bool journalIsNoted = opener.NoteLosses(nowMs);
        foreach (SnapshotStore store in Unnoted(stores, shards, lost, journalIsNoted))
        {
            store.NoteLost(nowMs);
        }

        foreach (SnapshotStore store in stores)
        {
            store.PutDamagedAside();
        }

        ForEachShard(shards.Length, cancel, number =>
        {
            if (blocks[number] is null)
            {
                Attach(number);
            }
        });
        SegmentLog log = opener.ToLog();
        foreach (Shard shard in shards)
        {
            log.Resume(shard.Id, shard.AppliedSeq);
        }

        Release(log, stores);

        var report = new RecoveryReport(
            opener.Findings,
            stores.Sum(static store => store.Damaged),
            stores.Sum(static store => store.ChunkRecordsLost),
            lost.Sum(),
            shards.Sum(static shard => shard.UnplacedSamples),
            blocks.Sum(static store => store!.Damaged + store.Rollups.Damaged))
        {
            ShardsWithTombstonesLost = blocks.Count(static store => store!.Tombstones.HasLosses),
        };
        return new RecoveredData(shards, stores, blocks!, log, report);

        void Attach(int number)
        {
            BlockStore store = directory.BlocksOf(new ShardId(number));
            shards[number].AttachBlocks(store);
            blocks[number] = store;
            applied?.Invoke();
        }
    }

    // Those with damage that no start has seen to, where the journal has not all that the damaged ones had. What a damaged journal lacks is noted as such,
    // but only at the start that found it: later a snapshot may have been all that still had it.
    private static IEnumerable<SnapshotStore> Unnoted(SnapshotStore[] stores, Shard[] shards, long[] lost, bool journalIsNoted) =>
        stores.Where((store, number) => store.HasLostAll ? lost[number] > 0 || shards[number].AppliedSeq == 0 : store.Damaged > 0 && lost[number] > 0 && !journalIsNoted);

    // What snapshots cover already was perhaps not let go before the stop; waiting for the next snapshots would keep it for as long.
    private static void Release(SegmentLog log, SnapshotStore[] stores)
    {
        for (int number = 0; number < stores.Length; number++)
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

    private static void Apply(FoundSegment segment, Shard[] shards, long[] lost, Func<int, bool> mayHaveGaps, Action? applied, Action<int> end, CancellationToken cancel)
    {
        ILookup<int, FoundRecord> byShard = segment.Records.ToLookup(static record => record.Head.Shard);
        foreach (IGrouping<int, FoundRecord> group in byShard)
        {
            if ((uint)group.Key >= (uint)shards.Length)
            {
                throw new CorruptDataException("log", group.First().Start, $"there is no shard {group.Key}");
            }
        }

        ForEachShard(shards.Length, cancel, number =>
        {
            Shard shard = shards[number];
            foreach (FoundRecord record in byShard[number])
            {
                ApplyRecord(segment, record, shard, ref lost[number], mayHaveGaps(number));
                applied?.Invoke();
            }

            end(number);
        });
    }

    private static void ApplyRecord(FoundSegment segment, in FoundRecord record, Shard shard, ref long lost, bool mayHaveGaps)
    {
        long missing = record.Head.Seq - shard.AppliedSeq - 1;
        if (missing < 0)
        {
            return;
        }

        if (missing > 0)
        {
            if (!mayHaveGaps)
            {
                throw new CorruptDataException(
                    "log",
                    record.Start,
                    $"shard {shard.Id}: batch {record.Head.Seq} follows batch {shard.AppliedSeq}, the snapshot's or the log's last; what lay between is missing, and no damage explains it");
            }

            lost += missing;
            shard.SkipTo(record.Head.Seq - 1);
        }

        try
        {
            shard.Replay(record.Head.Seq, segment.Bytes.Bytes.Slice(record.Start, record.Length));
        }
        catch (FormatException e)
        {
            throw new CorruptDataException("log", record.Start, $"shard {shard.Id}, batch {record.Head.Seq}: {e.Message}");
        }
    }

    private static void ForEachShard(int count, CancellationToken cancel, Action<int> work)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
        try
        {
            Parallel.For(0, count, options, work);
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is IOException or UnauthorizedAccessException)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
