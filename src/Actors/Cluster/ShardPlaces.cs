using System.Collections.Immutable;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Where all shards are, at one time.</summary>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Shards">Shard i at index i.</param>
public sealed record ShardPlaces(long Version, ImmutableArray<ShardPlace> Shards)
{
    /// <summary>All shards on this node, for good: a node without a cluster.</summary>
    public static ShardPlaces AllHere(int count) =>
        new(0, [.. Enumerable.Range(0, count).Select(static shard => new ShardPlace { Shard = shard, Here = ShardRole.Leader })]);
}

/// <summary>What a node is to a shard.</summary>
public enum ShardRole
{
    /// <summary>Nothing: others have it.</summary>
    None,

    /// <summary>
    /// Holds a copy that may lack what others have: it is behind, or cannot know, because the journal cannot be reached from here. It answers when
    /// nobody else does, and the answer says that it is partial.
    /// </summary>
    Uncertain,

    /// <summary>Holds a warm copy: it answers queries, and takes no writes.</summary>
    Follower,

    /// <summary>Answers queries and takes writes.</summary>
    Leader,
}

/// <summary>Where a shard is.</summary>
public sealed record ShardPlace
{
    /// <summary>Its number.</summary>
    public required int Shard { get; init; }

    /// <summary>The epoch of its leader; an answer of an older one comes from who has not heard of it.</summary>
    public long Epoch { get; init; }

    /// <summary>What this node is to it.</summary>
    public ShardRole Here { get; init; }

    /// <summary>The leader where it is another node; null where it is this one, or nobody.</summary>
    public ShardPeer? Leader { get; init; }

    /// <summary>The node that shall lead it and can be asked, where nobody who lives owns it as its row was read last: he may lead it by now.</summary>
    public ShardPeer? Successor { get; init; }

    /// <summary>Other nodes with a warm copy, the one to be asked first in front.</summary>
    public ImmutableArray<ShardPeer> Followers { get; init; } = [];

    /// <summary>This node as others reach it, where it has a copy that is <see cref="ShardRole.Uncertain"/>, or leads with less than there was: asked when nobody else answers.</summary>
    public ShardPeer? LastResort { get; init; }

    /// <summary>Whether a node is taken for its leader: another, or this one, which asks itself as the last resort.</summary>
    public bool IsLedBy(NodeIncarnation node) => (Here == ShardRole.Leader ? LastResort : Leader)?.Node == node;

    /// <summary>Whoever may answer a query in the place of this node, the one to be asked first in front.</summary>
    public IEnumerable<ShardPeer> Readers
    {
        get
        {
            if (Leader is { } leader)
            {
                yield return leader;
            }

            foreach (ShardPeer follower in Followers)
            {
                yield return follower;
            }

            if (LastResort is { } self)
            {
                yield return self;
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(ShardPlace? other) =>
        other is not null && Shard == other.Shard && Epoch == other.Epoch && Here == other.Here && Equals(Leader, other.Leader) && Equals(Successor, other.Successor) && Equals(LastResort, other.LastResort)
        && Followers.AsSpan().SequenceEqual(other.Followers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Shard, Epoch, Here);
}
