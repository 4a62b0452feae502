namespace Pleiad.Gateway.Tests;

public sealed class CardinalityEndpointTests
{
    private const string Lists =
        """
        "series":9,"endedSeries":2,"labelPairs":7,"bytes":4000,"labels":[{"name":"job","values":3,"series":9,"endedSeries":2,"bytes":80}],"metrics":[{"name":"up","series":3,"endedSeries":1,"bytes":1300}],"instances":[{"name":"host:1","series":4,"endedSeries":0,"bytes":1700}],"jobs":[{"name":"node","series":9,"endedSeries":2,"bytes":4000}],"pairs":[{"name":"job=node","value":9}]
        """;

    [Fact]
    public async Task It_shows_what_costs_what()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal((200, "{\"status\":\"success\",\"data\":{" + Lists + "}}"), await gateway.GetAsync("/api/v1/status/cardinality"));
        Assert.Equal("cardinality {} focus= top=10", gateway.Node.Asked.Single());
    }

    [Fact]
    public async Task A_selector_a_limit_and_a_label_of_its_own_are_passed_on()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(
            (200, "{\"status\":\"success\",\"data\":{" + Lists + ""","focus":{"label":"pod","values":[{"name":"a","series":2,"endedSeries":0,"bytes":600}]}},"warnings":["not exact"]}"""),
            await gateway.GetAsync("/api/v1/status/cardinality?limit=3&focusLabel=pod&match[]=up"));
        Assert.Equal("cardinality {__name__=\"up\"} focus=pod top=3", gateway.Node.Asked.Single());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=10001")]
    [InlineData("limit=x")]
    [InlineData("focusLabel=%ff")]
    [InlineData("match[]=%7B%7D")]
    [InlineData("match[]=up%7B")]
    [InlineData("match[]=up&match[]=down")]
    public async Task What_cannot_be_asked_is_refused(string query)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/status/cardinality?" + query);
        Assert.Equal(400, status);
        Assert.Contains("\"errorType\":\"bad_data\"", body, StringComparison.Ordinal);
        Assert.Empty(gateway.Node.Asked);
    }
}
