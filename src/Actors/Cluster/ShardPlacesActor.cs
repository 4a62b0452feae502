using System.Collections.Immutable;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Publishes where all shards are, from what the cluster actor tells; keeps the ways to the other nodes.</summary>
/// <param name="transport">Makes them.</param>
/// <param name="places">Published to.</param>
/// <param name="appliedSeq">Through which record a shard is applied here.</param>
internal sealed class ShardPlacesActor(NodeTransport transport, PublishedPlaces places, Func<int, long> appliedSeq) : Actor
{
    private ImmutableArray<ShardOwnership> _before = [];
    private ImmutableArray<ShardOwnership> _last = [];
    private readonly Dictionary<NodeIncarnation, ShardPeer> _peers = [];

    protected override void PreStart() => Context.System.EventStream.Subscribe<ClusterStatus>(Self);

    protected override void PostStop()
    {
        foreach (ShardPeer peer in _peers.Values)
        {
            peer.Link.Dispose();
        }
    }

    protected override void Receive(object message)
    {
        if (message is not ClusterStatus status)
        {
            Unhandled(message);
            return;
        }

        if (!status.Rows.AsSpan().SequenceEqual(_last.AsSpan()))
        {
            _before = _last;
            _last = status.Rows;
        }

        ImmutableArray<ShardPeer> gone = KeepPeers(status);
        if (status.Rows.Length == places.Now.Shards.Length)
        {
            ImmutableArray<ShardPlace> next = PlacesOf(status, _before, _peers, appliedSeq);
            if (!next.AsSpan().SequenceEqual(places.Now.Shards.AsSpan()))
            {
                places.Publish(next);
            }
        }

        // Only now: nobody is led there any more.
        foreach (ShardPeer peer in gone)
        {
            peer.Link.Dispose();
        }
    }

    /// <summary>Where all shards are.</summary>
    /// <param name="status">What the cluster actor knows.</param>
    /// <param name="before">The rows as they were a look ago: a copy here that lacks nothing of that answers queries.</param>
    /// <param name="peers">The other nodes that live.</param>
    /// <param name="appliedSeq">Through which record a shard is applied here.</param>
    internal static ImmutableArray<ShardPlace> PlacesOf(
        ClusterStatus status, ImmutableArray<ShardOwnership> before, IReadOnlyDictionary<NodeIncarnation, ShardPeer> peers, Func<int, long> appliedSeq)
    {
        string self = status.View.Find(status.Self)?.Name ?? "";
        var byName = peers.Values.ToDictionary(static peer => peer.Name, StringComparer.Ordinal);
        var led = status.Leading.ToHashSet();
        return [.. status.Rows.Select(row =>
        {
            ShardReplicas planned = status.Plan is { } plan && row.Shard < plan.Shards.Length ? plan.Shards[row.Shard] : ShardReplicas.None;
            ShardPeer? leader = peers.GetValueOrDefault(row.Owner);
            bool isWarm = planned.All.Contains(self, StringComparer.Ordinal) && appliedSeq(row.Shard) >= (row.Shard < before.Length ? before[row.Shard] : row).NextSeq - 1;
            return new ShardPlace
            {
                Shard = row.Shard,
                Epoch = row.Epoch,
                Here = led.Contains(row.Shard) ? ShardRole.Leader : isWarm ? ShardRole.Follower : ShardRole.None,
                Leader = leader,
                Followers = [.. planned.All.Where(name => name != self && name != leader?.Name).Select(name => byName.GetValueOrDefault(name)).OfType<ShardPeer>()],
            };
        })];
    }

    private ImmutableArray<ShardPeer> KeepPeers(ClusterStatus status)
    {
        Member[] others = [.. status.View.Alive.Where(member => member.Incarnation != status.Self)];
        foreach (Member member in others.Where(member => !_peers.ContainsKey(member.Incarnation)))
        {
            _peers.Add(member.Incarnation, new ShardPeer(member.Incarnation, member.Name, transport.LinkTo(member.Incarnation, NodeAddress.Of(member.Address))));
        }

        ImmutableArray<ShardPeer> gone = [.. _peers.Values.Where(peer => !others.Any(member => member.Incarnation == peer.Node))];
        foreach (ShardPeer peer in gone)
        {
            _peers.Remove(peer.Node);
        }

        return gone;
    }
}
