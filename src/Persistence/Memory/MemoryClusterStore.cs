using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>A cluster store that lives as long as its process: for tests, for simulations, and as the plainest statement of what the ports mean.</summary>
/// <remarks>Thread-safe; everything completes at once.</remarks>
public sealed class MemoryClusterStore : IClusterStore
{
    /// <param name="chance">Where tokens come from.</param>
    public MemoryClusterStore(Random chance)
    {
        var rows = new MemoryShardRows();
        Ownership = new MemoryOwnership(rows, chance);
        Journal = new MemoryJournal(rows);
        Manifests = new MemoryManifests(rows);
        Membership = new MemoryMembership();
        Documents = new MemoryDocuments();
    }

    /// <inheritdoc/>
    public IShardOwnership Ownership { get; }

    /// <inheritdoc/>
    public IFencedJournal Journal { get; }

    /// <inheritdoc/>
    public ISnapshotManifests Manifests { get; }

    /// <inheritdoc/>
    public IMembershipStore Membership { get; }

    /// <inheritdoc/>
    public IDocumentStore Documents { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
