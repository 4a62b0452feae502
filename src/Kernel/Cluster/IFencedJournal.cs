namespace Pleiad.Kernel;

/// <summary>
/// The journal of all shards. A record is committed only if its writer still holds the shard when it commits, and if it is the very
/// next record: fence, numbering and the check for duplicates are one step.
/// </summary>
public interface IFencedJournal
{
    /// <summary>Appends runs of records, each run as a whole or not at all, all of them in one commit.</summary>
    /// <param name="runs">At most one a shard. Their payloads must not change until completion, nor after <see cref="JournalVerdict.Indeterminate"/>.</param>
    /// <returns>One verdict a run, in their order. A failure of the store is <see cref="JournalVerdict.Indeterminate"/>, never an exception.</returns>
    /// <remarks>There is no token: a cancelled commit may have happened all the same, and a replicated store may then call it done too early.</remarks>
    ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs);

    /// <summary>What became of a run whose verdict was not <see cref="JournalVerdict.Committed"/>.</summary>
    /// <exception cref="ClusterStoreException">Nobody can tell at the moment; ask again.</exception>
    ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel);

    /// <summary>The records of a shard behind a number, in order and without a gap; empty at the end.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="afterSeq">The last one not wanted.</param>
    /// <param name="recordsMax">How many at most; ask again for more.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="JournalGapException">The next record is not there any more: a snapshot holds it.</exception>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel);

    /// <summary>Lets go of records that the <em>previous</em> verified snapshot of their shard covers. It may keep more than it must; any node may call it at any time.</summary>
    /// <returns>Whether something was let go.</returns>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    ValueTask<bool> TrimAsync(CancellationToken cancel);
}
