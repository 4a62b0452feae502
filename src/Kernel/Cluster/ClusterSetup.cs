using System.Collections.Immutable;

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

    /// <summary>Answers probes while the actor has no turn; the one that <see cref="ClusterActor.HandleAsync"/> is given.</summary>
    public required Pulse Pulse { get; init; }

    /// <summary>Leads the shards.</summary>
    public required IShardHost Shards { get; init; }

    /// <summary>How soon a node is taken for dead.</summary>
    public MembershipSettings Membership { get; init; } = new();

    /// <summary>How shards are spread.</summary>
    public RegionSettings Region { get; init; } = new();

    /// <summary>Between two looks at what others have found out and planned, while somebody may be dead or his shards are nobody's.</summary>
    public TimeSpan HurryInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Such looks, one after the other: what takes longer, for instance a way that is broken in one direction, is looked at as often as anything else.</summary>
    public int HurriesMax { get; init; } = 50;

    /// <summary>Records that a copy may lack at most when it asks to lead in the place of a living node.</summary>
    public long HandOffLagMax { get; init; } = 100;

    /// <summary>Nodes that are told, at most, when this one begins to lead a shard, those with copies of it first; the others read it in the rows, once a second.</summary>
    public int LeaderToldMax { get; init; } = 64;

    /// <summary>Looks at the rows, one a second, that may go unanswered before copies here are not taken for warm any more.</summary>
    public int LooksUnansweredMax { get; init; } = 3;

    /// <summary>The longest that draining a shard and answering may take.</summary>
    public TimeSpan HandOffTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How things stand, as one node sees them. Published on the event stream when anything of it changes.</summary>
/// <param name="Self">Which one.</param>
/// <param name="View">The members.</param>
/// <param name="Plan">Where shards shall be; null before it was read.</param>
/// <param name="Rows">Who owns them.</param>
/// <param name="Leading">Those this node leads.</param>
public sealed record ClusterStatus(
    NodeIncarnation Self, MembershipView View, PlacementPlan? Plan, ImmutableArray<ShardOwnership> Rows, ImmutableArray<int> Leading)
{
    /// <summary>Whether the rows are those of the last seconds: false while the store cannot be reached from this node.</summary>
    public bool IsCurrent { get; init; } = true;

    /// <summary>Leaders that say so themselves and are newer than <see cref="Rows"/>, in the order of shards.</summary>
    public ImmutableArray<ToldLeader> Told { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(ClusterStatus? other) =>
        other is not null && Self == other.Self && IsCurrent == other.IsCurrent && View.Equals(other.View) && Equals(Plan, other.Plan)
        && Rows.AsSpan().SequenceEqual(other.Rows.AsSpan()) && Told.AsSpan().SequenceEqual(other.Told.AsSpan()) && Leading.AsSpan().SequenceEqual(other.Leading.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Self, View, Leading.Length);
}

/// <summary>Published on the event stream when this node must end: it has left, or is taken for dead.</summary>
/// <param name="Reason">Why.</param>
public sealed record ClusterEnded(string Reason);
