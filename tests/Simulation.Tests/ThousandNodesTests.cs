using System.Diagnostics;
using System.Globalization;
using Pleiad.Kernel;
using Pleiad.Model;
using Xunit.Abstractions;

namespace Pleiad.Simulation.Tests;

/// <summary>
/// A thousand nodes and a hundred million series, as far as the pure functions say: how even their shares are, what moves when a node joins or dies, how many
/// nodes a dashboard asks. The table is in bench/RESULTS.md.
/// </summary>
public sealed class ThousandNodesTests(ITestOutputHelper output)
{
    private const int Targets = 100_000;
    private const int SeriesOfTarget = 1_000;
    private const int Panels = 24;

    [Theory]
    [InlineData(3, 128)]
    [InlineData(10, 256)]
    [InlineData(100, 1024)]
    [InlineData(1000, 4096)]
    public void Shares_are_even_to_within_one_and_only_a_share_moves(int count, int shards)
    {
        const int Replicas = 2;
        PlacementNode[] nodes = [.. Enumerable.Range(0, count).Select(static i => new PlacementNode($"node-{i:d4}", "", 1))];
        long began = Stopwatch.GetTimestamp();
        PlacementPlan plan = PlacementPlanner.Next(PlacementPlan.Nowhere(shards), Replicas, nodes);
        TimeSpan planned = Stopwatch.GetElapsedTime(began);
        (int least, int most) leads = Range(nodes, plan.Shards.CountBy(static shard => shard.Leader));
        (int least, int most) copies = Range(nodes, plan.Shards.SelectMany(static shard => shard.All).CountBy(static name => name));
        Assert.True(leads.most - leads.least <= 1 && copies.most - copies.least <= 1);

        // Who joins gets a fair share, and nothing moves but that; a copy that changes its node to keep leaders even is one more.
        began = Stopwatch.GetTimestamp();
        PlacementNode[] more = [.. nodes, new PlacementNode("node-new", "", 1)];
        PlacementPlan joined = PlacementPlanner.Next(plan, Replicas, more);
        TimeSpan replanned = Stopwatch.GetElapsedTime(began);
        int moved = joined.CopiesMovedSince(plan);
        int share = shards * Replicas / more.Length;
        Assert.InRange(joined.Shards.Sum(static shard => shard.All.Count(static name => name == "node-new")), share, share + 1);
        Assert.InRange(moved, share, 2 * (share + 1));
        (int least, int most) leadsThen = Range(more, joined.Shards.CountBy(static shard => shard.Leader));
        Assert.True(leadsThen.most - leadsThen.least <= 1);

        // Of a node that dies all copies are made anew, hardly anything else moves, and whoever leads then had a copy before, but for one or two of
        // thousands, where leaders would not be even otherwise.
        PlacementPlan left = PlacementPlanner.Next(plan, Replicas, nodes[1..]);
        int copied = left.CopiesMovedSince(plan);
        Assert.InRange(copied, copies.least, 2 * (copies.most + 1));
        int cold = left.Shards.Zip(plan.Shards).Count(static pair => !pair.Second.All.Contains(pair.First.Leader));
        Assert.InRange(cold, 0, shards / 1000);

        // Series go with their target's shard: a target is the least that can be on one node.
        var map = new ShardMap(shards);
        var targetsOfShard = new int[shards];
        for (int target = 0; target < Targets; target++)
        {
            targetsOfShard[map.OfInstance(string.Create(CultureInfo.InvariantCulture, $"10.{target >> 16}.{(target >> 8) & 255}.{target & 255}:9100")).Value]++;
        }

        Dictionary<string, int> targetsOfNode = plan.Shards.Index().GroupBy(static shard => shard.Item.Leader).ToDictionary(
            static node => node.Key, node => node.Sum(shard => targetsOfShard[shard.Index]));
        Assert.Equal(Targets, targetsOfNode.Values.Sum());
        double fair = (double)Targets / count;
        double spread = Math.Max(targetsOfNode.Values.Max() / fair - 1, 1 - (targetsOfNode.Values.Min() / fair));

        // A panel over everything asks each leader once, for all its shards; one of a target asks one node.
        int asked = plan.Shards.Select(static shard => shard.Leader).Distinct().Count();
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"| {count} | {shards} | {leads.least} to {leads.most} | {copies.least} to {copies.most} | {(long)SeriesOfTarget * Targets / count:n0} | {spread:p0} | ")
            + string.Create(CultureInfo.InvariantCulture, $"{moved} ({(double)moved / (shards * Replicas):p2}) | {copied} ({(double)copied / (shards * Replicas):p2}) | {asked * Panels:n0} | {cold} | {planned.TotalMilliseconds:f0} and {replanned.TotalMilliseconds:f0} ms |"));
    }

    private static (int Least, int Most) Range(PlacementNode[] nodes, IEnumerable<KeyValuePair<string, int>> counts)
    {
        Dictionary<string, int> byName = counts.ToDictionary();
        return (nodes.Min(node => byName.GetValueOrDefault(node.Name)), nodes.Max(node => byName.GetValueOrDefault(node.Name)));
    }
}
