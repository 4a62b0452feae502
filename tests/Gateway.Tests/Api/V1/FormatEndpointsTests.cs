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
}
