namespace Pleiad.Kernel;

/// <summary>What leads and copies the shards of this node. Called by the cluster actor, in its turns.</summary>
public interface IShardHost
{
    /// <summary>Brings a shard that was taken to where its journal is: through record <see cref="ShardOwnership.NextSeq"/> - 1.</summary>
    /// <returns>The row to lead by: it reaches further where the journal had lost records that are here, and was given them again.</returns>
    Task<ShardOwnership> CatchUpAsync(ShardOwnership row);

    /// <summary>Accepts what is written to a shard from now on.</summary>
    void BeginLead(ShardOwnership row);

    /// <summary>Accepts nothing more of a shard; completes when nothing of it is under way.</summary>
    Task DrainAsync(int shard);

    /// <summary>As <see cref="DrainAsync"/>, but another has the shard already: nobody waits.</summary>
    void EndLead(int shard);

    /// <summary>Keeps the copy of a shard that another leads: its journal reaches to record <see cref="ShardOwnership.NextSeq"/> - 1. Called again and again.</summary>
    void Follow(ShardOwnership row);

    /// <summary>The row of a shard that is led here, as it was just read: a journal that went back is noticed. Called again and again.</summary>
    void Watch(ShardOwnership row);

    /// <summary>Whether something of what is led was kept waiting since the last call: shards of living nodes are taken more slowly then.</summary>
    bool TakeIsStarting();

    /// <summary>
    /// Whether records of a shard are kept here that were acknowledged and may be in no journal: it is followed until that is settled, whether this node shall have a
    /// copy of it any longer or not.
    /// </summary>
    bool Keeps(int shard);

    /// <summary>Through which record the copy of a shard here is applied, for it to be handed over to; 0 for none, below that where it is not to be yet: it is not open, or lacks samples.</summary>
    /// <param name="shard">Which.</param>
    /// <param name="ownerLeaves">Whether who leads it now is about to go: a copy that lacks samples will do then where there is no better one.</param>
    long HandOffSeq(int shard, bool ownerLeaves);
}
