using System.Text.Json;
using Pleiad.Actors;
using Pleiad.Model;

namespace Pleiad.Gateway.Tests;

public sealed class TargetEndpointsTests
{
    [Fact]
    public async Task Targets_have_the_shape_of_the_API()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: Node());
        Golden.Same("targets.json", (await gateway.GetAsync("/api/v1/targets")).Body);
        Assert.Equal(await gateway.GetAsync("/api/v1/targets"), await gateway.GetAsync("/api/v1/targets?state=ANY"));
    }

    [Theory]
    [InlineData("state=active", 2, 0, 0)]
    [InlineData("state=dropped", 0, 1, 2)]
    [InlineData("state=nonsense", 0, 0, 0)]
    [InlineData("scrapePool=node", 1, 1, 2)]
    [InlineData("scrapePool=api", 1, 0, 2)]
    public async Task Kinds_that_are_filtered_out_are_there_and_empty(string filter, int active, int dropped, int counts)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: Node());
        JsonElement data = Json.DataOf(await gateway.GetAsync("/api/v1/targets?" + filter));
        Assert.Equal(active, data.GetProperty("activeTargets").GetArrayLength());
        Assert.Equal(dropped, data.GetProperty("droppedTargets").GetArrayLength());
        Assert.Equal(counts, data.GetProperty("droppedTargetCounts").EnumerateObject().Count());
    }

    [Fact]
    public async Task Pools_are_sorted()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: Node());
        Assert.Equal((200, """{"status":"success","data":{"scrapePools":["api","node"]}}"""), await gateway.GetAsync("/api/v1/scrape_pools"));
    }

    [Theory]
    [InlineData("", """{"go_gc":[{"type":"gauge","help":"GC.","unit":"bytes"},{"type":"counter","help":"Other.","unit":""}],"up":[{"type":"gauge","help":"Up?","unit":""}]}""")]
    [InlineData("?limit=1", """{"go_gc":[{"type":"gauge","help":"GC.","unit":"bytes"},{"type":"counter","help":"Other.","unit":""}]}""")]
    [InlineData("?limit=0", "{}")]
    [InlineData("?limit_per_metric=1&metric=go_gc", """{"go_gc":[{"type":"gauge","help":"GC.","unit":"bytes"}]}""")]
    [InlineData("?metric=nope", "{}")]
    public async Task Metadata_are_grouped_by_metric(string query, string data)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: Node());
        Assert.Equal((200, $$"""{"status":"success","data":{{data}}}"""), await gateway.GetAsync("/api/v1/metadata" + query));
    }

    [Theory]
    [InlineData("?metric=up", """[{"target":{"job":"api"},"type":"gauge","help":"Up?","unit":""}]""")]
    [InlineData("?match_target=%7Bjob%3D%22node%22%7D", """[{"target":{"job":"node"},"metric":"go_gc","type":"counter","help":"Other.","unit":""}]""")]
    [InlineData("?limit=1", """[{"target":{"job":"api"},"metric":"go_gc","type":"gauge","help":"GC.","unit":"bytes"},{"target":{"job":"api"},"metric":"up","type":"gauge","help":"Up?","unit":""}]""")]
    [InlineData("?metric=nope", "[]")]
    public async Task Metadata_of_targets_leave_out_the_metric_that_was_asked_for(string query, string data)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: Node());
        Assert.Equal((200, $$"""{"status":"success","data":{{data}}}"""), await gateway.GetAsync("/api/v1/targets/metadata" + query));
    }

    [Theory]
    [InlineData("metadata?limit=x", "limit must be a number")]
    [InlineData("metadata?limit_per_metric=x", "limit_per_metric must be a number")]
    [InlineData("targets/metadata?limit=x", "limit must be a number")]
    [InlineData("targets/metadata?match_target=%7B", "1:2: parse error: unexpected end of input inside braces")]
    public async Task A_wrong_request_is_refused(string request, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: Node());
        (int status, string body) = await gateway.GetAsync("/api/v1/" + request);
        Assert.Equal(400, status);
        Assert.Equal(("bad_data", error), Json.ErrorOf(body));
    }

    private static FakeNode Node() => new()
    {
        Active =
        [
            new(
                Labels.From(("__address__", "localhost:9100"), ("job", "node")),
                Labels.From(("instance", "localhost:9100"), ("job", "node")),
                "node",
                "http://localhost:9100/metrics",
                "http://host:9100/metrics",
                "server returned HTTP status 500 \"<b>\"",
                new DateTimeOffset(2026, 1, 2, 13, 36, 40, 200, TimeSpan.Zero),
                TimeSpan.FromMilliseconds(6.5),
                TargetHealth.Down,
                TimeSpan.FromSeconds(15),
                TimeSpan.FromSeconds(10)),
            new(
                Labels.From(("__address__", "localhost:1")),
                Labels.From(("instance", "localhost:1")),
                "api",
                "http://localhost:1/metrics",
                "http://host:1/metrics",
                string.Empty,
                null,
                TimeSpan.Zero,
                TargetHealth.Unknown,
                TimeSpan.FromMinutes(1),
                TimeSpan.FromMilliseconds(1500)),
        ],
        Dropped = [new(Labels.From(("__address__", "localhost:2")), "node")],
        Metadata =
        [
            new(Labels.From(("job", "node")), "node", new Dictionary<string, MetricMetadata>
            {
                ["go_gc"] = new(MetricType.Counter, "Other.", string.Empty),
            }),
            new(Labels.From(("job", "api")), "api", new Dictionary<string, MetricMetadata>
            {
                ["up"] = new(MetricType.Gauge, "Up?", string.Empty),
                ["go_gc"] = new(MetricType.Gauge, "GC.", "bytes"),
            }),
        ],
    };
}
