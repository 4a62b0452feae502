namespace Pleiad.Kernel;

/// <summary>Whose records a node's journal takes: those of the shards it leads, each under the acquisition it leads it by.</summary>
public interface IShardTerms
{
    /// <summary>Takes records of a shard from now on, behind those that its row counts.</summary>
    /// <param name="row">As <see cref="IShardOwnership.TakeAsync"/> returned it.</param>
    void BeginLead(ShardOwnership row);

    /// <summary>
    /// Takes records that a journal has lost, or never had, from now on, behind those that its row counts, even where a spool is full: they are in it already.
    /// <see cref="BeginLead"/> with the row behind the last of them goes on with whatever of them still waits for the store.
    /// </summary>
    /// <param name="row">As <see cref="IShardOwnership.TakeAsync"/> returned it.</param>
    void BeginRestore(ShardOwnership row);

    /// <summary>Takes no more records of a shard; completes when none is under way.</summary>
    Task EndLeadAsync(int shard);

    /// <summary>As <see cref="EndLeadAsync(int)"/>, but of one term: nothing where another has begun since.</summary>
    Task EndLeadAsync(int shard, long epoch);

    /// <summary>Whether records are acknowledged that the journal does not have yet.</summary>
    bool IsSpooling { get; }

    /// <summary>From now on records that wait too long for the store are kept in a spool and acknowledged. Said before anything is appended.</summary>
    /// <param name="spool">Where they are kept.</param>
    /// <param name="termLost">Told of a shard and epoch whose kept records the journal refuses: its leader has to give it up. From any thread.</param>
    void UseSpool(IReplicaSpool spool, Action<int, long> termLost);
}
