using Pleiad.Actors;

namespace Pleiad.Gateway.Tests;

public sealed class ClusterEndpointsTests
{
    [Fact]
    public async Task A_cluster_is_told_with_the_targets_of_nodes_and_how_far_copies_are()
    {
        var seat = new Seat();
        await using RunningGateway gateway = await RunningGateway.StartAsync(cluster: seat);
        (int status, string body) = await gateway.GetAsync("/api/v1/cluster");
        Assert.Equal(200, status);
        Assert.Equal(
            """
            {"status":"success","data":{"clustered":true,"self":"a","version":3,"storeReached":true,"unanswered":["b"],"nodes":[{"name":"a","incarnation":"i","address":"a:1","httpAddress":"a:2","roles":["store"],"zone":"z","status":"up","leads":1,"follows":2,"accusers":0,"targets":5},{"name":"b","incarnation":"j","address":"b:1","httpAddress":"b:2","roles":[],"zone":"","status":"up","leads":0,"follows":0,"accusers":1,"spool":{"records":3,"bytes":4096,"ageSeconds":2,"usedPercent":25}}],"shards":[{"shard":0,"leader":"a","followers":["c","b"],"epoch":2,"journalSeq":100,"snapshotSeq":40,"appliedSeq":100,"lag":0,"movingTo":"c","movingLag":30,"copies":[{"node":"a","appliedSeq":100,"lag":0},{"node":"c","appliedSeq":70,"lag":30}]},{"shard":1,"leader":"","followers":["c"],"epoch":0,"journalSeq":0,"snapshotSeq":0,"movingTo":"c","copies":[{"node":"c"}]}]}}
            """,
            body);
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/cluster?others=false")).Status);
        Assert.Equal([true, false], seat.AsksOthers);
    }

    [Fact]
    public async Task A_node_by_itself_says_so_and_what_is_asked_is_checked()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal((200, """{"status":"success","data":{"clustered":false}}"""), await gateway.GetAsync("/api/v1/cluster"));
        (int status, string body) = await gateway.GetAsync("/api/v1/cluster?others=perhaps");
        Assert.Equal(400, status);
        Assert.Contains("must be true or false", body, StringComparison.Ordinal);
    }

    private sealed class Seat : IClusterSeat
    {
        public List<bool> AsksOthers { get; } = [];

        public Task Joined => Task.CompletedTask;

        public Task<string> Ended => new TaskCompletionSource<string>().Task;

        public Task<ClusterReport> ReportAsync(bool asksOthers, CancellationToken cancel)
        {
            AsksOthers.Add(asksOthers);
            return Task.FromResult(new ClusterReport(
                "a", 3,
                [
                    new ClusterNodeReport("a", "i", "a:1", "a:2", ["store"], "z", "up", 1, 2, 0) { Targets = 5 },
                    new ClusterNodeReport("b", "j", "b:1", "b:2", [], "", "up", 0, 0, 1) { Spool = new SpoolReport(3, 4096, TimeSpan.FromSeconds(2), 0.25) },
                ],
                [
                    new ClusterShardReport(0, "a", ["c", "b"], 2, 100, 40, 100, "c") { Copies = [new ClusterCopyReport("a", 100), new ClusterCopyReport("c", 70)] },
                    new ClusterShardReport(1, "", ["c"], 0, 0, 0, null, "c") { Copies = [new ClusterCopyReport("c", null)] },
                ])
            {
                Unanswered = ["b"],
            });
        }

        public Task LeaveAsync(TimeSpan patience, TimeProvider time) => Task.CompletedTask;
    }
}
