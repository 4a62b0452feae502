using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>A journal of one shard that several nodes of a test share; what is appended waits until the test commits it.</summary>
internal sealed class SharedJournal : IFencedJournal, IShardLog, IShardTerms
{
    private readonly List<JournalRecord> _records = [];
    private readonly Queue<(TaskCompletionSource<LogOutcome> Done, long Epoch, long Seq, ReadOnlyMemory<byte> Payload)> _waiting = new();
    private TaskCompletionSource? _ending;

    /// <summary>The epoch that may append.</summary>
    public long Epoch { get; private set; }

    /// <summary>Records up to here are gone.</summary>
    public long TrimmedThrough { get; set; }

    /// <summary>Whether reads fail.</summary>
    public bool IsAway { get; set; }

    public long NextSeq => _records.Count + 1;

    /// <summary>Takes the shard: older epochs are refused from now on.</summary>
    public ShardOwnership Take() => ShardOwnership.Untaken(0) with { Epoch = ++Epoch, Token = new Guid((int)Epoch, 0, 0, new byte[8]), NextSeq = NextSeq };

    /// <summary>Commits, or refuses, everything that waits.</summary>
    public void Commit()
    {
        while (_waiting.TryDequeue(out var next))
        {
            if (next.Epoch == Epoch && next.Seq == NextSeq)
            {
                _records.Add(new JournalRecord(next.Seq, next.Epoch, next.Seq, next.Payload.ToArray()));
                next.Done.SetResult(LogOutcome.Durable);
            }
            else
            {
                next.Done.SetResult(new LogOutcome(LogResult.Fenced, "another owner"));
            }
        }

        _ending?.TrySetResult();
    }

    public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload)
    {
        var done = new TaskCompletionSource<LogOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((done, epoch, seq, payload));
        return new ValueTask<LogOutcome>(done.Task);
    }

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel) => IsAway
        ? ValueTask.FromException<IReadOnlyList<JournalRecord>>(new ClusterStoreException("away"))
        : afterSeq < TrimmedThrough ? ValueTask.FromException<IReadOnlyList<JournalRecord>>(new JournalGapException(shard, afterSeq + 1, TrimmedThrough + 1))
        : ValueTask.FromResult<IReadOnlyList<JournalRecord>>([.. _records.Skip((int)afterSeq).Take(recordsMax)]);

    public void BeginLead(ShardOwnership row)
    {
    }

    public Task EndLeadAsync(int shard)
    {
        if (_waiting.Count == 0)
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

    public void Release(ShardId shard, long throughSeq)
    {
    }
}
