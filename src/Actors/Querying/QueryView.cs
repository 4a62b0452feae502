using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What one query sees, from its first read to its last.</summary>
internal abstract class QueryView : IDisposable
{
    /// <summary>All shards together.</summary>
    public abstract IQuerySource Source { get; }

    /// <summary>Chunks that could not be read so far: what they held is missing.</summary>
    public abstract int ChunksDamaged { get; }

    /// <summary>Shards that nobody has answered for so far, ascending: what they hold is missing.</summary>
    public virtual IReadOnlyList<int> ShardsMissing => [];

    /// <summary>The exemplars of every shard.</summary>
    public abstract Task<IEnumerable<StoredExemplar>> ExemplarsAsync(CancellationToken cancel);

    /// <summary>What costs most in each shard.</summary>
    public abstract Task<IReadOnlyList<ShardCardinality>> CardinalitiesAsync(CancellationToken cancel);

    /// <inheritdoc/>
    public abstract void Dispose();
}
