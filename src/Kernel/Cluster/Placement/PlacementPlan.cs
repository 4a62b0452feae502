using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>Which nodes hold which shard. Nodes go by their names: one that starts again finds its shards where they were.</summary>
/// <param name="Shards">By their numbers.</param>
public sealed record PlacementPlan(ImmutableArray<ShardReplicas> Shards)
{
    /// <summary>Of a cluster that has just been created.</summary>
    public static PlacementPlan Nowhere(int shards) => new([.. Enumerable.Repeat(ShardReplicas.None, shards)]);

    /// <summary>Copies that are not where they were, each of which must be made anew.</summary>
    public int CopiesMovedSince(PlacementPlan before) => Shards.Select((shard, i) => shard.All.Except(before.Shards[i].All, StringComparer.Ordinal).Count()).Sum();

    /// <inheritdoc/>
    public bool Equals(PlacementPlan? other) => other is not null && Shards.AsSpan().SequenceEqual(other.Shards.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Shards.Length;
}

/// <summary>The nodes that hold one shard.</summary>
/// <param name="Leader">Who writes it; empty when nobody does.</param>
/// <param name="Followers">Who else has it, ready to lead.</param>
public sealed record ShardReplicas(string Leader, ImmutableArray<string> Followers)
{
    /// <summary>Nobody.</summary>
    public static readonly ShardReplicas None = new("", []);

    /// <summary>The leader first; empty when nobody leads.</summary>
    public IEnumerable<string> All => Leader.Length == 0 ? [] : Followers.Prepend(Leader);

    /// <inheritdoc/>
    public bool Equals(ShardReplicas? other) => other is not null && Leader == other.Leader && Followers.AsSpan().SequenceEqual(other.Followers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Leader, Followers.Length);
}

/// <summary>A node that may hold shards.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Zone">What fails together with it; empty when that is only itself.</param>
/// <param name="Weight">Its share relative to others, above zero.</param>
public sealed record PlacementNode(string Name, string Zone, double Weight);
