using System.Collections.Immutable;

namespace Pleiad.Kernel.Tests;

public sealed class MembershipStateTests
{
    private static SimulatedCluster Up(int nodes, int seed = 1)
    {
        var cluster = new SimulatedCluster(seed);
        for (int i = 0; i < nodes; i++)
        {
            cluster.Start();
        }

        Settle(cluster, [.. cluster.Nodes]);
        return cluster;
    }

    // Ten seconds, and a few more where answers of the store got lost at the end.
    private static void Settle(SimulatedCluster cluster, params SimulatedCluster.Node[] nodes)
    {
        cluster.Run(10);
        for (int i = 0; i < 20 && !nodes.All(node => cluster.StatusOf(node) == MemberStatus.Up && node.State.View.Equals(cluster.Stored)); i++)
        {
            cluster.Run(1);
        }

        AssertUp(cluster, nodes);
    }

    private static void AssertUp(SimulatedCluster cluster, params SimulatedCluster.Node[] nodes) =>
        Assert.All(nodes, node =>
        {
            Assert.Equal((node.Index, MemberStatus.Up), (node.Index, cluster.StatusOf(node)));
            Assert.False(node.HasStopped);
            Assert.Equal(cluster.Stored, node.State.View);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(25)]
    public void Nodes_that_start_together_become_members(int nodes) => Up(nodes);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_node_that_is_killed_is_dead_within_four_seconds(int seed)
    {
        SimulatedCluster cluster = Up(3, seed);
        cluster.Nodes[1].IsGone = true;
        cluster.Run(4);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(cluster.Nodes[1]));
        AssertUp(cluster, cluster.Nodes[0], cluster.Nodes[2]);
    }

    [Fact]
    public void A_node_whose_process_has_gone_is_known_to_be_dead_to_all_after_a_tick_and_a_few_looks()
    {
        for (int seed = 1; seed <= 100; seed++)
        {
            SimulatedCluster cluster = Up(3, seed);
            cluster.Nodes[1].IsGone = true;

            // A probe a tick, two of them refused a look apart, the one by way of the other node, the second accuser, and whoever has to hear of it; answers of
            // the store get lost now and then, and are asked for again a look later.
            cluster.Run(2.2);
            Assert.Equal((seed, MemberStatus.Dead), (seed, cluster.StatusOf(cluster.Nodes[1])));
            Assert.Equal((seed, cluster.Stored), (seed, cluster.Nodes[0].State.View));
            Assert.Equal((seed, cluster.Stored), (seed, cluster.Nodes[2].State.View));
        }
    }

    [Fact]
    public void A_node_whose_connections_break_is_asked_at_once_and_is_dead_to_all_after_a_few_looks()
    {
        for (int seed = 1; seed <= 100; seed++)
        {
            SimulatedCluster cluster = Up(3, seed);

            // Anywhere between two ticks.
            cluster.Run(seed / 100.0);
            cluster.Kill(cluster.Nodes[1]);
            cluster.Run(1.2);
            Assert.Equal((seed, MemberStatus.Dead), (seed, cluster.StatusOf(cluster.Nodes[1])));
            Assert.Equal((seed, cluster.Stored), (seed, cluster.Nodes[0].State.View));
            Assert.Equal((seed, cluster.Stored), (seed, cluster.Nodes[2].State.View));
        }
    }

    [Fact]
    public void A_node_that_lives_is_asked_once_between_two_ticks_however_often_its_connection_breaks()
    {
        SimulatedCluster cluster = Up(2);
        MembershipState state = cluster.Nodes[0].State;
        NodeIncarnation peer = cluster.Nodes[1].Self.Incarnation;
        int probes = 0;
        for (int broken = 0; broken < 20; broken++)
        {
            (state, ImmutableArray<MembershipEffect> effects) = state.On(new MembershipEvent.ConnectionBroke(peer), cluster.Now);
            foreach (MembershipEffect.Probe probe in effects.OfType<MembershipEffect.Probe>())
            {
                probes++;
                (state, _) = state.On(new MembershipEvent.ProbeEnded(peer, probe.Number, ProbeResult.Reached, ReachesBack: true), cluster.Now);
            }
        }

        Assert.Equal(1, probes);
        Assert.False(state.SuspectsAny);
        (state, ImmutableArray<MembershipEffect> ticked) = state.On(new MembershipEvent.Ticked(), cluster.Now + cluster.Settings.ProbeInterval);
        (state, _) = state.On(new MembershipEvent.ProbeEnded(peer, Assert.Single(ticked.OfType<MembershipEffect.Probe>()).Number, ProbeResult.Reached, ReachesBack: true), cluster.Now);
        Assert.Single(state.On(new MembershipEvent.ConnectionBroke(peer), cluster.Now).Effects.OfType<MembershipEffect.Probe>());
    }

    [Fact]
    public void Of_two_nodes_the_one_that_is_left_needs_no_second_accuser()
    {
        SimulatedCluster cluster = Up(2);
        cluster.Nodes[0].IsGone = true;
        cluster.Run(4);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(cluster.Nodes[0]));
        AssertUp(cluster, cluster.Nodes[1]);
    }

    [Fact]
    public void An_outage_of_the_store_kills_nobody()
    {
        SimulatedCluster cluster = Up(3);
        MembershipView before = cluster.Stored;
        cluster.StoreIsAway = true;
        cluster.Run(900);
        cluster.StoreIsAway = false;
        cluster.Run(10);
        Assert.Equal(before, cluster.Stored);
        AssertUp(cluster, [.. cluster.Nodes]);
    }

    [Fact]
    public void Who_dies_while_the_store_is_away_is_dead_when_it_is_back()
    {
        SimulatedCluster cluster = Up(3);
        cluster.StoreIsAway = true;
        cluster.Nodes[2].IsGone = true;
        cluster.Run(60);
        Assert.Equal(MemberStatus.Up, cluster.StatusOf(cluster.Nodes[2]));
        cluster.StoreIsAway = false;
        cluster.Run(4);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(cluster.Nodes[2]));
        AssertUp(cluster, cluster.Nodes[0], cluster.Nodes[1]);
    }

    [Fact]
    public void A_node_that_loses_only_the_store_stays_a_member()
    {
        SimulatedCluster cluster = Up(3);
        cluster.Nodes[0].IsCutFromStore = true;
        cluster.Run(300);
        Assert.Equal(MemberStatus.Up, cluster.StatusOf(cluster.Nodes[0]));
        AssertUp(cluster, cluster.Nodes[1], cluster.Nodes[2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Who_is_cut_off_from_the_others_dies_and_not_they(int seed)
    {
        SimulatedCluster cluster = Up(3, seed);
        SimulatedCluster.Node lonely = cluster.Nodes[seed % 3];
        foreach (SimulatedCluster.Node other in cluster.Nodes.Where(node => node != lonely))
        {
            cluster.CutBothWays(lonely, other);
        }

        cluster.Run(20);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(lonely));
        Assert.True(lonely.HasStopped);
        AssertUp(cluster, [.. cluster.Nodes.Where(node => node != lonely)]);
    }

    [Fact]
    public void Who_answers_nothing_is_dead_after_the_time_of_its_last_try_and_a_few_looks()
    {
        for (int seed = 1; seed <= 100; seed++)
        {
            SimulatedCluster cluster = Up(3, seed);
            SimulatedCluster.Node lonely = cluster.Nodes[seed % 3];
            foreach (SimulatedCluster.Node other in cluster.Nodes.Where(node => node != lonely))
            {
                cluster.CutBothWays(lonely, other);
            }

            // At most a second until the first of three tries, 0.8 s for the last of them, and others try in the same time.
            cluster.Run(4.6);
            Assert.Equal((seed, MemberStatus.Dead), (seed, cluster.StatusOf(lonely)));
        }
    }

    [Theory]
    [InlineData(ProbeResult.TimedOut, true)]
    [InlineData(ProbeResult.Reached, false)]
    public void What_others_say_while_the_last_try_is_under_way_waits_for_its_end(ProbeResult last, bool accused)
    {
        SimulatedCluster cluster = Up(3);
        TimeSpan now = TimeSpan.Zero;
        MembershipState state = MembershipState.Begin(cluster.Nodes[0].Self, new MembershipSettings());
        (state, _) = state.On(new MembershipEvent.ViewRead(cluster.Stored), now);
        Member lost = cluster.Nodes[1].Self, via = cluster.Nodes[2].Self;
        for (int tries = 0; tries < 2; tries++)
        {
            long probe = TickAndAnswerTheOther();
            (state, _) = state.On(new MembershipEvent.ProbeEnded(lost.Incarnation, probe, ProbeResult.TimedOut, false), now);
        }

        long lastProbe = TickAndAnswerTheOther();
        (state, var effects) = state.On(new MembershipEvent.IndirectProbeEnded(lost.Incarnation, via.Incarnation, false), now);
        Assert.Empty(effects);
        (state, effects) = state.On(new MembershipEvent.ProbeEnded(lost.Incarnation, lastProbe, last, true), now);
        Assert.Equal(accused, effects.OfType<MembershipEffect.WriteView>().Any(static write => write.Changed.Any(static member => !member.Accusers.IsEmpty)));
        Assert.Equal(accused, state.SuspectsAny);

        long TickAndAnswerTheOther()
        {
            now += TimeSpan.FromSeconds(1);
            (state, var ticked) = state.On(new MembershipEvent.Ticked(), now);
            MembershipEffect.Probe[] probes = [.. ticked.OfType<MembershipEffect.Probe>()];
            long other = probes.Single(probe => probe.Peer.Incarnation == via.Incarnation).Number;
            (state, _) = state.On(new MembershipEvent.ProbeEnded(via.Incarnation, other, ProbeResult.Reached, true), now);
            return probes.Single(probe => probe.Peer.Incarnation == lost.Incarnation).Number;
        }
    }

    [Fact]
    public void Who_was_cut_off_while_the_store_was_away_has_no_head_start_when_it_returns()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            SimulatedCluster cluster = Up(4, seed);
            SimulatedCluster.Node lonely = cluster.Nodes[seed % 4];
            cluster.StoreIsAway = true;
            foreach (SimulatedCluster.Node other in cluster.Nodes.Where(node => node != lonely))
            {
                cluster.CutBothWays(lonely, other);
            }

            cluster.Run(60);
            cluster.StoreIsAway = false;
            cluster.Run(20);
            Assert.Equal(MemberStatus.Dead, cluster.StatusOf(lonely));
            AssertUp(cluster, [.. cluster.Nodes.Where(node => node != lonely)]);
        }
    }

    [Fact]
    public void One_link_that_is_broken_kills_nobody_while_there_is_a_way_round()
    {
        SimulatedCluster cluster = Up(3);
        cluster.Cut(cluster.Nodes[0], cluster.Nodes[1]);
        cluster.Run(60);
        AssertUp(cluster, [.. cluster.Nodes]);
        cluster.Cut(cluster.Nodes[1], cluster.Nodes[0]);
        cluster.Run(60);
        AssertUp(cluster, [.. cluster.Nodes]);
    }

    [Fact]
    public void Who_survives_alone_finds_all_others_dead()
    {
        SimulatedCluster cluster = Up(4);
        foreach (SimulatedCluster.Node node in cluster.Nodes.Skip(1))
        {
            node.IsGone = true;
        }

        cluster.Run(20);
        AssertUp(cluster, cluster.Nodes[0]);
        Assert.All(cluster.Nodes.Skip(1), node => Assert.Equal(MemberStatus.Dead, cluster.StatusOf(node)));
    }

    [Fact]
    public void Who_starts_after_all_have_died_finds_those_dead_who_do_not_return()
    {
        SimulatedCluster cluster = Up(3);
        foreach (SimulatedCluster.Node node in cluster.Nodes)
        {
            node.IsGone = true;
        }

        SimulatedCluster.Node[] again = [cluster.Start(cluster.Nodes[0].Self.Name), cluster.Start(cluster.Nodes[1].Self.Name)];
        cluster.Run(30);
        AssertUp(cluster, again);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(cluster.Nodes[2]));
    }

    [Fact]
    public void A_short_pause_is_forgiven_and_a_long_one_ends_in_a_stop()
    {
        SimulatedCluster cluster = Up(3);
        cluster.Nodes[0].PausedUntil = cluster.Now + TimeSpan.FromSeconds(1.5);
        cluster.Run(20);
        AssertUp(cluster, [.. cluster.Nodes]);
        cluster.Nodes[0].PausedUntil = cluster.Now + TimeSpan.FromSeconds(20);
        cluster.Run(10);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(cluster.Nodes[0]));
        Assert.False(cluster.Nodes[0].HasStopped);
        cluster.Run(15);
        Assert.True(cluster.Nodes[0].HasStopped);
        AssertUp(cluster, cluster.Nodes[1], cluster.Nodes[2]);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 8)]
    [InlineData(3, 8)]
    [InlineData(3, 25)]
    [InlineData(5, 8)]
    public void A_node_with_more_to_do_than_it_can_is_slow_and_not_dead(int nodes, double lagSeconds)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            SimulatedCluster cluster = Up(nodes, seed);
            cluster.Nodes[seed % nodes].Lag = TimeSpan.FromSeconds(lagSeconds);
            cluster.Run(300);
            Assert.All(cluster.Nodes, node => Assert.True(cluster.StatusOf(node) == MemberStatus.Up && !node.HasStopped, $"seed {seed}: node {node.Index} is {cluster.StatusOf(node)}"));
            cluster.Nodes[seed % nodes].Lag = TimeSpan.Zero;
            cluster.Run(30);
            Settle(cluster, [.. cluster.Nodes]);
            Assert.All(cluster.Stored.Members, member => Assert.Empty(member.Accusers));
        }
    }

    [Fact]
    public void A_node_in_which_nothing_goes_on_any_more_is_dead_though_it_could_answer()
    {
        SimulatedCluster cluster = Up(3);
        cluster.Nodes[1].BehindUntil = cluster.Now + TimeSpan.FromHours(1);
        cluster.Run(20);
        Assert.Equal(MemberStatus.Up, cluster.StatusOf(cluster.Nodes[1]));
        cluster.Run(25);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(cluster.Nodes[1]));
        AssertUp(cluster, cluster.Nodes[0], cluster.Nodes[2]);
    }

    [Fact]
    public void Who_wakes_from_a_pause_accuses_nobody_for_what_it_missed()
    {
        SimulatedCluster cluster = Up(2);
        foreach (SimulatedCluster.Node node in cluster.Nodes)
        {
            node.PausedUntil = cluster.Now + TimeSpan.FromSeconds(30);
        }

        cluster.Run(60);
        AssertUp(cluster, [.. cluster.Nodes]);
        Assert.All(cluster.Stored.Members, member => Assert.Empty(member.Accusers));
    }

    [Fact]
    public void A_node_that_starts_again_replaces_the_one_of_its_name_at_once()
    {
        SimulatedCluster cluster = Up(3);
        SimulatedCluster.Node former = cluster.Nodes[1];
        former.IsGone = true;
        SimulatedCluster.Node again = cluster.Start(former.Self.Name);
        cluster.Run(1);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(former));
        cluster.Run(5);
        AssertUp(cluster, again, cluster.Nodes[0], cluster.Nodes[2]);
    }

    [Fact]
    public void Who_cannot_be_reached_by_all_does_not_become_a_member()
    {
        SimulatedCluster cluster = Up(2);
        SimulatedCluster.Node third = cluster.Start();
        cluster.CutBothWays(third, cluster.Nodes[0]);
        cluster.Run(30);
        Assert.Equal(MemberStatus.Joining, cluster.StatusOf(third));
        AssertUp(cluster, cluster.Nodes[0], cluster.Nodes[1]);
        cluster.Heal();
        cluster.Run(5);
        AssertUp(cluster, third);
    }

    [Fact]
    public void The_dead_are_forgotten_after_a_while()
    {
        SimulatedCluster cluster = Up(3);
        cluster.Nodes[0].IsGone = true;
        cluster.Run(60);
        Assert.Equal(MemberStatus.Dead, cluster.StatusOf(cluster.Nodes[0]));
        cluster.Run(600);
        Assert.Null(cluster.StatusOf(cluster.Nodes[0]));
        AssertUp(cluster, cluster.Nodes[1], cluster.Nodes[2]);
    }

    [Fact]
    public void Who_leaves_is_emptied_first_and_then_gone()
    {
        SimulatedCluster cluster = Up(3);
        SimulatedCluster.Node leaver = cluster.Nodes[2];
        (leaver.State, var effects) = leaver.State.On(new MembershipEvent.LeaveAsked(), cluster.Now);
        MembershipEffect.WriteView leaving = Assert.Single(effects.OfType<MembershipEffect.WriteView>());
        Assert.Equal(MemberStatus.Leaving, Assert.Single(leaving.Changed).Status);
        (leaver.State, _) = leaver.State.On(new MembershipEvent.ViewWritten(cluster.Stored.With(leaving.Changed)), cluster.Now);
        Assert.True(leaver.State.View.Find(leaver.Self.Incarnation)!.IsAlive);
        (leaver.State, effects) = leaver.State.On(new MembershipEvent.Emptied(), cluster.Now);
        MembershipEffect.WriteView left = Assert.Single(effects.OfType<MembershipEffect.WriteView>());
        (leaver.State, effects) = leaver.State.On(new MembershipEvent.ViewWritten(leaver.State.View.With(left.Changed)), cluster.Now);
        Assert.Contains("left", Assert.Single(effects.OfType<MembershipEffect.Stop>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_large_cluster_each_probes_a_few_and_every_death_is_found()
    {
        SimulatedCluster cluster = Up(40);
        foreach (int i in new[] { 3, 4, 5, 17, 39 })
        {
            cluster.Nodes[i].IsGone = true;
        }

        cluster.Run(15);
        Assert.Equal(5, cluster.Stored.Members.Count(member => member.Status == MemberStatus.Dead));
        AssertUp(cluster, [.. cluster.Nodes.Where(node => !node.IsGone)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void With_a_tenth_of_all_messages_lost_nobody_dies_in_ten_minutes(int seed)
    {
        SimulatedCluster cluster = Up(3, seed);
        cluster.Loss = 0.1;
        cluster.Run(600);
        cluster.Loss = 0;
        cluster.Run(10);
        AssertUp(cluster, [.. cluster.Nodes]);
    }

    [Fact]
    public void Whatever_happens_a_view_is_replaced_only_by_its_successor_and_sound_nodes_stay()
    {
        for (int seed = 1; seed <= 150; seed++)
        {
            var chance = new Random(seed);
            SimulatedCluster cluster = Up(5, seed);
            long version = cluster.Stored.Version;
            SimulatedCluster.Node[] sound = [.. cluster.Nodes.Skip(2)];
            for (int step = 0; step < 20; step++)
            {
                SimulatedCluster.Node victim = cluster.Nodes[chance.Next(2)];
                switch (chance.Next(6))
                {
                    case 0:
                        victim.IsGone = true;
                        break;
                    case 1:
                        victim.PausedUntil = cluster.Now + TimeSpan.FromSeconds(chance.Next(1, 30));
                        break;
                    case 2:
                        cluster.StoreIsAway = !cluster.StoreIsAway;
                        break;
                    case 3:
                        cluster.Cut(cluster.Nodes[0], sound[chance.Next(sound.Length)]);
                        break;
                    case 4:
                        cluster.Cut(sound[chance.Next(sound.Length)], cluster.Nodes[0]);
                        break;
                    default:
                        cluster.Heal();
                        break;
                }

                cluster.Run(chance.Next(1, 20));
                Assert.True(cluster.Stored.Version >= version);
                version = cluster.Stored.Version;
                Assert.All(cluster.Nodes, node => Assert.True(node.State.View.Version <= version));
            }

            cluster.StoreIsAway = false;
            cluster.Heal();
            cluster.Run(60);
            Assert.All(sound, node => Assert.True(
                cluster.StatusOf(node) == MemberStatus.Up && !node.HasStopped,
                $"seed {seed}: node {node.Index} is {cluster.StatusOf(node)}, of {string.Join(", ", cluster.Nodes.Select(other => $"{cluster.StatusOf(other)}{(other.IsGone ? " (gone)" : "")}"))}"));
            Settle(cluster, sound);
            Assert.All(cluster.Nodes.Where(node => node.IsGone), node => Assert.True(cluster.StatusOf(node) is MemberStatus.Dead or null, $"seed {seed}: node {node.Index} lives on"));
        }
    }
}
