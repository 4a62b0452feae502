using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What one query sees, from its first read to its last.</summary>
internal abstract class QueryView : IDisposable
{
    /// <summary>All shards together.</summary>
    public abstract IQuerySource Source { get; }

    /// <summary>Chunks that could not be read so far: what they held is missing.</summary>
    public abstract int ChunksDamaged { get; }

    /// <summary>What was damaged on this node and may have had samples of what was read so far: they are missing.</summary>
    public virtual IReadOnlyList<MissingSamples> Missing => [];

    /// <summary>Shards that nobody has answered for so far, ascending: what they hold is missing.</summary>
    public virtual IReadOnlyList<int> ShardsMissing => [];

    /// <summary>Shards that only copies have answered for so far which lack samples, because files or records that had them were damaged; ascending.</summary>
    public virtual IReadOnlyList<int> ShardsLacking => [];

    /// <summary>Whether an answer made of what was read so far may lack samples or series.</summary>
    public bool IsPartial => ShardsMissing.Count > 0 || ShardsLacking.Count > 0;

    /// <summary>The exemplars of every shard.</summary>
    public abstract Task<IEnumerable<StoredExemplar>> ExemplarsAsync(CancellationToken cancel);

    /// <summary>What costs most in each shard.</summary>
    /// <param name="matchers">Which series count; all where there are none.</param>
    /// <param name="focus">The label whose values are wanted; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    public abstract Task<IReadOnlyList<ShardCardinality>> CardinalitiesAsync(IReadOnlyList<Matcher> matchers, string focus, CancellationToken cancel);

    /// <inheritdoc/>
    public abstract void Dispose();
}
