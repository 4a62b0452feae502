namespace Pleiad.Gateway.Tests;

public sealed class FormatEndpointsTests
{
    [Theory]
    [InlineData("foo/bar", "foo / bar")]
    [InlineData("foo # comment\n", "foo")]
    [InlineData("sum(rate(http_requests_total[5m])) by (job, status)", "sum by (job, status) (rate(http_requests_total[5m]))")]
    public async Task A_query_is_printed_anew(string query, string pretty)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int Status, string Body) answer = await gateway.PostAsync("/api/v1/format_query", "query=" + Uri.EscapeDataString(query));
        Assert.Equal(pretty, Json.DataOf(answer).GetString());
    }

    [Fact]
    public async Task What_is_no_query_is_refused_with_its_place()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/format_query?query=foo/");
        Assert.Equal(400, status);
        Assert.Equal(("bad_data", "invalid parameter \"query\": 1:5: parse error: unexpected end of input"), Json.ErrorOf(body));
    }

    [Fact]
    public async Task A_query_is_shown_as_a_tree()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Golden.Same(
            "parse_query.json",
            (await gateway.GetAsync("/api/v1/parse_query?query=" + Uri.EscapeDataString("sum by (job) (rate(x{a=~\"b+\"}[5m] offset 1m)) / 2"))).Body);
    }

    [Fact]
    public async Task A_tree_as_deep_as_the_language_allows_is_shown()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        int depth = new Pleiad.PromQL.EngineSettings().DepthMax - 10;
        string query = new string('(', depth) + "1" + new string(')', depth);
        Assert.Equal(200, (await gateway.PostAsync("/api/v1/parse_query", "query=" + Uri.EscapeDataString(query))).Status);
        string tooDeep = new string('(', 100_000) + "1" + new string(')', 100_000);
        (int status, string body) = await gateway.PostAsync("/api/v1/parse_query", "query=" + Uri.EscapeDataString(tooDeep));
        Assert.Equal(400, status);
        Assert.Equal("bad_data", Json.ErrorOf(body).Type);
    }
}
