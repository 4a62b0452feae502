using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

public sealed class RunningQueryEndpointsTests
{
    private static readonly QueryRecord Running = new(
        3, "sum(up)", new QueryTimes(new Timestamp(1000), new Timestamp(61_000), TimeSpan.FromSeconds(15)), QueryState.Running,
        DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1.5), 10, 20, null, null, string.Empty) { ShardsDone = 5, ShardsAsked = 8 };

    private static readonly QueryRecord Failed = new(
        2, "up", QueryTimes.At(new Timestamp(1000)), QueryState.Failed,
        DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(2), 0, 20, null, null, "too much");

    private static readonly QueryRecord Done = new(
        1, "up", QueryTimes.At(new Timestamp(1500)), QueryState.Done,
        DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(0.25), 0, 20, 7, 5, string.Empty);

    [Fact]
    public async Task Running_and_ended_queries_are_listed_with_their_cost()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode { Records = [Running, Failed, Done] });
        (int status, string body) = await gateway.GetAsync("/api/v1/queries");
        Assert.Equal(200, status);
        Assert.Equal(
            """
            {"status":"success","data":{"running":[{"id":"3","query":"sum(up)","state":"running","start":1,"end":61,"step":15,"startedAt":"1970-01-01T00:00:00Z","elapsedSeconds":1.5,"samplesHeld":10,"samplesPeak":20,"shardsDone":5,"shardsAsked":8}],"recent":[{"id":"2","query":"up","state":"failed","time":1,"startedAt":"1970-01-01T00:00:00Z","elapsedSeconds":2,"samplesHeld":0,"samplesPeak":20,"error":"too much"},{"id":"1","query":"up","state":"done","time":1.500,"startedAt":"1970-01-01T00:00:00Z","elapsedSeconds":0.25,"samplesHeld":0,"samplesPeak":20,"samplesTotal":7,"seriesRead":5}]}}
            """,
            body);
    }

    [Fact]
    public async Task In_a_cluster_queries_say_whose_they_are_and_nodes_that_are_silent_are_named()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode
        {
            Records = [Running with { Node = new QueryNode("a1b2", "node2") }],
            Warnings = ["node3 does not say which queries it answers: timed out"],
        });
        (_, string body) = await gateway.GetAsync("/api/v1/queries?recent=false");
        Assert.StartsWith("""{"status":"success","data":{"running":[{"id":"a1b2-3","node":"node2","query":"sum(up)",""", body, StringComparison.Ordinal);
        Assert.EndsWith("""],"recent":[]},"warnings":["node3 does not say which queries it answers: timed out"]}""", body, StringComparison.Ordinal);
        Assert.Equal(["queries ended=False"], gateway.Node.Asked);
        Assert.Equal(400, (await gateway.GetAsync("/api/v1/queries?recent=perhaps")).Status);
    }

    [Theory]
    [InlineData("3", 200, "here 3")]
    [InlineData("4", 404, "here 4")]
    [InlineData("a1b2-5", 200, "a1b2 5")]
    [InlineData("a1b2-3", 404, "a1b2 3")]
    [InlineData("silent-3", 503, "silent 3")]
    [InlineData("x", 400, null)]
    [InlineData("-3", 400, null)]
    [InlineData("a1b2-", 400, null)]
    public async Task A_query_is_cancelled_by_its_number_and_its_node(string id, int expected, string? asked)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            node: new FakeNode { Records = [Running, Running with { Id = 5, Node = new QueryNode("a1b2", "node2") }] });
        (int status, string body) = await gateway.PostAsync($"/api/v1/queries/{id}/cancel", string.Empty);
        Assert.True(expected == status, body);
        Assert.Equal(asked is null ? [] : [$"cancel {asked}"], gateway.Node.Asked);
    }

    [Fact]
    public async Task A_plan_comes_with_what_its_nodes_and_the_shards_cost()
    {
        var select = new ExplainedNode("select", "at 0", new NodeCost(TimeSpan.FromSeconds(0.5), 3, 4, 32), [], []);
        var exchange = new ExplainedNode(
            "exchange with 2 shards", "at 0", new NodeCost(TimeSpan.FromSeconds(1), 3, 4, 32),
            [new ShardCost(0, TimeSpan.FromSeconds(0.25), 2, 3, 2, 80), new ShardCost(1, TimeSpan.FromSeconds(0.25), 1, 1, 1, 40)], [select]);
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode
        {
            Explanation = new QueryExplanation(exchange, new QueryResult(new VectorValue([]), [], [], FakeNode.Stats)),
        });
        (int status, string body) = await gateway.GetAsync("/api/v1/explain?query=up&time=0");
        Assert.Equal(200, status);
        Assert.Equal(
            """
            {"status":"success","data":{"plan":{"operation":"exchange with 2 shards","steps":"at 0","seconds":1,"series":3,"samples":4,"bytes":32,"shards":[{"shard":0,"seconds":0.25,"seriesRead":2,"samplesRead":3,"series":2,"bytes":80},{"shard":1,"seconds":0.25,"seriesRead":1,"samplesRead":1,"series":1,"bytes":40}],"inputs":[{"operation":"select","steps":"at 0","seconds":0.5,"series":3,"samples":4,"bytes":32,"inputs":[]}]},"stats":{"samplesTotal":12,"samplesPeak":7,"seriesRead":3,"parseSeconds":0.001,"evalSeconds":0.002}}}
            """,
            body);
        Assert.Equal("explain up 0..0/ run=True timeout=", gateway.Node.Asked.Single());
    }

    [Fact]
    public async Task A_plan_says_what_its_run_warned_of()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode
        {
            Explanation = new QueryExplanation(
                new ExplainedNode("select", "at 0", null, [], []),
                new QueryResult(new VectorValue([]), ["chunks are damaged"], ["an info"], FakeNode.Stats) { IsPartial = true }),
        });
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/api/v1/explain?query=up");
        Assert.Equal("true", answer.Headers.GetValues("Pleiad-Partial").Single());
        Assert.EndsWith(
            ",\"warnings\":[\"chunks are damaged\"],\"infos\":[\"an info\"]}", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_as_deep_as_a_query_may_be_is_valid_JSON()
    {
        var plan = new ExplainedNode("leaf", "at 0", null, [], []);
        for (int level = 1; level < 600; level++)
        {
            plan = new ExplainedNode("node", "at 0", null, [], [plan, new ExplainedNode("leaf", "at 0", null, [], [])]);
        }

        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode { Explanation = new QueryExplanation(plan, null) });
        (_, string body) = await gateway.GetAsync("/api/v1/explain?query=up");
        using var json = System.Text.Json.JsonDocument.Parse(body, new System.Text.Json.JsonDocumentOptions { MaxDepth = 2000 });
        System.Text.Json.JsonElement node = json.RootElement.GetProperty("data").GetProperty("plan");
        int levels = 1;
        for (; node.GetProperty("inputs").GetArrayLength() > 0; node = node.GetProperty("inputs")[0])
        {
            levels++;
        }

        Assert.Equal(600, levels);
    }

    [Fact]
    public async Task A_plan_can_be_had_without_a_run_and_over_a_range()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (_, string body) = await gateway.GetAsync("/api/v1/explain?query=1&start=0&end=60&step=15&run=false&timeout=5");
        Assert.Equal("""{"status":"success","data":{"plan":{"operation":"constant 1","steps":"at 0","inputs":[]}}}""", body);
        Assert.Equal("explain 1 0..60000/15000 run=False timeout=00:00:05", gateway.Node.Asked.Single());
    }

    [Theory]
    [InlineData("explain?query=up&run=maybe", "invalid parameter \"run\": true or false, got \"maybe\"")]
    [InlineData("explain?query=up&start=0&end=11001&step=1", "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")]
    public async Task A_wrong_request_for_a_plan_is_refused(string request, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/" + request);
        Assert.Equal(400, status);
        Assert.Equal(("bad_data", error), Json.ErrorOf(body));
    }
}
