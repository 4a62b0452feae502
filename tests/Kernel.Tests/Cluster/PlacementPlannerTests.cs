namespace Pleiad.Kernel.Tests;

public sealed class PlacementPlannerTests
{
    private static PlacementNode[] Nodes(int count, int zones = 0, Func<int, double>? weight = null) =>
        [.. Enumerable.Range(0, count).Select(i => new PlacementNode($"node-{i}", zones == 0 ? "" : $"zone-{i % zones}", weight?.Invoke(i) ?? 1))];

    private static Dictionary<string, int> Copies(PlacementPlan plan) =>
        plan.Shards.SelectMany(shard => shard.All).CountBy(name => name).ToDictionary();

    private static Dictionary<string, int> Leads(PlacementPlan plan) => plan.Shards.CountBy(shard => shard.Leader).ToDictionary();

    private static void AssertSound(PlacementPlan plan, int replicas, PlacementNode[] nodes)
    {
        int zones = nodes.Select(node => node.Zone.Length > 0 ? node.Zone : node.Name).Distinct().Count();
        Assert.All(plan.Shards, shard =>
        {
            string[] all = [.. shard.All];
            Assert.Equal(Math.Min(replicas, nodes.Length), all.Distinct().Count());
            Assert.Equal(all.Length, all.Distinct().Count());
            Assert.All(all, name => Assert.Contains(nodes, node => node.Name == name));
            if (zones >= replicas)
            {
                Assert.Equal(all.Length, all.Select(name => nodes.First(node => node.Name == name)).Select(node => node.Zone.Length > 0 ? node.Zone : node.Name).Distinct().Count());
            }
        });
    }

    private static void AssertEven(Dictionary<string, int> counts, int total, PlacementNode[] nodes)
    {
        double fair = (double)total / nodes.Length;
        Assert.All(nodes, node => Assert.InRange(counts.GetValueOrDefault(node.Name), (int)Math.Floor(fair), (int)Math.Ceiling(fair)));
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 0)]
    [InlineData(3, 3, 0)]
    [InlineData(5, 2, 0)]
    [InlineData(6, 2, 3)]
    [InlineData(9, 3, 3)]
    [InlineData(12, 2, 2)]
    [InlineData(20, 2, 0)]
    public void Copies_and_leads_are_even_to_within_one_and_zones_apart(int count, int replicas, int zones)
    {
        PlacementNode[] nodes = Nodes(count, zones);
        PlacementPlan plan = PlacementPlanner.Next(PlacementPlan.Nowhere(128), replicas, nodes);
        AssertSound(plan, replicas, nodes);
        AssertEven(Copies(plan), 128 * Math.Min(replicas, count), nodes);
        AssertEven(Leads(plan), 128, nodes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Through_any_history_copies_move_only_as_far_as_shares_change(int seed)
    {
        var chance = new Random(seed);
        const int Shards = 128;
        const int Replicas = 2;
        PlacementNode[] pool = Nodes(14, zones: seed % 2 == 0 ? 0 : 7);
        List<PlacementNode> alive = [.. pool.Take(7)];
        PlacementPlan plan = PlacementPlanner.Next(PlacementPlan.Nowhere(Shards), Replicas, alive);
        for (int step = 0; step < 30; step++)
        {
            PlacementPlan before = plan;
            PlacementNode[] absent = [.. pool.Except(alive)];
            bool joins = alive.Count <= 4 || (absent.Length > 0 && chance.Next(2) == 0);
            PlacementNode changed = joins ? absent[chance.Next(absent.Length)] : alive[chance.Next(alive.Count)];
            if (joins)
            {
                alive.Add(changed);
            }
            else
            {
                alive.Remove(changed);
            }

            PlacementNode[] nodes = [.. alive.OrderBy(_ => chance.Next())];
            plan = PlacementPlanner.Next(before, Replicas, nodes);
            AssertSound(plan, Replicas, nodes);
            int moved = plan.CopiesMovedSince(before);
            int mustMove = joins ? Copies(plan)[changed.Name] : Copies(before)[changed.Name];
            if (seed % 2 == 0)
            {
                AssertEven(Copies(plan), Shards * Replicas, nodes);
                AssertEven(Leads(plan), Shards, nodes);
                // Without zones nothing but the share of the node that came or went moves, and what evens out to within one.
                Assert.InRange(moved, mustMove, mustMove + nodes.Length);
            }
            else
            {
                Assert.InRange(moved, mustMove, Shards);
            }
        }
    }

    [Fact]
    public void A_shard_that_has_lost_its_leader_is_led_by_who_has_followed_it()
    {
        PlacementNode[] nodes = Nodes(3);
        PlacementPlan before = PlacementPlanner.Next(PlacementPlan.Nowhere(64), 2, nodes);
        PlacementPlan after = PlacementPlanner.Next(before, 2, nodes[1..]);
        Assert.All(after.Shards.Zip(before.Shards), pair => Assert.Contains(pair.First.Leader, pair.Second.All));
    }

    [Fact]
    public void Who_returns_under_its_name_finds_its_shards_when_nobody_else_was_there()
    {
        PlacementNode[] nodes = Nodes(2);
        PlacementPlan plan = PlacementPlanner.Next(PlacementPlan.Nowhere(16), 2, nodes);
        Assert.Same(plan, PlacementPlanner.Next(plan, 2, []));
        Assert.Equal(plan, PlacementPlanner.Next(plan, 2, nodes));
    }

    [Fact]
    public void The_order_in_which_nodes_are_named_decides_nothing()
    {
        PlacementNode[] nodes = Nodes(7, zones: 3);
        PlacementPlan plan = PlacementPlanner.Next(PlacementPlan.Nowhere(128), 2, nodes);
        Assert.Equal(plan, PlacementPlanner.Next(PlacementPlan.Nowhere(128), 2, [.. nodes.Reverse()]));
    }

    [Fact]
    public void Shares_follow_weights()
    {
        PlacementNode[] nodes = Nodes(4, weight: i => i == 0 ? 2 : 1);
        Dictionary<string, int> copies = Copies(PlacementPlanner.Next(PlacementPlan.Nowhere(100), 2, nodes));
        Assert.Equal([80, 40, 40, 40], nodes.Select(node => copies[node.Name]));
        // Nobody has a shard twice, whatever its weight.
        nodes = Nodes(3, weight: i => i == 0 ? 50 : 1);
        copies = Copies(PlacementPlanner.Next(PlacementPlan.Nowhere(100), 2, nodes));
        Assert.Equal([100, 50, 50], nodes.Select(node => copies[node.Name]));
    }

    [Fact]
    public void Rendezvous_alone_spreads_by_weight()
    {
        const int Shards = 40_000;
        int heavy = Enumerable.Range(0, Shards).Count(shard => Rendezvous.Score("a", 3, shard) > Rendezvous.Score("b", 1, shard));
        Assert.InRange((double)heavy / Shards, 0.74, 0.76);
    }
}
