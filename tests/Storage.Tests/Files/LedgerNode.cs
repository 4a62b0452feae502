using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>
/// A node as its actors drive storage, in one thread, with the ledger of a client outside: what was acknowledged, what was refused,
/// what is unknown.
/// </summary>
internal sealed class LedgerNode(IFiles files, SegmentLogSettings? logSettings = null, int shardCount = 2)
{
    private readonly List<(Shard Shard, PreparedBatch Batch, Task<LogOutcome> Outcome, List<(Labels, long, double)> Rows)> _underWay = [];
    private readonly Dictionary<(Labels, long), double> _acknowledged = [];
    private readonly HashSet<(Labels, long)> _unknown = [];
    private readonly Dictionary<(Labels, long), double> _perhapsDeleted = [];
    private readonly Dictionary<Labels, SeriesKey> _keys = [];
    private readonly SegmentLogSettings _logSettings = logSettings ?? new SegmentLogSettings { SegmentBytes = 4096 };
    private DataDirectory? _directory;
    private RecoveredData? _data;

    public const string Root = "/data";

    /// <summary>Of every shard, from the next start on.</summary>
    public long OutOfOrderWindowMs { get; set; }

    /// <summary>What time it is at the next start.</summary>
    public long NowMs { get; set; } = long.MaxValue;

    /// <summary>Blocks of more time than this are compressed, from the next start on.</summary>
    public long HotSpanMs { get; init; } = BlockFormat.HotSpanMs;

    /// <summary>Limits of every shard, from the next start on.</summary>
    public ShardSettings ShardSettings { get; init; } = new();

    public IReadOnlyDictionary<(Labels, long), double> Acknowledged => _acknowledged;

    public RecoveredData Data => _data!;

    public DataDirectory Directory => _directory!;

    /// <summary>Opens the directory; a failure leaves the node closed.</summary>
    public void Start()
    {
        _directory = DataDirectory.Open(files, Root, shardCount);
        _directory.HotSpanMs = HotSpanMs;
        try
        {
            _data = HeadRecovery.Run(_directory, ShardSettings, _logSettings, static _ => { }, CancellationToken.None, NowMs);
        }
        catch
        {
            _directory.Dispose();
            throw;
        }

        _keys.Clear();
        foreach (Shard shard in _data.Shards)
        {
            shard.OutOfOrderWindowMs = OutOfOrderWindowMs;
        }
    }

    /// <summary>Writes one sample and makes it durable; acknowledged is what was accepted.</summary>
    public AppendCounts WriteOne(Labels labels, long time, double value)
    {
        Shard shard = Data.Shards[new ShardMap(shardCount).Of(labels).Value];
        using var batch = new SampleBatch(shard.Id);
        batch.Add(_keys.TryGetValue(labels, out SeriesKey? key) ? key : _keys[labels] = new SeriesKey(labels), time, value);
        PreparedBatch prepared = shard.Prepare(batch);
        AppendCounts counts = prepared.Counts;
        if (!prepared.IsEmpty)
        {
            Task<LogOutcome> logging = Data.Log.AppendAsync(shard.Id, 1, prepared.Seq, prepared.Payload).AsTask();
            Data.Log.FlushOnce();
            Assert.True(logging.GetAwaiter().GetResult().IsDurable);
        }

        shard.Apply(prepared);
        if (counts.Accepted > 0)
        {
            _acknowledged[(labels, time)] = value;
        }

        return counts;
    }

    /// <summary>Writes rows and flushes; what is not durable afterwards is unknown or refused.</summary>
    /// <returns>Whether all was acknowledged.</returns>
    public bool Write(params ReadOnlySpan<(Labels Labels, long Time, double Value)> rows)
    {
        Begin(rows);
        return Flush();
    }

    public void Begin(params ReadOnlySpan<(Labels Labels, long Time, double Value)> rows)
    {
        var map = new ShardMap(shardCount);
        foreach (IGrouping<ShardId, (Labels Labels, long Time, double Value)> group in rows.ToArray().GroupBy(row => map.Of(row.Labels)))
        {
            using var batch = new SampleBatch(group.Key);
            foreach ((Labels labels, long time, double value) in group)
            {
                if (!_keys.TryGetValue(labels, out SeriesKey? key))
                {
                    _keys.Add(labels, key = new SeriesKey(labels));
                }

                batch.Add(key, time, value);
            }

            Shard shard = Data.Shards[group.Key.Value];
            PreparedBatch prepared = shard.Prepare(batch);
            if (prepared.IsEmpty)
            {
                shard.Apply(prepared);
                continue;
            }

            _underWay.Add((shard, prepared, Data.Log.AppendAsync(shard.Id, 1, prepared.Seq, prepared.Payload).AsTask(), [.. group.Select(row => (row.Labels, row.Time, row.Value))]));
        }
    }

    public bool Flush()
    {
        Data.Log.FlushOnce();
        bool all = true;
        foreach ((Shard shard, PreparedBatch batch, Task<LogOutcome> outcome, List<(Labels, long, double)> rows) in _underWay)
        {
            LogOutcome ended = outcome.IsCompleted ? outcome.GetAwaiter().GetResult() : new LogOutcome(LogResult.Failed, "still waiting");
            if (ended.IsDurable)
            {
                shard.Apply(batch);
                foreach ((Labels labels, long time, double value) in rows)
                {
                    _acknowledged[(labels, time)] = value;
                }
            }
            else
            {
                all = false;
                shard.Abort(batch);
                if (ended.Result == LogResult.Failed)
                {
                    _unknown.UnionWith(rows.Select(row => (row.Item1, row.Item2)));
                }
            }
        }

        _underWay.Clear();
        return all;
    }

    /// <summary>Deletes in every shard, as its actor does: the tombstone is durable, then it goes through the log.</summary>
    /// <returns>Whether all of it was acknowledged.</returns>
    public bool Delete(IReadOnlyList<Matcher> matchers, long from, long through)
    {
        var map = new ShardMap(shardCount);
        bool all = true;
        foreach (Shard shard in Data.Shards)
        {
            bool IsMeant((Labels Labels, long Time) sample) => map.Of(sample.Labels) == shard.Id
                && sample.Time >= from && sample.Time <= through && matchers.All(matcher => matcher.Matches(sample.Labels));
            foreach ((Labels, long) sample in _acknowledged.Keys.Where(IsMeant).ToArray())
            {
                _perhapsDeleted[sample] = _acknowledged[sample];
                _acknowledged.Remove(sample);
            }

            var tombstone = new Tombstone(shard.Tombstones.LastNumber + 1, matchers, from, through);
            try
            {
                Data.Blocks[shard.Id.Value].Tombstones.Write(shard.TombstonesWith(tombstone));
            }
            catch (IOException)
            {
                shard.GiveUp(tombstone);
                throw;
            }

            PreparedBatch prepared = shard.PrepareDeletion(tombstone);
            Task<LogOutcome> logging = Data.Log.AppendAsync(shard.Id, 1, prepared.Seq, prepared.Payload).AsTask();
            Data.Log.FlushOnce();
            if (logging.IsCompleted && logging.GetAwaiter().GetResult().IsDurable)
            {
                shard.Apply(prepared);
                foreach ((Labels, long) sample in _perhapsDeleted.Keys.Where(IsMeant).ToArray())
                {
                    _perhapsDeleted.Remove(sample);
                }

                _unknown.RemoveWhere(IsMeant);
            }
            else
            {
                shard.Abort(prepared);
                all = false;
            }
        }

        return all;
    }

    /// <summary>Writes all blocks anew that tombstones delete something of, and drops the tombstones that are no longer needed.</summary>
    public void Clean()
    {
        foreach (Shard shard in Data.Shards)
        {
            BlockStore store = Data.Blocks[shard.Id.Value];
            long behind = 0;
            while (shard.BeginCleaning(behind) is { } job)
            {
                behind = job.LastNumber;
                CompactionWritten? written = null;
                try
                {
                    written = store.Clean(job);
                }
                finally
                {
                    shard.CompleteCompaction(job, written);
                }
            }

            DropTombstones(shard);
        }
    }

    public void DropTombstones(Shard shard)
    {
        using ShardView view = shard.View();
        shard.UseTombstones(Data.Blocks[shard.Id.Value].DropUnneeded(view));
    }

    /// <summary>Snapshots every shard and cuts the log.</summary>
    public void Snapshot()
    {
        foreach (Shard shard in Data.Shards)
        {
            SnapshotJob job = shard.BeginSnapshot();
            SnapshotWritten? written = null;
            try
            {
                written = Data.Snapshots[shard.Id.Value].Write(job);
                Data.Log.Release(shard.Id, written.Value.ReleaseThrough);
            }
            finally
            {
                shard.CompleteSnapshot(job, written);
            }
        }
    }

    /// <summary>Moves what lies before a time into blocks, in every shard.</summary>
    public void Seal(long before)
    {
        foreach (Shard shard in Data.Shards.Where(static shard => !shard.IsSettling))
        {
            SealJob job = shard.BeginSeal(before);
            SealWritten? written = null;
            try
            {
                written = Data.Blocks[shard.Id.Value].Write(job);
            }
            finally
            {
                shard.CompleteSeal(job, written);
            }
        }
    }

    /// <summary>Merges blocks as long as there are some to merge.</summary>
    public void Compact(long range, long sealedBefore)
    {
        foreach (Shard shard in Data.Shards)
        {
            while (shard.BeginCompaction(range, range * 81, sealedBefore) is { } job)
            {
                CompactionWritten? written = null;
                try
                {
                    written = Data.Blocks[shard.Id.Value].Write(job);
                }
                finally
                {
                    shard.CompleteCompaction(job, written);
                }
            }
        }
    }

    /// <summary>The process ends without a word.</summary>
    public void Kill()
    {
        foreach (var waiting in _underWay)
        {
            _unknown.UnionWith(waiting.Rows.Select(row => (row.Item1, row.Item2)));
        }

        _underWay.Clear();
        _directory?.Dispose();
    }

    /// <summary>The ledger's conditions: all acknowledged are there, nothing refused is, nothing twice.</summary>
    /// <param name="mayBeLost">Samples that damage may have taken.</param>
    public void Check(Func<Labels, long, bool>? mayBeLost = null)
    {
        var found = new Dictionary<(Labels, long), double>();
        foreach (Shard shard in Data.Shards)
        {
            using ShardView view = shard.View();
            foreach ((Labels labels, List<(long Time, double Value)> samples) in ShardDriver.Everything(view))
            {
                foreach ((long time, double value) in samples)
                {
                    Assert.True(found.TryAdd((labels, time), value), $"{labels} at {time} is there twice");
                }
            }
        }

        foreach (((Labels labels, long time), double value) in _acknowledged)
        {
            if (found.TryGetValue((labels, time), out double read))
            {
                Assert.Equal(value, read);
            }
            else
            {
                Assert.True(mayBeLost is not null && mayBeLost(labels, time), $"{labels} at {time} was acknowledged and is lost");
            }
        }

        foreach ((Labels labels, long time) in found.Keys)
        {
            Assert.True(
                _acknowledged.ContainsKey((labels, time)) || _unknown.Contains((labels, time)) || _perhapsDeleted.ContainsKey((labels, time)),
                $"{labels} at {time} was refused or deleted and is there");
        }
    }
}
