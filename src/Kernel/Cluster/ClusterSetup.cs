namespace Pleiad.Kernel;

/// <summary>What a cluster actor lives from.</summary>
public sealed record ClusterSetup
{
    /// <summary>How this node announces itself.</summary>
    public required Member Self { get; init; }

    /// <summary>What the cluster shares.</summary>
    public required IClusterStore Store { get; init; }

    /// <summary>Connections to others. What comes in is handed to <see cref="ClusterActor.HandleAsync"/>.</summary>
    public required NodeTransport Transport { get; init; }

    /// <summary>Leads the shards.</summary>
    public required IShardHost Shards { get; init; }

    /// <summary>How soon a node is taken for dead.</summary>
    public MembershipSettings Membership { get; init; } = new();

    /// <summary>How shards are spread.</summary>
    public RegionSettings Region { get; init; } = new();

    /// <summary>The longest that draining a shard and answering may take.</summary>
    public TimeSpan HandOffTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How things stand, as one node sees them.</summary>
/// <param name="View">The members.</param>
/// <param name="Plan">Where shards shall be; null before it was read.</param>
/// <param name="Rows">Who owns them.</param>
/// <param name="Leading">Those this node leads.</param>
public sealed record ClusterStatus(
    MembershipView View, PlacementPlan? Plan, System.Collections.Immutable.ImmutableArray<ShardOwnership> Rows, System.Collections.Immutable.ImmutableArray<int> Leading);

/// <summary>Published on the event stream when this node must end: it has left, or is taken for dead.</summary>
/// <param name="Reason">Why.</param>
public sealed record ClusterEnded(string Reason);
