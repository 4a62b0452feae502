using Pleiad.Kernel;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>What lets a node answer and take samples for all nodes: reads from the others and writes to them, and the same for them here.</summary>
internal sealed class ClusterReach : IDisposable
{
    private readonly PeerQueries _peers;

    /// <param name="shards">Of this node.</param>
    /// <param name="storage">Of this node.</param>
    /// <param name="targets">Those of this node.</param>
    /// <param name="places">Where all shards are.</param>
    /// <param name="ownership">Says how far their journals reach.</param>
    /// <param name="messages">What this handles is added to it.</param>
    /// <param name="engine">Evaluates what other nodes ask for.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="time">Measures.</param>
    /// <param name="mayBeSpooled">Whether something may be acknowledged that their rows do not count; null where nothing is.</param>
    public ClusterReach(
        ShardDirectory shards, INodeStorage storage, ITargetCatalog targets, IShardPlaces places, IShardOwnership ownership, NodeMessages messages, Engine engine, ActorsSettings settings,
        TimeProvider time, Func<CancellationToken, Task<bool>>? mayBeSpooled)
    {
        Reads = new ClusterReads(shards, places, settings.Query, time, ownership, mayBeSpooled);
        Targets = new ClusterTargets(targets, Reads);
        _peers = new PeerQueries(engine, shards, targets, places, settings.Query, time);
        _peers.AddTo(messages);
        Writes = new ClusterWrites((batch, cancel) => Ingest.WriteHereAsync(shards, batch, cancel), shards.Map, places, settings.Forward, time);
        Admin = new ClusterAdmin(storage, places, settings.Forward, time);
        new PeerAdmin(storage, shards.Map.Count).AddTo(messages);
        new PeerWrites((batch, cancel) => Ingest.WriteHereAsync(shards, batch, cancel), shards.Map, places, settings.Forward).AddTo(messages);
    }

    /// <summary>Reads from all nodes.</summary>
    public ClusterReads Reads { get; }

    /// <summary>Writes to the leaders, wherever they are.</summary>
    public ClusterWrites Writes { get; }

    /// <summary>Deletes, seals and copies on all nodes.</summary>
    public IStorageAdmin Admin { get; }

    /// <summary>The targets of all nodes.</summary>
    public ITargetCatalog Targets { get; }

    /// <inheritdoc/>
    public void Dispose() => _peers.Dispose();
}
