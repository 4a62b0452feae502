namespace Pleiad.Kernel;

/// <summary>
/// Where records are kept that are acknowledged before the journal has them, because the store is away: on the disk of their leader and of at
/// least one other copy. Safe from any thread.
/// </summary>
public interface IReplicaSpool
{
    /// <summary>Whether it has room for more.</summary>
    bool TakesMore { get; }

    /// <summary>Whether it holds anything of a shard.</summary>
    bool Holds(int shard);

    /// <summary>Keeps runs of records here and with a copy of their shards. What it kept before it may be asked to keep again.</summary>
    /// <param name="runs">At most one of a shard, and none of a shard of which one is being kept.</param>
    /// <returns>For each run whether all of it is durable here and with another, as soon as that is known; then it may be acknowledged. None of them fails.</returns>
    IReadOnlyList<Task<bool>> Keep(IReadOnlyList<SpoolRun> runs);

    /// <summary>What a record holds that was kept here.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    ReadOnlyMemory<byte> Read(int shard, long seq);

    /// <summary>Lets go of a shard's records up to a number: the journal has them.</summary>
    void Release(int shard, long throughSeq);
}

/// <summary>A run of records that is to be kept.</summary>
/// <param name="Run">The records.</param>
/// <param name="HashBefore">The rolling hash before the first.</param>
/// <param name="CommittedThrough">The record through which the journal is certain to have everything: whoever keeps the run needs all between.</param>
public readonly record struct SpoolRun(JournalRun Run, long HashBefore, long CommittedThrough);
