using System.Collections.Immutable;

namespace Pleiad.Kernel.Tests;

/// <summary>Whoever begins to lead says so: where samples go is known before the rows are read again.</summary>
public sealed class LeaderToldTests
{
    private static readonly NodeIncarnation A = new(new Guid("00000000-0000-0000-0000-00000000000a"));
    private static readonly NodeIncarnation B = new(new Guid("00000000-0000-0000-0000-00000000000b"));
    private static readonly NodeIncarnation C = new(new Guid("00000000-0000-0000-0000-00000000000c"));

    [Fact]
    public void Who_says_that_he_leads_is_believed_until_a_look_that_was_begun_later_says_what_is_so()
    {
        RegionState state = After(Looked(Row(0, 3, A), Row(1, 3, A)), new RegionEvent.LeaderTold(C, 1, 4), new RegionEvent.LeaderTold(B, 0, 4));
        Assert.Equal([new ToldLeader(0, B, 4), new ToldLeader(1, C, 4)], state.Told.ToArray());

        // What the rows say is as it was, for whatever else is decided by them.
        Assert.Equal([Row(0, 3, A), Row(1, 3, A)], state.Rows.ToArray());
        state = After(state, new RegionEvent.Ticked());
        Assert.Equal(2, state.Told.Length);

        // Of shard 1 the store knows nothing: it has lost what it had.
        state = After(state, new RegionEvent.RowsRead([Row(0, 4, B), Row(1, 3, A)]));
        Assert.Empty(state.Told);
        Assert.Equal([Row(0, 4, B), Row(1, 3, A)], state.Rows.ToArray());
    }

    [Fact]
    public void A_look_that_was_under_way_may_be_older_and_the_next_one_is_not()
    {
        RegionState state = After(Looked(Row(0, 3, A)), new RegionEvent.Ticked(), new RegionEvent.LeaderTold(B, 0, 4), new RegionEvent.RowsRead([Row(0, 3, A)]));
        Assert.Equal([new ToldLeader(0, B, 4)], state.Told.ToArray());
        Assert.Empty(After(state, new RegionEvent.Ticked(), new RegionEvent.RowsRead([Row(0, 3, A)])).Told);

        // One that fails says nothing.
        Assert.Equal([new ToldLeader(0, B, 4)], After(state, new RegionEvent.Ticked(), new RegionEvent.ReadFailed(WasPlan: false)).Told.ToArray());
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, 2)]
    [InlineData(1, 4)]
    [InlineData(-1, 4)]
    public void What_the_rows_know_already_and_shards_that_there_are_not_are_no_news(int shard, long epoch) =>
        Assert.Empty(After(Looked(Row(0, 3, A)), new RegionEvent.LeaderTold(B, shard, epoch)).Told);

    [Fact]
    public void Of_two_who_say_it_the_newer_one_counts_whoever_is_heard_first()
    {
        RegionEvent.LeaderTold older = new(B, 0, 4);
        RegionEvent.LeaderTold newer = new(C, 0, 5);
        Assert.Equal([new ToldLeader(0, C, 5)], After(Looked(Row(0, 3, A)), older, newer).Told.ToArray());
        Assert.Equal([new ToldLeader(0, C, 5)], After(Looked(Row(0, 3, A)), newer, older).Told.ToArray());
    }

    [Fact]
    public void It_is_no_news_once_this_node_has_taken_the_shard_behind_him()
    {
        RegionState state = After(
            Looked(Row(0, 3, B)), new RegionEvent.PlanRead(new PlacementPlan([new ShardReplicas("a", [])]), 1), new RegionEvent.LeaderTold(C, 0, 4),
            new RegionEvent.ViewChanged(new MembershipView(2, [Node(A, "a")])), new RegionEvent.TakeEnded(0, Row(0, 5, A)));
        Assert.Equal(5, state.Rows[0].Epoch);
        Assert.Empty(state.Told);
    }

    [Fact]
    public void A_leader_goes_on_until_the_journal_or_the_rows_say_otherwise()
    {
        RegionState state = After(
            Looked(ShardOwnership.Untaken(0)), new RegionEvent.PlanRead(new PlacementPlan([new ShardReplicas("a", [])]), 1),
            new RegionEvent.TakeEnded(0, Row(0, 1, A)), new RegionEvent.CatchUpEnded(0, Row(0, 1, A)));
        (state, ImmutableArray<RegionEffect> effects) = state.On(new RegionEvent.LeaderTold(B, 0, 2));
        Assert.Empty(effects);
        Assert.Equal([0], state.Leading);
    }

    [Fact]
    public void The_message_is_read_as_it_was_written_and_no_shorter()
    {
        NodeMessage message = ClusterMessages.LeadsTell(5, 1L << 40);
        var incoming = new IncomingMessage(B, Lane.Control, IsAsk: false, message);
        Assert.Equal(new ClusterRequest.Leads(B, 5, 1L << 40), ClusterMessages.Read(incoming));
        for (int length = 0; length < message.Payload.Length; length++)
        {
            Assert.Throws<TransportException>(() => ClusterMessages.Read(incoming with { Message = new NodeMessage(message.Number, message.Payload[..length]) }));
        }
    }

    /// <summary>A, which has looked once.</summary>
    private static RegionState Looked(params ShardOwnership[] rows) => After(
        RegionState.Begin(A, "a", new RegionSettings { Replicas = 1 }),
        new RegionEvent.Ticked(), new RegionEvent.ViewChanged(new MembershipView(1, [Node(A, "a"), Node(B, "b"), Node(C, "c")])), new RegionEvent.RowsRead([.. rows]));

    private static RegionState After(RegionState state, params RegionEvent[] events) => events.Aggregate(state, static (before, happened) => before.On(happened).Next);

    private static Member Node(NodeIncarnation incarnation, string name) => new()
    {
        Incarnation = incarnation, Name = name, Address = name + ":1", Roles = ["store"], Status = MemberStatus.Up,
    };

    private static ShardOwnership Row(int shard, long epoch, NodeIncarnation owner) => new(shard, epoch, Guid.Empty, owner, 1, 0, 0, 0);
}
