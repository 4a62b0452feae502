using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>What a node tells of its cluster, from what it knows and what others have told it.</summary>
public sealed class ClusterReportTests
{
    private static readonly Member s_a = MemberOf("a", MemberStatus.Up);
    private static readonly Member s_b = MemberOf("b", MemberStatus.Up);
    private static readonly Member s_c = MemberOf("c", MemberStatus.Up);
    private static readonly Member s_dead = MemberOf("d", MemberStatus.Dead);

    [Fact]
    public void Targets_copies_and_moves_are_those_that_the_nodes_told_of()
    {
        ClusterReport report = Of(asked: true, ("a", new NodeFigures(4, [100, 90])), ("b", new NodeFigures(null, [70, AppliedMarks.Unknown])));
        Assert.Equal([4, null, null, null], report.Nodes.Select(static node => node.Targets));
        Assert.Equal(["c"], report.Unanswered);

        // Shard 0 is a's and shall be b's, which lacks 30; c did not say.
        ClusterShardReport moving = report.Shards[0];
        Assert.Equal([new ClusterCopyReport("a", 100), new ClusterCopyReport("b", 70)], moving.Copies);
        Assert.Equal(("b", 30L, 100L), (moving.MovingTo, moving.MovingLag, moving.AppliedSeq));

        // Shard 1 is c's and shall be b's, whose copy is not open; a has one which the dead node had too.
        ClusterShardReport notOpen = report.Shards[1];
        Assert.Equal([new ClusterCopyReport("b", null), new ClusterCopyReport("a", 90)], notOpen.Copies);
        Assert.Equal(("b", null, 90L), (notOpen.MovingTo, notOpen.MovingLag, notOpen.AppliedSeq));

        // The rows are older than what is applied.
        Assert.Equal(0, notOpen.LagOf(101));
    }

    [Fact]
    public void Each_node_that_told_of_its_spool_has_it_and_the_one_that_reports_for_itself_too()
    {
        var few = new SpoolUse(3, 4096, TimeSpan.FromSeconds(2), 0.25);
        ClusterReport report = Of(asked: true, ("a", new NodeFigures(4, [100, 90], default(SpoolUse))), ("b", new NodeFigures(null, [70, 0], few)), ("d", new NodeFigures(null, [], few)));
        Assert.Equal([new SpoolReport(0, 0, TimeSpan.Zero, 0), new SpoolReport(3, 4096, TimeSpan.FromSeconds(2), 0.25), null, null], report.Nodes.Select(static node => node.Spool));
        Assert.Equal(new SpoolReport(0, 0, TimeSpan.Zero, 0), report.Spool);
    }

    [Fact]
    public void Who_has_no_copy_that_is_ready_is_told_from_who_did_not_say()
    {
        ClusterReport report = Of(asked: true, ("a", new NodeFigures(4, [100, 90])), ("b", new NodeFigures(1, [AppliedMarks.Unknown, AppliedMarks.Unknown])));
        Assert.All(report.Shards, static shard => Assert.Null(shard.MovingLag));
        Assert.All(report.Shards, static shard => Assert.Contains(new ClusterCopyReport("b", null), shard.Copies));
        report = Of(asked: true, ("a", new NodeFigures(4, [100, 90])));
        Assert.All(report.Shards, static shard => Assert.Null(shard.MovingLag));
        Assert.All(report.Shards, static shard => Assert.DoesNotContain("b", shard.Copies.Select(static copy => copy.Node)));
    }

    [Fact]
    public void Nobody_is_missing_who_was_not_asked()
    {
        ClusterReport report = Of(asked: false, ("a", new NodeFigures(4, [AppliedMarks.Unknown, 90])));
        Assert.Empty(report.Unanswered);
        Assert.Null(report.Shards[0].AppliedSeq);
        Assert.Equal(("b", null), (report.Shards[0].MovingTo, report.Shards[0].MovingLag));
        Assert.Equal(4, report.Nodes[0].Targets);
    }

    private static ClusterReport Of(bool asked, params (string Name, NodeFigures Figures)[] told) => ClusterReport.Of(
        new ClusterStatus(
            s_a.Incarnation, new MembershipView(3, [s_a, s_b, s_c, s_dead]), new PlacementPlan([new ShardReplicas("b", ["a", "c"]), new ShardReplicas("b", ["a", "d"])]),
            [Row(0, s_a), Row(1, s_c)], [0]),
        told.ToDictionary(static one => one.Name, static one => one.Figures), asked);

    private static ShardOwnership Row(int shard, Member owner) => new(shard, 2, Guid.Empty, owner.Incarnation, 101, 0, 0, 0);

    private static Member MemberOf(string name, MemberStatus status) => new()
    {
        Incarnation = new NodeIncarnation(new Guid(name[0], 0, 0, new byte[8])), Name = name, Address = name + ":1", Roles = ["store"], Status = status,
    };
}
