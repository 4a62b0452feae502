namespace Pleiad.Actors;

/// <summary>Where each shard is served, as this node knows it. What it knows may be old: who is asked knows better and says so.</summary>
public interface IShardPlaces
{
    /// <summary>What is known now; replaced whole when anything changes.</summary>
    ShardPlaces Now { get; }

    /// <summary>All other nodes that live.</summary>
    IReadOnlyList<ShardPeer> Peers { get; }

    /// <summary>Completes as soon as something else is known than what was seen.</summary>
    Task<ShardPlaces> NewerThanAsync(ShardPlaces seen, CancellationToken cancel);

    /// <summary>
    /// How far this node has applied a shard, and whether it lacks samples: what a view contains at least that is taken between two of these of the same opening.
    /// </summary>
    ShardMark MarkOf(int shard);

    /// <summary>
    /// The record that a view of a shard of this node has to have for an ordinary read: a shard that has failed is recovered with less than it had, and its
    /// place is known to be another one only later. 0 where there is no journal; <see cref="long.MaxValue"/> while no view is enough.
    /// </summary>
    long WholeFrom(int shard);

    /// <summary>Completes when this node has applied a shard through a record of its journal.</summary>
    Task AppliedAsync(int shard, long seq, CancellationToken cancel);
}
