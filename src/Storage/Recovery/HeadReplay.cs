using System.Runtime.ExceptionServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The shards of a data directory on their way back: each of its methods is called once, in this order.</summary>
/// <param name="directory">Where they lie.</param>
/// <param name="opener">Of the journal, listed.</param>
/// <param name="progress">Called now and then, from any thread.</param>
/// <param name="applied">Called after each record and each shard, from any thread.</param>
/// <param name="cancel">Gives up between two segments.</param>
internal sealed class HeadReplay(DataDirectory directory, SegmentLogOpener opener, Action<RecoveryProgress> progress, Action applied, CancellationToken cancel)
{
    private readonly Shard[] _shards = new Shard[directory.ShardCount];
    private readonly SnapshotStore[] _snapshots = new SnapshotStore[directory.ShardCount];
    private readonly BlockStore?[] _blocks = new BlockStore?[directory.ShardCount];

    // Batches missing of each shard, and whether a damaged snapshot may be why.
    private readonly long[] _lost = new long[directory.ShardCount];
    private bool[] _lostSnapshots = [];

    /// <summary>By number.</summary>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <summary>Of each shard.</summary>
    public IReadOnlyList<SnapshotStore> Snapshots => _snapshots;

    /// <summary>Of each shard, once they are attached.</summary>
    public IReadOnlyList<BlockStore> Blocks => _blocks!;

    /// <summary>Makes the shards of their newest sound snapshots.</summary>
    public void LoadSnapshots(ShardSettings settings)
    {
        int loaded = 0;
        progress(new RecoveryProgress(opener.Total, 0, _shards.Length, 0));
        ForEachShard(number =>
        {
            _snapshots[number] = directory.SnapshotsOf(new ShardId(number));
            _shards[number] = _snapshots[number].Load(settings);
            progress(new RecoveryProgress(opener.Total, 0, _shards.Length, Interlocked.Increment(ref loaded)));
            applied();
        });
        _lostSnapshots = [.. _snapshots.Select(static store => store.HasDamaged())];
    }

    /// <summary>
    /// Applies the journal: while one segment is applied, the next is read. A shard of which nothing is lost gets its blocks right behind its last record, and gives up
    /// what they have: after an explosion of labels all shards together may need more memory than there is, though hardly anything of it stays.
    /// </summary>
    public void ApplyJournal()
    {
        FoundSegment? next = opener.Next();
        try
        {
            for (int read = 1; next is { } current; read++)
            {
                using IMappedBytes bytes = current.Bytes;
                next = null;
                cancel.ThrowIfCancellationRequested();
                bool hasLosses = opener.HasLosses;
                bool isLast = opener.Read == opener.Total;
                try
                {
                    Parallel.Invoke(() => next = opener.Next(), () => Apply(current, hasLosses, isLast));
                }
                catch (AggregateException e) when (e.InnerExceptions[0] is IOException or UnauthorizedAccessException or OperationCanceledException)
                {
                    ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
                }

                progress(new RecoveryProgress(opener.Total, read, _shards.Length, _shards.Length));
            }
        }
        finally
        {
            next?.Bytes.Dispose();
        }
    }

    /// <summary>Notes what is lost, and puts aside what it was lost with.</summary>
    /// <param name="nowMs">What time it is.</param>
    public void NoteLosses(long nowMs)
    {
        bool journalIsNoted = opener.NoteLosses(nowMs);
        for (int number = 0; number < _shards.Length; number++)
        {
            if (IsUnnoted(number, journalIsNoted))
            {
                _snapshots[number].NoteLost(nowMs);
            }
        }

        foreach (SnapshotStore store in _snapshots)
        {
            store.PutDamagedAside();
        }
    }

    /// <summary>Attaches the blocks of the shards that do not have them yet.</summary>
    public void AttachBlocks() => ForEachShard(number =>
    {
        if (_blocks[number] is null)
        {
            AttachBlocks(number);
        }
    });

    /// <summary>What was found.</summary>
    public RecoveryReport Report() => new(
        opener.Findings,
        _snapshots.Sum(static store => store.Damaged),
        _snapshots.Sum(static store => store.ChunkRecordsLost),
        _lost.Sum(),
        _shards.Sum(static shard => shard.UnplacedSamples),
        Blocks.Sum(static store => store.Damaged + store.Rollups.Damaged))
    {
        ShardsWithTombstonesLost = Blocks.Count(static store => store.Tombstones.HasLosses),
    };

    private void AttachBlocks(int number)
    {
        BlockStore store = directory.BlocksOf(new ShardId(number));
        _shards[number].AttachBlocks(store);
        _blocks[number] = store;
        applied();
    }

    // Those with damage that no start has seen to, where the journal has not all that the damaged ones had. What a damaged journal lacks is noted as such,
    // but only at the start that found it: later a snapshot may have been all that still had it.
    private bool IsUnnoted(int number, bool journalIsNoted) =>
        _snapshots[number].HasLostAll ? _lost[number] > 0 || _shards[number].AppliedSeq == 0
        : _snapshots[number].Damaged > 0 && _lost[number] > 0 && !journalIsNoted;

    private void Apply(FoundSegment segment, bool hasLosses, bool isLast)
    {
        ILookup<int, FoundRecord> byShard = segment.Records.ToLookup(static record => record.Head.Shard);
        foreach (IGrouping<int, FoundRecord> group in byShard)
        {
            if ((uint)group.Key >= (uint)_shards.Length)
            {
                throw new CorruptDataException("log", group.First().Start, $"there is no shard {group.Key}");
            }
        }

        ForEachShard(number =>
        {
            bool mayHaveGaps = hasLosses || _lostSnapshots[number];
            foreach (FoundRecord record in byShard[number])
            {
                Apply(segment, record, number, mayHaveGaps);
                applied();
            }

            // With losses only when they are noted: a shard looks for notes when it gets its blocks.
            if (isLast && !mayHaveGaps)
            {
                AttachBlocks(number);
            }
        });
    }

    private void Apply(FoundSegment segment, in FoundRecord record, int number, bool mayHaveGaps)
    {
        Shard shard = _shards[number];
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

            _lost[number] += missing;
            shard.SkipTo(record.Head.Seq - 1);
        }

        try
        {
            shard.Replay(record.Head.Seq, segment.PayloadOf(record));
        }
        catch (FormatException e)
        {
            throw new CorruptDataException("log", record.Start, $"shard {shard.Id}, batch {record.Head.Seq}: {e.Message}");
        }
    }

    private void ForEachShard(Action<int> work)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
        try
        {
            Parallel.For(0, _shards.Length, options, work);
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is IOException or UnauthorizedAccessException)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
