namespace Pleiad.Kernel;

/// <summary>Who owns which shard: one compare-and-swap a shard, and no clock.</summary>
/// <remarks>
/// Ownership is not a lease: it does not expire. It ends when another takes the shard, and from that moment the journal refuses
/// the former owner (<see cref="IFencedJournal"/>), however late it learns of it. Any call may throw <see cref="ClusterStoreException"/>.
/// </remarks>
public interface IShardOwnership
{
    /// <summary>Makes the rows of shards 0 to <paramref name="shards"/> - 1 where there are none yet.</summary>
    /// <returns>How many there are: another number than asked for when the cluster was created with another.</returns>
    ValueTask<int> CreateAsync(int shards, CancellationToken cancel);

    /// <summary>All rows, in the order of their numbers.</summary>
    ValueTask<IReadOnlyList<ShardOwnership>> ReadAllAsync(CancellationToken cancel);

    /// <summary>One row; null when there is no such shard.</summary>
    ValueTask<ShardOwnership?> ReadAsync(int shard, CancellationToken cancel);

    /// <summary>Takes a shard: its epoch goes up by one, its token is new, and no record of an older epoch can be appended any more.</summary>
    /// <param name="shard">Which.</param>
    /// <param name="seenEpoch">The epoch its row had when the decision to take it was made.</param>
    /// <param name="owner">Who takes it.</param>
    /// <param name="cancel">Leaves open whether it was taken.</param>
    /// <returns>
    /// The row after the acquisition: all records before <see cref="ShardOwnership.NextSeq"/> are final. Null when somebody was faster.
    /// After an exception the row says what became of it: it is ours when owner and <paramref name="seenEpoch"/> + 1 stand in it.
    /// </returns>
    ValueTask<ShardOwnership?> TakeAsync(int shard, long seenEpoch, NodeIncarnation owner, CancellationToken cancel);

    /// <summary>
    /// Moves the end of a journal forward over records that it has lost and its owner's copy has: who lacks them finds a gap, and copies that node.
    /// </summary>
    /// <param name="row">Of the acquisition under which nothing was appended yet.</param>
    /// <param name="nextSeq">The number of the next record; not before that of the row.</param>
    /// <param name="hash">The rolling hash before it.</param>
    /// <param name="cancel">Leaves open whether it was moved.</param>
    /// <returns>The row afterwards; null when the shard has another owner, or reaches further.</returns>
    ValueTask<ShardOwnership?> AdvanceAsync(ShardOwnership row, long nextSeq, long hash, CancellationToken cancel);
}
