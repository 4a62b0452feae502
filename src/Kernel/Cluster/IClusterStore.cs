namespace Pleiad.Kernel;

/// <summary>What a cluster asks of its store: a compare-and-swap a shard, durable append, and a total order a shard. Everything else is ours.</summary>
public interface IClusterStore : IAsyncDisposable
{
    /// <summary>Who owns which shard.</summary>
    IShardOwnership Ownership { get; }

    /// <summary>The records of the shards.</summary>
    IFencedJournal Journal { get; }

    /// <summary>The verified snapshots of the shards.</summary>
    ISnapshotManifests Manifests { get; }

    /// <summary>The nodes there are.</summary>
    IMembershipStore Membership { get; }

    /// <summary>Dashboards, silences, users: small things that all nodes share.</summary>
    IDocumentStore Documents { get; }
}
