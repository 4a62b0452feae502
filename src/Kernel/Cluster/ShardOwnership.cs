namespace Pleiad.Kernel;

/// <summary>The row of a shard: who may append to its journal, and how far the journal reaches.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Epoch">Goes up by one with each acquisition; 0 while it has never been taken.</param>
/// <param name="Token">Random for each acquisition: tells apart what a lossy failover of the store gave the same epoch.</param>
/// <param name="Owner">Who took it last; <see cref="NodeIncarnation.None"/> at the beginning.</param>
/// <param name="NextSeq">The number of the next record; the first is 1.</param>
/// <param name="SnapshotSeq">Through which record the newest verified snapshot reaches.</param>
/// <param name="PreviousSnapshotSeq">Through which the one before it reaches: records up to here may be gone.</param>
/// <param name="Hash">The rolling hash at the last record (<see cref="JournalRecord.Hash"/>); 0 before the first.</param>
public readonly record struct ShardOwnership(
    int Shard, long Epoch, Guid Token, NodeIncarnation Owner, long NextSeq, long SnapshotSeq, long PreviousSnapshotSeq, long Hash)
{
    /// <summary>The row of a shard that nobody has taken yet.</summary>
    public static ShardOwnership Untaken(int shard) => new(shard, 0, Guid.Empty, NodeIncarnation.None, 1, 0, 0, 0);

    /// <summary>Whether both are the same acquisition.</summary>
    public bool IsSameTerm(long epoch, Guid token) => Epoch == epoch && Token == token;
}
