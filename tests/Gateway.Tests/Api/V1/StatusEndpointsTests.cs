using System.Text.Json;
using Pleiad.Actors;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

public sealed class StatusEndpointsTests
{
    [Fact]
    public async Task The_build_is_a_Prometheus_to_Grafana()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        JsonElement data = Json.DataOf(await gateway.GetAsync("/api/v1/status/buildinfo"));
        // A member "features" would make it a Mimir; a member that is no string would break its reader.
        Assert.Equal(["version", "revision", "branch", "buildUser", "buildDate", "goVersion"], data.EnumerateObject().Select(p => p.Name));
        Assert.All(data.EnumerateObject(), p => Assert.Equal(JsonValueKind.String, p.Value.ValueKind));
        Assert.Equal("3.14.0", data.GetProperty("version").GetString());
    }

    [Fact]
    public async Task Configuration_and_flags_are_shown_as_the_node_gives_them()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(
            (200, """{"status":"success","data":{"yaml":"global:\n  scrape_interval: 15s\n"}}"""),
            await gateway.GetAsync("/api/v1/status/config"));
        Assert.Equal(
            (200, """{"status":"success","data":{"query.timeout":"2m","web.listen-address":"127.0.0.1:0"}}"""),
            await gateway.GetAsync("/api/v1/status/flags"));
    }

    [Fact]
    public async Task The_runtime_has_every_member_of_the_schema()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            time: new StoppedClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)));
        JsonElement data = Json.DataOf(await gateway.GetAsync("/api/v1/status/runtimeinfo"));
        Assert.Equal("2026-01-01T13:37:00Z", data.GetProperty("startTime").GetString());
        Assert.Equal("2026-01-01T13:37:00.12345Z", data.GetProperty("lastConfigTime").GetString());
        Assert.Equal("2026-01-02T00:00:00Z", data.GetProperty("serverTime").GetString());
        Assert.Equal("15d", data.GetProperty("storageRetention").GetString());
    }

    [Fact]
    public async Task Memory_shows_what_is_given_up_and_from_where_on()
    {
        var node = new FakeNode { IsReady = false, Memory = MemoryStatus.Unwatched with { Step = MemoryStep.SeriesRefused, UsedBytes = 8600, LimitBytes = 10000 } };
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: node);
        Assert.Equal(
            (200, """{"status":"success","data":{"step":"series-refused","since":"1970-01-01T00:00:00Z","usedBytes":8600,"limitBytes":10000,"steps":[{"step":"caches-shrink","atBytes":7000},{"step":"queries-refused","atBytes":8000},{"step":"series-refused","atBytes":8500},{"step":"writes-refused","atBytes":9200}]}}"""),
            await gateway.GetAsync("/api/v1/status/memory"));
    }

    [Theory]
    [InlineData("", "storage top=10")]
    [InlineData("?limit=3", "storage top=3")]
    [InlineData("?limit=10000", "storage top=10000")]
    public async Task Storage_shows_the_largest(string query, string asked)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(
            (200, """{"status":"success","data":{"headStats":{"numSeries":387,"numLabelPairs":313,"chunkCount":400,"minTime":1000,"maxTime":2000},"seriesCountByMetricName":[{"name":"up","value":3}],"labelValueCountByLabelName":[{"name":"job","value":2}],"memoryInBytesByLabelName":[{"name":"job","value":14}],"seriesCountByLabelValuePair":[{"name":"job=node","value":300}]}}"""),
            await gateway.GetAsync("/api/v1/status/tsdb" + query));
        Assert.Equal(asked, gateway.Node.Asked.Single());
    }

    [Fact]
    public async Task Storage_says_what_is_not_exact()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.StorageWarnings = ["not exact"];
        (int status, string body) = await gateway.GetAsync("/api/v1/status/tsdb");
        Assert.Equal(200, status);
        Assert.EndsWith("""},"warnings":["not exact"]}""", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "limit must be a positive number")]
    [InlineData("x", "limit must be a positive number")]
    [InlineData("10001", "limit must not exceed 10000")]
    public async Task Storage_has_limits_of_its_limit(string limit, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/status/tsdb?limit=" + limit);
        Assert.Equal(400, status);
        Assert.Equal(("bad_data", error), Json.ErrorOf(body));
    }

    [Theory]
    [InlineData(false, 0, 0, "waiting")]
    [InlineData(false, 7, 2, "in progress")]
    [InlineData(true, 7, 7, "done")]
    public async Task The_replay_is_shown_before_the_node_is_ready(bool ready, int total, int read, string state)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode { IsReady = ready, Replay = new ReplayProgress(total, read) });
        Assert.Equal(
            (200, $$$"""{"status":"success","data":{"min":0,"max":{{{total}}},"current":{{{read}}},"state":"{{{state}}}"}}"""),
            await gateway.GetAsync("/api/v1/status/walreplay"));
    }

    [Fact]
    public async Task Features_are_booleans_in_categories_and_follow_the_settings()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with
        {
            EnableLifecycle = true,
            Language = new EngineSettings { Features = PromQLFeatures.FillModifiers },
        });
        JsonElement data = Json.DataOf(await gateway.GetAsync("/api/v1/features"));
        Assert.All(data.EnumerateObject().SelectMany(c => c.Value.EnumerateObject()), f => Assert.True(f.Value.ValueKind is JsonValueKind.True or JsonValueKind.False));
        Assert.True(data.GetProperty("api").GetProperty("lifecycle").GetBoolean());
        Assert.True(data.GetProperty("promql").GetProperty("fill_left").GetBoolean());
        Assert.False(data.GetProperty("promql").GetProperty("smoothed").GetBoolean());
        Assert.True(data.GetProperty("promql_functions").GetProperty("rate").GetBoolean());
        Assert.False(data.GetProperty("promql_functions").GetProperty("mad_over_time").GetBoolean());
    }

    [Theory]
    [InlineData("rules", """{"groups":[]}""")]
    [InlineData("rules?type=alert&exclude_alerts=true&group_limit=5&match[]=up", """{"groups":[]}""")]
    [InlineData("alerts", """{"alerts":[]}""")]
    [InlineData("alertmanagers", """{"activeAlertmanagers":[],"droppedAlertmanagers":[]}""")]
    public async Task Nothing_is_evaluated_so_nothing_fires(string request, string data)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal((200, $$"""{"status":"success","data":{{data}}}"""), await gateway.GetAsync("/api/v1/" + request));
    }

    [Theory]
    [InlineData("rules", """{"groups":[]}""", "rule_files are configured, but this version evaluates no rules")]
    [InlineData("alerts", """{"alerts":[]}""", "rule_files are configured, but this version evaluates no rules")]
    [InlineData("alertmanagers", """{"activeAlertmanagers":[],"droppedAlertmanagers":[]}""", "alertmanagers are configured, but this version sends no alerts")]
    public async Task What_is_configured_and_not_done_is_told(string request, string data, string warning)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode { RuleFiles = ["rules/*.yml"], AlertmanagerGroups = 1 });
        Assert.Equal((200, $$"""{"status":"success","data":{{data}},"warnings":["{{warning}}"]}"""), await gateway.GetAsync("/api/v1/" + request));
    }

    [Fact]
    public async Task The_configuration_of_a_pool_is_shown_by_its_name()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal((200, """{"status":"success","data":{"yaml":"job_name: api\n"}}"""), await gateway.GetAsync("/api/v1/scrape_pools/config?scrapePool=api"));
        Assert.Equal(400, (await gateway.GetAsync("/api/v1/scrape_pools/config")).Status);
        Assert.Equal(404, (await gateway.GetAsync("/api/v1/scrape_pools/config?scrapePool=b")).Status);
    }

    [Fact]
    public async Task Blocks_are_shown_the_oldest_first_with_what_is_in_them()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode
        {
            Stored =
            [
                new StoredBlock(3, 33, 2000, 2999) { Series = 5, Chunks = 6, Samples = 7, IsMerged = true },
                new StoredBlock(2, 1, 1000, 1999) { Series = 2, Chunks = 3, Samples = 4 },
            ],
        });
        Assert.Equal(
            (200, """{"status":"success","data":{"blocks":[{"ulid":"00000001YF0010000000000001","minTime":1000,"maxTime":2000,"stats":{"numSamples":4,"numSeries":2,"numChunks":3},"compaction":{"level":1,"sources":["00000001YF0010000000000001"]},"version":1},{"ulid":"00000002XQ001G000000000011","minTime":2000,"maxTime":3000,"stats":{"numSamples":7,"numSeries":5,"numChunks":6},"compaction":{"level":2,"sources":[]},"version":1}]}}"""),
            await gateway.GetAsync("/api/v1/status/tsdb/blocks"));
    }

    [Fact]
    public async Task A_failed_reload_is_a_notification_until_one_succeeds()
    {
        var node = new FakeNode();
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: node);
        Assert.Equal((200, """{"status":"success","data":[]}"""), await gateway.GetAsync("/api/v1/notifications"));
        node.ReloadFailedAt = new DateTimeOffset(2026, 1, 1, 13, 37, 0, TimeSpan.Zero);
        Assert.Equal(
            (200, """{"status":"success","data":[{"text":"Configuration reload has failed.","date":"2026-01-01T13:37:00Z","active":true}]}"""),
            await gateway.GetAsync("/api/v1/notifications"));
    }

    [Theory]
    [InlineData("type=x", "invalid parameter \"type\": not supported value \"x\"")]
    [InlineData("exclude_alerts=x", "invalid parameter \"exclude_alerts\": error converting exclude_alerts: strconv.ParseBool: parsing \"x\": invalid syntax")]
    [InlineData("group_limit=0", "invalid parameter \"group_limit\": group_limit needs to be greater than 0")]
    [InlineData("group_next_token=x", "invalid parameter \"group_next_token\": group_limit needs to be present in order to paginate over the groups")]
    [InlineData("group_next_token=x&group_limit=1", "invalid parameter \"group_next_token\": invalid group_next_token 'x'. were rule groups changed?")]
    public async Task Wrong_parameters_of_rules_are_refused(string query, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/rules?" + query);
        Assert.Equal(400, status);
        Assert.Equal(("bad_data", error), Json.ErrorOf(body));
    }

    [Theory]
    [InlineData(QueryErrorKind.Unavailable, "unavailable")]
    [InlineData(QueryErrorKind.Timeout, "timeout")]
    public async Task Figures_that_cannot_be_had_now_are_an_error_of_the_API(QueryErrorKind kind, string type)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.StorageFailure = new QueryException(kind, "not now");
        (int status, string body) = await gateway.GetAsync("/api/v1/status/tsdb");
        Assert.Equal(503, status);
        Assert.Equal((type, "not now"), Json.ErrorOf(body));
    }
}
