using System.Collections.Concurrent;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>A journal of one shard that several nodes of a test share; what is appended waits until the test commits it.</summary>
internal sealed class SharedJournal : IFencedJournal, IShardLog, IShardTerms, IShardOwnership
{
    private readonly List<JournalRecord> _records = [];
    private readonly ConcurrentQueue<(TaskCompletionSource<LogOutcome> Done, long Epoch, long Seq, ReadOnlyMemory<byte> Payload)> _waiting = new();
    private TaskCompletionSource? _ending;

    /// <summary>The epoch that may append.</summary>
    public long Epoch { get; private set; }

    /// <summary>Records up to here are gone.</summary>
    public long TrimmedThrough { get; set; }

    /// <summary>Whether reads fail.</summary>
    public bool IsAway { get; set; }

    /// <summary>Called before records are read.</summary>
    public Action OnRead { get; set; } = static () => { };

    /// <summary>Called before its end is moved.</summary>
    public Action OnAdvance { get; set; } = static () => { };

    /// <summary>Whether nothing waits: what is appended is committed, or refused, at once.</summary>
    public bool CommitsAtOnce { get; set; }

    /// <summary>Records that wait to be committed.</summary>
    public int WaitingCount => _waiting.Count;

    public long NextSeq { get; private set; } = 1;

    /// <summary>The row as it stands.</summary>
    public ShardOwnership Row => ShardOwnership.Untaken(0) with { Epoch = Epoch, Token = new Guid((int)Epoch, 0, 0, new byte[8]), NextSeq = NextSeq, Hash = Hash };

    private long Hash { get; set; }

    /// <summary>Takes the shard: older epochs are refused from now on.</summary>
    public ShardOwnership Take()
    {
        Epoch++;
        return Row;
    }

    /// <summary>Commits, or refuses, everything that waits.</summary>
    public void Commit()
    {
        while (_waiting.TryDequeue(out var next))
        {
            if (next.Epoch == Epoch && next.Seq == NextSeq)
            {
                Hash = (long)XxHash64.Of(next.Payload.Span, (ulong)Hash);
                NextSeq++;
                _records.Add(new JournalRecord(next.Seq, next.Epoch, Hash, next.Payload.ToArray()));
                next.Done.SetResult(LogOutcome.Durable);
            }
            else
            {
                next.Done.SetResult(new LogOutcome(LogResult.Fenced, "another owner"));
            }
        }

        _ending?.TrySetResult();
    }

    /// <summary>Loses all records behind one, as a failover to a server that lagged behind does.</summary>
    public void LoseAfter(long seq)
    {
        _records.RemoveAll(record => record.Seq > seq);
        NextSeq = seq + 1;
        Hash = _records.Count == 0 ? 0 : _records[^1].Hash;
    }

    /// <summary>The records from one on.</summary>
    public IReadOnlyList<JournalRecord> Records(long from) => [.. _records.Where(record => record.Seq >= from)];

    /// <summary>Has records as their leader has committed them.</summary>
    public void Append(IReadOnlyList<JournalRecord> records)
    {
        _records.AddRange(records);
        (NextSeq, Hash) = (records[^1].Seq + 1, records[^1].Hash);
    }

    /// <summary>Flips a bit of a record.</summary>
    public void Damage(long seq)
    {
        int at = _records.FindIndex(record => record.Seq == seq);
        byte[] payload = _records[at].Payload.ToArray();
        payload[payload.Length / 2] ^= 0x10;
        _records[at] = _records[at] with { Payload = payload };
    }

    public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload)
    {
        var done = new TaskCompletionSource<LogOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((done, epoch, seq, payload));
        if (CommitsAtOnce)
        {
            Commit();
        }

        return new ValueTask<LogOutcome>(done.Task);
    }

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel)
    {
        OnRead();
        if (IsAway)
        {
            return ValueTask.FromException<IReadOnlyList<JournalRecord>>(new ClusterStoreException("away"));
        }

        IReadOnlyList<JournalRecord> page = [.. _records.Where(record => record.Seq > afterSeq && record.Seq > TrimmedThrough).Take(recordsMax)];
        try
        {
            JournalGapException.ThrowIfNotContiguous(shard, afterSeq, NextSeq, page);
            return ValueTask.FromResult(page);
        }
        catch (JournalGapException gap)
        {
            return ValueTask.FromException<IReadOnlyList<JournalRecord>>(gap);
        }
    }

    public ValueTask<ShardOwnership?> AdvanceAsync(ShardOwnership row, long nextSeq, long hash, CancellationToken cancel)
    {
        OnAdvance();
        (NextSeq, Hash) = (nextSeq, hash);
        return ValueTask.FromResult<ShardOwnership?>(Row);
    }

    public void BeginLead(ShardOwnership row)
    {
    }

    public void BeginRestore(ShardOwnership row)
    {
    }

    /// <inheritdoc/>
    public bool IsSpooling { get; set; }

    public void UseSpool(IReplicaSpool spool, Action<int, long> termLost) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task EndLeadAsync(int shard, long epoch) => EndLeadAsync(shard);

    public Task EndLeadAsync(int shard)
    {
        if (_waiting.IsEmpty)
        {
            return Task.CompletedTask;
        }

        _ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _ending.Task;
    }

    public ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs) => throw new NotSupportedException();

    public ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<bool> TrimAsync(CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask ReplayAsync(ShardId shard, long afterSeq, LogVisitor visit, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<int> CreateAsync(int shards, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ShardOwnership>> ReadAllAsync(CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<ShardOwnership?> ReadAsync(int shard, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<ShardOwnership?> TakeAsync(int shard, long seenEpoch, NodeIncarnation owner, CancellationToken cancel) => throw new NotSupportedException();

    public void Release(ShardId shard, long throughSeq)
    {
    }
}
