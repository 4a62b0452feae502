using Pleiad.Actors;
using Pleiad.Model;

namespace Pleiad.Gateway.Tests;

public sealed class RelabelEndpointsTests
{
    [Fact]
    public async Task Each_rule_is_told_with_what_it_made_of_the_labels()
    {
        var node = new FakeNode
        {
            Steps =
            [
                new(["__meta_pod", "job"], ";", "(.*)", 0, "pod", "$1", "replace", Labels.From(("job", "node"), ("pod", "a")), true),
                new(["job"], ";", ".*", 8, string.Empty, "$1", "hashmod", Labels.From(("job", "node")), true),
                new([], ";", "node", 0, string.Empty, "$1", "drop", Labels.Empty, false),
            ],
        };
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: node);
        (int status, string body) = await gateway.GetAsync("/api/v1/targets/relabel_steps?scrapePool=node&labels=" + Uri.EscapeDataString("""{"job":"node","__meta_pod":"a"}"""));
        Assert.Equal(200, status);
        Assert.Equal(
            """{"status":"success","data":{"steps":["""
            + """{"rule":{"source_labels":["__meta_pod","job"],"separator":";","regex":"(.*)","target_label":"pod","replacement":"$1","action":"replace"},"output":{"job":"node","pod":"a"},"keep":true},"""
            + """{"rule":{"source_labels":["job"],"separator":";","regex":".*","modulus":8,"replacement":"$1","action":"hashmod"},"output":{"job":"node"},"keep":true},"""
            + """{"rule":{"separator":";","regex":"node","replacement":"$1","action":"drop"},"output":{},"keep":false}]}}""",
            body);
        Assert.Equal(["""relabel node {__meta_pod="a", job="node"}"""], node.Asked);
    }

    [Theory]
    [InlineData("", "no scrapePool parameter provided")]
    [InlineData("scrapePool=node", "no labels parameter provided")]
    [InlineData("scrapePool=nope&labels=%7B%7D", "error retrieving scrape config: unknown scrape pool: nope")]
    [InlineData("scrapePool=node&labels=%5B%5D", "error parsing labels: a JSON object is expected")]
    [InlineData("scrapePool=node&labels=%7B%22a%22:1%7D", "error parsing labels: the value of \"a\" is not a string")]
    [InlineData("scrapePool=node&labels=%7B%22%22:%22x%22%7D", "error parsing labels: a label has no name")]
    [InlineData("scrapePool=node&labels=%7B", "error parsing labels: ")]
    [InlineData("scrapePool=node&labels=%7B%22a%22:%22%5Cud800%22%7D", "error parsing labels: ")]
    public async Task A_wrong_request_is_refused(string query, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/targets/relabel_steps?" + query);
        Assert.Equal(400, status);
        (string kind, string said) = Json.ErrorOf(body);
        Assert.Equal("bad_data", kind);
        Assert.StartsWith(error, said, StringComparison.Ordinal);
    }
}
