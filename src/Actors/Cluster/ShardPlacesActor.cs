using System.Collections.Immutable;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Publishes where all shards are, from what the cluster actor tells; keeps the ways to the other nodes.</summary>
/// <param name="transport">Makes them.</param>
/// <param name="places">Published to.</param>
/// <param name="wholeSeq">Through which record a shard is applied here; -1 as long as that is less than it had when it was closed.</param>
internal sealed class ShardPlacesActor(NodeTransport transport, PublishedPlaces places, Func<int, long> wholeSeq) : Actor
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private ImmutableArray<ShardOwnership> _before = [];
    private ImmutableArray<ShardOwnership> _last = [];
    private readonly Dictionary<NodeIncarnation, ShardPeer> _peers = [];
    private ShardPeer? _self;
    private ClusterStatus? _status;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<ClusterStatus>(Self);
        Timers.StartPeriodic(Look.Instance, Look.Instance, LookInterval);
    }

    protected override void PostStop()
    {
        _self?.Link.Dispose();
        foreach (ShardPeer peer in _peers.Values)
        {
            peer.Link.Dispose();
        }
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ClusterStatus status:
                OnStatus(status);
                break;
            case Look:
                // A copy here may have caught up, or begun anew, though no row has changed.
                Publish();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnStatus(ClusterStatus status)
    {
        if (!status.Rows.AsSpan().SequenceEqual(_last.AsSpan()))
        {
            _before = _last;
            _last = status.Rows;
        }

        _status = status;
        ImmutableArray<ShardPeer> gone = KeepPeers(status);
        Publish();

        // Only now: nobody is led there any more.
        foreach (ShardPeer peer in gone)
        {
            peer.Link.Dispose();
        }
    }

    private void Publish()
    {
        if (_status is not { } status || status.Rows.Length != places.Now.Shards.Length)
        {
            return;
        }

        ImmutableArray<ShardPlace> next = PlacesOf(status, _before, _peers, _self, wholeSeq);
        if (!next.AsSpan().SequenceEqual(places.Now.Shards.AsSpan()))
        {
            places.Publish(next);
        }
    }

    /// <summary>Where all shards are.</summary>
    /// <param name="status">What the cluster actor knows.</param>
    /// <param name="before">The rows as they were a look ago: a copy here that lacks nothing of that answers queries.</param>
    /// <param name="peers">The other nodes that live.</param>
    /// <param name="here">This node as others reach it; null before it is a member.</param>
    /// <param name="wholeSeq">Through which record a shard is applied here; -1 as long as it is not whole.</param>
    internal static ImmutableArray<ShardPlace> PlacesOf(
        ClusterStatus status, ImmutableArray<ShardOwnership> before, IReadOnlyDictionary<NodeIncarnation, ShardPeer> peers, ShardPeer? here, Func<int, long> wholeSeq)
    {
        string self = status.View.Find(status.Self)?.Name ?? "";
        var byName = peers.Values.ToDictionary(static peer => peer.Name, StringComparer.Ordinal);
        var led = status.Leading.ToHashSet();
        var told = status.Told.ToDictionary(static leader => leader.Shard);
        return [.. status.Rows.Select(row =>
        {
            ShardReplicas planned = status.Plan is { } plan && row.Shard < plan.Shards.Length ? plan.Shards[row.Shard] : ShardReplicas.None;

            // Who leads it says so sooner than the rows do.
            bool isTold = told.TryGetValue(row.Shard, out ToldLeader news) && !led.Contains(row.Shard);
            (NodeIncarnation owner, long epoch) = isTold ? (news.Node, news.Epoch) : (row.Owner, row.Epoch);
            ShardPeer? leader = peers.GetValueOrDefault(owner);
            bool isCopy = planned.All.Contains(self, StringComparer.Ordinal);
            bool isWarm = isCopy && status.IsCurrent && wholeSeq(row.Shard) >= (row.Shard < before.Length ? before[row.Shard] : row).NextSeq - 1;
            ShardRole role = led.Contains(row.Shard) ? ShardRole.Leader : isWarm ? ShardRole.Follower : isCopy ? ShardRole.Uncertain : ShardRole.None;
            return new ShardPlace
            {
                Shard = row.Shard,
                Epoch = epoch,
                Here = role,
                LastResort = role == ShardRole.Uncertain || (role == ShardRole.Leader && wholeSeq(row.Shard) == AppliedMarks.Unknown) ? here : null,
                Leader = leader,
                Successor = leader is null && owner != status.Self ? byName.GetValueOrDefault(planned.Leader) : null,
                Followers = [.. planned.All.Where(name => name != self && name != leader?.Name).Select(name => byName.GetValueOrDefault(name)).OfType<ShardPeer>()],
            };
        })];
    }

    private ImmutableArray<ShardPeer> KeepPeers(ClusterStatus status)
    {
        Member[] others = [.. status.View.Alive.Where(member => member.Incarnation != status.Self)];
        foreach (Member member in others.Where(member => !_peers.ContainsKey(member.Incarnation)))
        {
            _peers.Add(member.Incarnation, PeerOf(member));
        }

        if (_self is null && status.View.Find(status.Self) is { } self)
        {
            _self = PeerOf(self);
        }

        ImmutableArray<ShardPeer> gone = [.. _peers.Values.Where(peer => !others.Any(member => member.Incarnation == peer.Node))];
        foreach (ShardPeer peer in gone)
        {
            _peers.Remove(peer.Node);
        }

        places.Publish([.. _peers.Values]);

        return gone;
    }

    private ShardPeer PeerOf(Member member) => new(member.Incarnation, member.Name, transport.LinkTo(member.Incarnation, NodeAddress.Of(member.Address)));

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }
}
