using System.Collections.Immutable;
using System.Net;
using Pleiad.Kernel;

namespace Pleiad.Actors.Tests;

public sealed class ShardPlacesTests : IAsyncLifetime
{
    private static readonly NodeIncarnation Self = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly NodeIncarnation Other = new(new Guid(2, 0, 0, new byte[8]));
    private static readonly NodeIncarnation Gone = new(new Guid(3, 0, 0, new byte[8]));

    private readonly NodeTransport _transport = NodeTransport.Listen(
        Self, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, static _ => throw new NotSupportedException());

    private Dictionary<NodeIncarnation, ShardPeer> _peers = [];

    public Task InitializeAsync()
    {
        _peers = new() { [Other] = new ShardPeer(Other, "b", _transport.LinkTo(Other, _transport.Address)) };
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _transport.DisposeAsync();

    [Fact]
    public void A_shard_is_where_its_row_says_and_its_copies_where_the_plan_says()
    {
        ImmutableArray<ShardPlace> places = Places([Row(0, Self), Row(1, Other), Row(2, Gone)], [("a", "b"), ("b", "a"), ("a", "b")], leading: [0]);
        Assert.Equal((ShardRole.Leader, null, "b"), (places[0].Here, places[0].Leader, Assert.Single(places[0].Followers).Name));
        Assert.Equal((ShardRole.Follower, "b"), (places[1].Here, places[1].Leader!.Name));
        Assert.Empty(places[1].Followers);
        Assert.Equal((ShardRole.Follower, null), (places[2].Here, places[2].Leader));
        Assert.Equal(7, places[0].Epoch);
    }

    [Fact]
    public void A_row_of_ours_that_is_not_led_yet_is_no_leader()
    {
        Assert.NotEqual(ShardRole.Leader, Places([Row(0, Self)], [("a", "b")], leading: [])[0].Here);
    }

    [Fact]
    public void A_copy_answers_only_while_it_lacks_nothing_of_a_look_ago()
    {
        Assert.Equal(ShardRole.Follower, Places([Row(0, Other)], [("b", "a")], [], applied: 9)[0].Here);
        Assert.Equal(ShardRole.Uncertain, Places([Row(0, Other)], [("b", "a")], [], applied: 8)[0].Here);
        Assert.Equal(ShardRole.None, Places([Row(0, Other)], [("b", "c")], [], applied: 9)[0].Here);
    }

    [Fact]
    public void A_node_that_cannot_reach_the_store_does_not_take_its_copies_for_warm_but_goes_on_with_what_it_leads()
    {
        ImmutableArray<ShardPlace> places = Places([Row(0, Other), Row(1, Self)], [("b", "a"), ("a", "b")], [1], isCurrent: false);
        Assert.Equal((ShardRole.Uncertain, "a"), (places[0].Here, places[0].LastResort!.Name));
        Assert.Equal(["b", "a"], places[0].Readers.Select(static peer => peer.Name));
        Assert.Equal((ShardRole.Leader, null), (places[1].Here, places[1].LastResort));
    }

    [Fact]
    public void A_leader_that_lacks_samples_is_asked_when_nobody_else_answers()
    {
        ShardPlace place = Places([Row(0, Self)], [("a", "b")], [0], applied: AppliedMarks.Unknown)[0];
        Assert.Equal((ShardRole.Leader, "a"), (place.Here, place.LastResort!.Name));
        Assert.Equal(["b", "a"], place.Readers.Select(static peer => peer.Name));
    }

    [Fact]
    public void Where_the_owner_is_dead_the_one_who_shall_lead_is_its_successor()
    {
        var gone = new NodeIncarnation(new Guid("00000000-0000-0000-0000-0000000000ff"));
        ShardPlace place = Places([Row(0, gone)], [("b", "a")], [])[0];
        Assert.Equal((null, "b"), (place.Leader, place.Successor!.Name));

        // Not this node, which leads or does not, and nobody while the owner lives.
        Assert.Null(Places([Row(0, gone)], [("a", "b")], [])[0].Successor);
        Assert.Null(Places([Row(0, Other)], [("b", "a")], [])[0].Successor);
        Assert.Null(Places([Row(0, Self)], [("b", "a")], [0])[0].Successor);
    }

    [Fact]
    public void Who_says_that_he_leads_is_the_leader_before_the_rows_say_so_but_of_what_is_led_here()
    {
        ClusterStatus status = Status([Row(0, Self), Row(1, Self), Row(2, Gone)], [("b", "a"), ("b", "a"), ("b", "a")], [1], isCurrent: true) with
        {
            Told = [new ToldLeader(0, Other, 8), new ToldLeader(1, Other, 8), new ToldLeader(2, Gone, 8)],
        };
        ImmutableArray<ShardPlace> places = Places(status);
        Assert.Equal(("b", 8L, ShardRole.Follower), (places[0].Leader!.Name, places[0].Epoch, places[0].Here));
        Assert.Empty(places[0].Followers);
        Assert.Equal((null, 7L, ShardRole.Leader), (places[1].Leader, places[1].Epoch, places[1].Here));

        // Of one that is not known, or not any more, the plan says who is next.
        Assert.Equal((null, "b", 8L), (places[2].Leader, places[2].Successor!.Name, places[2].Epoch));
    }

    [Fact]
    public void The_same_places_are_equal()
    {
        Assert.Equal(Places([Row(0, Self)], [("a", "b")], [0]).ToArray(), Places([Row(0, Self)], [("a", "b")], [0]).ToArray());
    }

    [Fact]
    public void A_copy_that_has_caught_up_answers_though_no_row_has_changed_since_it_had_not()
    {
        using var test = TestActorSystem.OnTurns();
        var published = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0 }]));
        long wholeSeq = AppliedMarks.Unknown;
        test.ActorOf(() => new ShardPlacesActor(_transport, published, _ => Volatile.Read(ref wholeSeq)), "places");
        test.Drain();
        test.System.EventStream.Publish(Status([Row(0, Other)], [("b", "a")], [], isCurrent: true));
        test.Drain();
        Assert.Equal(ShardRole.Uncertain, published.Now.Shards[0].Here);
        Volatile.Write(ref wholeSeq, 19);
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ShardRole.Follower, published.Now.Shards[0].Here);
        Volatile.Write(ref wholeSeq, AppliedMarks.Unknown);
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ShardRole.Uncertain, published.Now.Shards[0].Here);
    }

    private static ShardOwnership Row(int shard, NodeIncarnation owner) => new(shard, 7, Guid.Empty, owner, 20, 0, 0, 0);

    private ImmutableArray<ShardPlace> Places(ShardOwnership[] rows, (string Leader, string Follower)[] plan, int[] leading, long applied = 100, bool isCurrent = true)
    {
        ClusterStatus status = Status(rows, plan, leading, isCurrent);
        return Places(status, applied);
    }

    private ImmutableArray<ShardPlace> Places(ClusterStatus status, long applied = 100) => ShardPlacesActor.PlacesOf(
        status, [.. status.Rows.Select(static row => row with { NextSeq = 10 })], _peers, new ShardPeer(Self, "a", _peers[Other].Link), _ => applied);

    private static ClusterStatus Status(ShardOwnership[] rows, (string Leader, string Follower)[] plan, int[] leading, bool isCurrent)
    {
        var view = new MembershipView(
            1, [.. new[] { (Self, "a"), (Other, "b") }.Select(static node => new Member { Incarnation = node.Item1, Name = node.Item2, Address = "x:1", Status = MemberStatus.Up })]);
        return new ClusterStatus(
            Self, view, new PlacementPlan([.. plan.Select(static shard => new ShardReplicas(shard.Leader, [shard.Follower]))]), [.. rows], [.. leading]) { IsCurrent = isCurrent };
    }
}
