using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>The journal that the shards of a node share, as their home sees it.</summary>
internal interface IHomeJournal
{
    /// <summary>Bytes it takes on this node's disk.</summary>
    long Bytes { get; }

    /// <summary>Appends a record; completes when it is durable, or certainly not.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="epoch">Of the writer's ownership.</param>
    /// <param name="seq">Its number.</param>
    /// <param name="payload">Unchanged until then.</param>
    /// <param name="isAwaited">Whether it should not wait for the next regular flush, where the journal has a choice.</param>
    ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload, bool isAwaited);

    /// <summary>Lets go of what a shard's older snapshot covers.</summary>
    void Release(ShardId shard, long throughSeq);

    /// <summary>Whether a shard without much traffic keeps the journal of all others, or more of it than there may be.</summary>
    bool IsHeldBackBy(Shard shard, int shards, long snapshotFloorBytes, long bytesMax);

    /// <summary>Begins anew, so that what there is so far can go whole.</summary>
    void Roll();
}
