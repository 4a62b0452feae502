using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The durable order of the batches of shards: a port. The single node has <see cref="SegmentLog"/> behind it,
/// a cluster a replicated journal.
/// </summary>
/// <remarks>
/// For each shard the numbers of its records are 1, 2, 3 … without a gap, and epochs never go back. Appends of one shard
/// may be pipelined; they complete in their order. When one is refused, all later ones under way are refused too.
/// </remarks>
public interface IShardLog
{
    /// <summary>Appends a record; completes when it is durable, or certainly not.</summary>
    /// <param name="shard">Whose record.</param>
    /// <param name="epoch">Of the writer's ownership; older than one seen before is refused.</param>
    /// <param name="seq">Its number: one more than the last of this shard.</param>
    /// <param name="payload">Must not change until completion.</param>
    ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload);

    /// <summary>Hands the records of one shard behind a number to a visitor, in order.</summary>
    /// <param name="shard">Whose records.</param>
    /// <param name="afterSeq">The last one not wanted.</param>
    /// <param name="visit">Gets the number, the epoch and the payload, which it must not keep.</param>
    /// <param name="cancel">Stops between two records.</param>
    ValueTask ReplayAsync(ShardId shard, long afterSeq, LogVisitor visit, CancellationToken cancel);

    /// <summary>Lets go of the records of a shard up to a number: they are in a snapshot that has been verified.</summary>
    void Release(ShardId shard, long throughSeq);
}

/// <summary>Receives a record of a log.</summary>
/// <param name="shard">Whose.</param>
/// <param name="epoch">Under which it was written.</param>
/// <param name="seq">Its number.</param>
/// <param name="payload">Valid during the call.</param>
public delegate void LogVisitor(ShardId shard, long epoch, long seq, ReadOnlySpan<byte> payload);

/// <summary>How an append ended.</summary>
public enum LogResult
{
    /// <summary>The record is on the device: it survives a crash.</summary>
    Durable,

    /// <summary>Nothing was written, the log goes on: no space, or too much is waiting. Trying again later may succeed.</summary>
    Refused,

    /// <summary>Somebody else owns the shard: an older epoch, or a number out of sequence.</summary>
    Fenced,

    /// <summary>The log has failed for good; what became of the record is unknown, and the process must stop.</summary>
    Failed,
}

/// <summary>How an append ended, and why.</summary>
/// <param name="Result">The kind of end.</param>
/// <param name="Reason">For people; null when durable.</param>
public readonly record struct LogOutcome(LogResult Result, string? Reason)
{
    /// <summary>On the device.</summary>
    public static readonly LogOutcome Durable = new(LogResult.Durable, null);

    /// <summary>Whether the record is on the device.</summary>
    public bool IsDurable => Result == LogResult.Durable;
}
