using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>How a node stands in the view.</summary>
public enum MemberStatus
{
    /// <summary>Has announced itself; becomes a member once it and all members have reached each other.</summary>
    Joining,

    /// <summary>Takes part: it may be given shards, and it probes and is probed.</summary>
    Up,

    /// <summary>Is being emptied: serves what it has, gets nothing new.</summary>
    Leaving,

    /// <summary>Is taken for dead, for ever: an incarnation that reads this of itself stops.</summary>
    Dead,

    /// <summary>Was dead, or has left, long enough ago to be forgotten. Only ever in a change, never in a view.</summary>
    Removed,
}

/// <summary>A node of the cluster, as the view has it.</summary>
public sealed record Member
{
    /// <summary>Which life of which node.</summary>
    public required NodeIncarnation Incarnation { get; init; }

    /// <summary>What its operator calls it; the same in all its lives. Two living incarnations never share it.</summary>
    public required string Name { get; init; }

    /// <summary>Where other nodes reach it: host and port.</summary>
    public required string Address { get; init; }

    /// <summary>Where its HTTP API is reached: host and port.</summary>
    public string HttpAddress { get; init; } = "";

    /// <summary>What it does: <c>store</c>, <c>gateway</c>.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>What fails together: replicas of a shard are put into different zones. Empty when there are none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The share of shards it wants relative to others.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The newest version of journal payloads and messages that it can read; writers use the least of all.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>How it stands.</summary>
    public required MemberStatus Status { get; init; }

    /// <summary>Who accuses it of being dead, each an incarnation that cannot reach it and has not taken that back.</summary>
    public ImmutableArray<NodeIncarnation> Accusers { get; init; } = [];

    /// <summary>Whether it may hold shards.</summary>
    public bool IsStore => Roles.Contains("store", StringComparer.Ordinal);

    /// <summary>Whether it is counted on: it serves, probes and is probed.</summary>
    public bool IsAlive => Status is MemberStatus.Up or MemberStatus.Leaving;

    /// <inheritdoc/>
    public bool Equals(Member? other) =>
        other is not null && Incarnation == other.Incarnation && Name == other.Name && Address == other.Address && HttpAddress == other.HttpAddress
        && Zone == other.Zone && Weight.Equals(other.Weight) && FormatVersion == other.FormatVersion && Status == other.Status
        && Roles.AsSpan().SequenceEqual(other.Roles.AsSpan()) && Accusers.AsSpan().SequenceEqual(other.Accusers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Incarnation, Status, Accusers.Length);
}
