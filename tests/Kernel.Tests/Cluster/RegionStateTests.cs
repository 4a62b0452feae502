using System.Collections.Immutable;

namespace Pleiad.Kernel.Tests;

public sealed class RegionStateTests
{
    private static readonly NodeIncarnation A = new(new Guid("00000000-0000-0000-0000-00000000000a"));
    private static readonly NodeIncarnation B = new(new Guid("00000000-0000-0000-0000-00000000000b"));
    private static readonly Guid Token = new("11111111-0000-0000-0000-000000000001");

    private static Member Node(NodeIncarnation incarnation, string name, MemberStatus status = MemberStatus.Up) => new()
    {
        Incarnation = incarnation, Name = name, Address = name + ":1", Roles = ["store"], Status = status,
    };

    private static MembershipView View(params Member[] members) => new(1, [.. members]);

    private static PlacementPlan PlanOf(params string[] leaders) => new([.. leaders.Select(leader => new ShardReplicas(leader, []))]);

    private static ShardOwnership Row(int shard, long epoch, NodeIncarnation owner) => new(shard, epoch, Token, owner, 1, 0, 0, 0);

    private static RegionState Begin(NodeIncarnation self, string name, int handOffs = 20) =>
        RegionState.Begin(self, name, new RegionSettings { Replicas = 1, HandOffsPerTick = handOffs });

    private static RegionState After(RegionState state, out RegionEffect[] last, params RegionEvent[] events)
    {
        last = [];
        foreach (RegionEvent happened in events)
        {
            (state, ImmutableArray<RegionEffect> effects) = state.On(happened);
            last = [.. effects];
        }

        return state;
    }

    /// <summary>B, which leads shard 0 with epoch 1.</summary>
    private static RegionState Leading()
    {
        RegionState state = After(
            Begin(B, "b"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b"))), new RegionEvent.PlanRead(PlanOf("b"), 1),
            new RegionEvent.RowsRead([ShardOwnership.Untaken(0)]));
        Assert.Equal([new RegionEffect.Take(0, 0)], effects);
        state = After(state, out effects, new RegionEvent.TakeEnded(0, Row(0, 1, B)));
        Assert.Equal([new RegionEffect.CatchUp(Row(0, 1, B))], effects);
        Assert.Empty(state.Leading);
        state = After(state, out effects, new RegionEvent.CatchUpEnded(0, Row(0, 1, B)));
        Assert.Equal([new RegionEffect.BeginLead(Row(0, 1, B))], effects);
        Assert.Equal([0], state.Leading);
        return state;
    }

    [Fact]
    public void The_first_of_the_living_writes_the_plan_and_nobody_else()
    {
        RegionEvent[] learned =
        [
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b"))), new RegionEvent.PlanRead(null, 0),
            new RegionEvent.RowsRead([ShardOwnership.Untaken(0), ShardOwnership.Untaken(1)]),
        ];
        RegionState first = After(Begin(A, "a"), out RegionEffect[] effects, learned);
        RegionEffect.WritePlan write = Assert.IsType<RegionEffect.WritePlan>(Assert.Single(effects));
        Assert.Equal(0, write.SeenVersion);
        Assert.Equal(["a", "b"], write.Plan.Shards.Select(shard => shard.Leader).Order());
        After(first, out effects, new RegionEvent.PlanWriteEnded());
        Assert.Equal([new RegionEffect.ReadPlan(0)], effects);
        After(Begin(B, "b"), out effects, learned);
        Assert.Empty(effects);
    }

    [Fact]
    public void A_shard_of_a_dead_owner_is_taken_at_once_and_that_of_a_living_one_is_asked_for()
    {
        RegionState state = After(
            Begin(B, "b"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b"))), new RegionEvent.PlanRead(PlanOf("b"), 1),
            new RegionEvent.RowsRead([Row(0, 3, A)]));
        Assert.Empty(effects);
        After(state, out effects, new RegionEvent.Ticked());
        Assert.Contains(new RegionEffect.AskHandOff(Node(A, "a"), 0, 3), effects);
        After(state, out effects, new RegionEvent.ViewChanged(View(Node(A, "a", MemberStatus.Dead), Node(B, "b"))));
        Assert.Contains(new RegionEffect.Take(0, 3), effects);
    }

    [Fact]
    public void So_many_hand_offs_are_asked_for_in_a_tick_and_no_more()
    {
        RegionState state = After(
            Begin(B, "b", handOffs: 5), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b"))),
            new RegionEvent.PlanRead(PlanOf([.. Enumerable.Repeat("b", 40)]), 1), new RegionEvent.RowsRead([.. Enumerable.Range(0, 40).Select(i => Row(i, 1, A))]));

        // Two at first, then twice as many, and five at most.
        foreach (int expected in (int[])[2, 4, 5, 5])
        {
            state = After(state, out effects, new RegionEvent.Ticked());
            Assert.Equal(expected, effects.OfType<RegionEffect.AskHandOff>().Count());
            state = After(state, out effects, new RegionEvent.RowsRead([.. Enumerable.Range(0, 40).Select(i => Row(i, 1, A))]));
            Assert.Empty(effects.OfType<RegionEffect.AskHandOff>());
        }

        // None while what was taken waits, and from the beginning behind that.
        state = After(state, out effects, new RegionEvent.Ticked(IsStarting: true));
        Assert.Empty(effects.OfType<RegionEffect.AskHandOff>());
        state = After(state, out effects, new RegionEvent.Ticked());
        Assert.Equal(2, effects.OfType<RegionEffect.AskHandOff>().Count());

        // Not for ever: it may wait for something else.
        for (int tick = 0; tick < new RegionSettings().HandOffsHeldMax; tick++)
        {
            state = After(state, out effects, new RegionEvent.Ticked(IsStarting: true));
            Assert.Empty(effects.OfType<RegionEffect.AskHandOff>());
        }

        After(state, out effects, new RegionEvent.Ticked(IsStarting: true));
        Assert.Equal(2, effects.OfType<RegionEffect.AskHandOff>().Count());
    }

    [Fact]
    public void A_leader_that_is_asked_drains_first_and_then_lets_go()
    {
        RegionState state = After(Leading(), out RegionEffect[] effects, new RegionEvent.HandOffAsked(A, 0, SeenEpoch: 1, Request: 7));
        Assert.Equal([new RegionEffect.Drain(0)], effects);
        Assert.Empty(state.Leading);
        state = After(state, out effects, new RegionEvent.HandOffAsked(A, 0, 1, Request: 8));
        Assert.Equal([new RegionEffect.AnswerHandOff(A, 0, 8, MayTake: false)], effects);
        state = After(state, out effects, new RegionEvent.PlanRead(PlanOf("a"), 2), new RegionEvent.Drained(0));
        Assert.Equal([new RegionEffect.AnswerHandOff(A, 0, 7, MayTake: true)], effects);
        Assert.True(state.IsEmpty);
        After(state, out effects, new RegionEvent.HandOffAsked(A, 0, 1, Request: 9));
        Assert.Equal([new RegionEffect.AnswerHandOff(A, 0, 9, MayTake: true)], effects);
    }

    [Fact]
    public void A_leader_with_records_that_the_journal_does_not_have_leads_on_until_it_has()
    {
        RegionState state = After(Leading(), out RegionEffect[] effects, new RegionEvent.HandOffAsked(A, 0, SeenEpoch: 1, Request: 7) { KeepsRecords = true });
        Assert.Equal([new RegionEffect.AnswerHandOff(A, 0, 7, MayTake: false)], effects);
        Assert.Equal([0], state.Leading);
        After(state, out effects, new RegionEvent.HandOffAsked(A, 0, SeenEpoch: 1, Request: 8));
        Assert.Equal([new RegionEffect.Drain(0)], effects);

        // Of what another leads they keep it from nobody.
        After(Begin(B, "b"), out effects, new RegionEvent.HandOffAsked(A, 0, SeenEpoch: 1, Request: 9) { KeepsRecords = true });
        Assert.Equal([new RegionEffect.AnswerHandOff(A, 0, 9, MayTake: true)], effects);
    }

    [Fact]
    public void Who_asks_with_an_old_epoch_gets_nothing()
    {
        RegionState state = After(Leading(), out RegionEffect[] effects, new RegionEvent.HandOffAsked(A, 0, SeenEpoch: 0, Request: 7));
        Assert.Equal([new RegionEffect.AnswerHandOff(A, 0, 7, MayTake: false)], effects);
        Assert.Equal([0], state.Leading);
    }

    [Fact]
    public void Who_is_fenced_or_sees_another_owner_stops_to_lead()
    {
        RegionState fenced = After(Leading(), out RegionEffect[] effects, new RegionEvent.Fenced(0, Epoch: 1));
        Assert.Equal([new RegionEffect.EndLead(0)], effects);
        Assert.Empty(fenced.Leading);
        After(Leading(), out effects, new RegionEvent.Fenced(0, Epoch: 0));
        Assert.Empty(effects);
        RegionState seen = After(Leading(), out effects, new RegionEvent.Ticked(), new RegionEvent.RowsRead([Row(0, 2, A) with { Token = Guid.Empty }]));
        Assert.Equal([new RegionEffect.EndLead(0)], effects);
        Assert.Empty(seen.Leading);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_let_go_of_is_left_to_who_asked_for_it_though_the_plan_that_was_read_last_does_not_know_him(bool dies)
    {
        RegionState state = After(Leading(), out RegionEffect[] effects, new RegionEvent.HandOffAsked(A, 0, 1, 7), new RegionEvent.Drained(0));
        Assert.Equal([new RegionEffect.AnswerHandOff(A, 0, 7, MayTake: true)], effects);
        for (int tick = 1; tick < new RegionSettings().GivenTicksMax; tick++)
        {
            state = After(state, out effects, new RegionEvent.Ticked());
            Assert.Empty(effects.OfType<RegionEffect.Take>());
            state = After(state, out effects, new RegionEvent.RowsRead([Row(0, 1, B)]));
            Assert.Empty(effects);
        }

        // Unless he does not come for it, or cannot.
        state = dies
            ? After(state, out effects, new RegionEvent.ViewChanged(View(Node(A, "a", MemberStatus.Dead), Node(B, "b"))))
            : After(state, out effects, new RegionEvent.Ticked());
        Assert.Equal([new RegionEffect.Take(0, 1)], effects.OfType<RegionEffect.Take>());

        // And once he has had it, it is like any other.
        state = After(Leading(), out effects, new RegionEvent.HandOffAsked(A, 0, 1, 7), new RegionEvent.Drained(0), new RegionEvent.Ticked(), new RegionEvent.RowsRead([Row(0, 2, A)]));
        After(state, out effects, new RegionEvent.Ticked());
        Assert.Equal([new RegionEffect.AskHandOff(Node(A, "a"), 0, 2)], effects.OfType<RegionEffect.AskHandOff>());
    }

    [Fact]
    public void Rows_that_were_read_before_a_shard_was_taken_do_not_end_its_lead()
    {
        RegionState state = After(
            Begin(B, "b"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b"))), new RegionEvent.PlanRead(PlanOf("b"), 1),
            new RegionEvent.RowsRead([ShardOwnership.Untaken(0)]), new RegionEvent.Ticked(),
            new RegionEvent.TakeEnded(0, Row(0, 1, B)), new RegionEvent.CatchUpEnded(0, Row(0, 1, B)), new RegionEvent.RowsRead([ShardOwnership.Untaken(0)]));
        Assert.Empty(effects);
        Assert.Equal([0], state.Leading);
        Assert.Equal(1, state.Rows[0].Epoch);
    }

    [Fact]
    public void When_a_take_is_not_answered_nothing_is_done_until_the_rows_were_read()
    {
        RegionState state = After(
            Begin(B, "b"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b"))), new RegionEvent.PlanRead(PlanOf("b"), 1),
            new RegionEvent.RowsRead([ShardOwnership.Untaken(0)]), new RegionEvent.TakeEnded(0, null));
        Assert.Empty(effects);
        state = After(state, out effects, new RegionEvent.Ticked());
        Assert.Empty(effects.OfType<RegionEffect.Take>());
        After(state, out effects, new RegionEvent.RowsRead([Row(0, 1, B)]));
        Assert.Equal([new RegionEffect.Take(0, 1)], effects);
    }

    [Fact]
    public void Who_leaves_takes_nothing_new()
    {
        After(
            Begin(B, "b"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b", MemberStatus.Leaving))), new RegionEvent.PlanRead(PlanOf("b"), 1),
            new RegionEvent.RowsRead([ShardOwnership.Untaken(0)]));
        Assert.Empty(effects);
    }

    [Fact]
    public void A_plan_that_was_seen_is_read_again_when_it_has_changed_and_now_and_then()
    {
        RegionState state = After(Leading(), out RegionEffect[] effects);
        var read = new List<long>();
        int looks = new RegionSettings().PlanLooksMax;
        for (int tick = 0; tick <= looks; tick++)
        {
            state = After(state, out effects, new RegionEvent.Ticked());
            long seen = Assert.Single(effects.OfType<RegionEffect.ReadPlan>()).SeenVersion;
            read.Add(seen);
            state = After(state, out _, seen > 0 ? new RegionEvent.PlanUnchanged() : new RegionEvent.PlanRead(PlanOf("b"), 1));
        }

        // Leading() has looked once.
        Assert.Equal([.. Enumerable.Repeat(1L, looks - 1), 0, 1], read);
        Assert.Equal([0], state.Leading);
    }

    [Fact]
    public void The_plan_is_awaited_while_it_has_shards_for_a_node_that_is_dead()
    {
        // The first of the living keeps the plan, and is not this one.
        Member first = Node(new NodeIncarnation(new Guid("00000000-0000-0000-0000-000000000001")), "first");
        RegionState state = After(
            Begin(B, "b"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(first, Node(A, "a"), Node(B, "b"))), new RegionEvent.PlanRead(PlanOf("a"), 1),
            new RegionEvent.RowsRead([Row(0, 1, A)]));
        Assert.False(state.AwaitsPlan);
        state = After(state, out effects, new RegionEvent.ViewChanged(View(first, Node(A, "a", MemberStatus.Dead), Node(B, "b"))));
        Assert.True(state.AwaitsPlan);
        state = After(state, out effects, new RegionEvent.Hurried());
        Assert.Equal([new RegionEffect.ReadPlan(1)], effects.OfType<RegionEffect.ReadPlan>());
        state = After(state, out effects, new RegionEvent.PlanRead(PlanOf("b"), 2));
        Assert.False(state.AwaitsPlan);
        Assert.Equal([new RegionEffect.Take(0, 1)], effects);
    }

    [Fact]
    public void A_store_that_came_back_with_an_older_plan_is_believed_and_written_over()
    {
        // This node keeps the plan.
        RegionState state = After(
            Begin(A, "a"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"))), new RegionEvent.RowsRead([ShardOwnership.Untaken(0)]),
            new RegionEvent.PlanRead(PlanOf("a"), 7));
        Assert.Equal([new RegionEffect.Take(0, 0)], effects);
        state = After(state, out effects, new RegionEvent.Ticked(), new RegionEvent.PlanRead(PlanOf("b"), 5));
        RegionEffect.WritePlan write = Assert.Single(effects.OfType<RegionEffect.WritePlan>());
        Assert.Equal((5, "a"), (write.SeenVersion, write.Plan.Shards[0].Leader));
        state = After(state, out effects, new RegionEvent.PlanWriteEnded());
        Assert.Equal([new RegionEffect.ReadPlan(5)], effects);
        state = After(state, out effects, new RegionEvent.PlanRead(PlanOf("a"), 6));
        Assert.Empty(effects.OfType<RegionEffect.WritePlan>());

        // Even if it has none at all: a look that sees the whole says so.
        After(state, out effects, new RegionEvent.Ticked(), new RegionEvent.PlanRead(null, 0));
        Assert.Equal(0, Assert.Single(effects.OfType<RegionEffect.WritePlan>()).SeenVersion);
    }

    [Fact]
    public void What_was_read_before_a_write_ended_does_not_overtake_what_is_read_behind_it()
    {
        RegionState state = After(
            Begin(A, "a"), out RegionEffect[] effects,
            new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"))), new RegionEvent.RowsRead([ShardOwnership.Untaken(0)]),
            new RegionEvent.PlanRead(PlanOf("a"), 1), new RegionEvent.Ticked(), new RegionEvent.ViewChanged(View(Node(A, "a"), Node(B, "b"))),
            new RegionEvent.RowsRead([Row(0, 1, A)]));

        // A look is under way while the plan is written.
        state = After(state, out effects, new RegionEvent.ViewChanged(View(Node(A, "c"))));
        Assert.Equal("c", Assert.Single(effects.OfType<RegionEffect.WritePlan>()).Plan.Shards[0].Leader);
        state = After(state, out effects, new RegionEvent.PlanWriteEnded());
        Assert.Empty(effects);
        state = After(state, out effects, new RegionEvent.PlanRead(PlanOf("a"), 1));
        Assert.Equal([new RegionEffect.ReadPlan(1)], effects);
        state = After(state, out effects, new RegionEvent.PlanRead(PlanOf("c"), 2));
        Assert.Empty(effects.OfType<RegionEffect.WritePlan>());
        Assert.Equal("c", state.Plan?.Shards[0].Leader);
    }
}
