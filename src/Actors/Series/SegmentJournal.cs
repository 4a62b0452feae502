using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>The journal of a node by itself: segments in its data directory.</summary>
internal sealed class SegmentJournal(SegmentLog log) : IHomeJournal
{
    /// <inheritdoc/>
    public long Bytes => log.SegmentBytes;

    /// <inheritdoc/>
    public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload, bool isAwaited)
    {
        ValueTask<LogOutcome> append = log.AppendAsync(shard, epoch, seq, payload);
        if (isAwaited && !append.IsCompleted)
        {
            log.FlushSoon();
        }

        return append;
    }

    /// <inheritdoc/>
    public void Release(ShardId shard, long throughSeq) => log.Release(shard, throughSeq);

    /// <inheritdoc/>
    /// <remarks>The journal is then larger than four snapshots of each shard, so that two snapshots more cost less than writing the journal did; or larger than it may be.</remarks>
    public bool IsHeldBackBy(Shard shard, int shards, long snapshotFloorBytes, long bytesMax) =>
        log.SegmentBytes >= Math.Min(bytesMax, 4 * shards * Math.Max(snapshotFloorBytes, shard.SnapshotHeadBytes)) && log.HoldsOldest(shard.Id);

    /// <inheritdoc/>
    public void Roll() => log.Roll();
}
