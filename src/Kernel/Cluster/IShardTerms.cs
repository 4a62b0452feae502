namespace Pleiad.Kernel;

/// <summary>Whose records a node's journal takes: those of the shards it leads, each under the acquisition it leads it by.</summary>
public interface IShardTerms
{
    /// <summary>Takes records of a shard from now on, behind those that its row counts.</summary>
    /// <param name="row">As <see cref="IShardOwnership.TakeAsync"/> returned it.</param>
    void BeginLead(ShardOwnership row);

    /// <summary>Takes no more records of a shard; completes when none is under way.</summary>
    Task EndLeadAsync(int shard);
}
