using System.Net;
using Pleiad.Model;

namespace Pleiad.Gateway.Tests;

public sealed class RoutingTests
{
    [Theory]
    [InlineData("/api/v1/nothere")]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/")]
    [InlineData("/api/v2/status")]
    [InlineData("/alertmanager/api/v2/status")]
    [InlineData("/config/v1/rules")]
    [InlineData("/prometheus/api/v1/query")]
    [InlineData("/api/v1/write/")]
    [InlineData("/api/v1/query/")]
    [InlineData("/./%2Fapi/v1/query")]
    [InlineData("/api//v1/query")]
    [InlineData("/API/V1/QUERY")]
    [InlineData("/api/v1%2Fquery")]
    [InlineData("/api%5Cv1/query")]
    [InlineData("/api/v1/query;x=1")]
    [InlineData("/-/ready/")]
    [InlineData("/-/nothere")]
    [InlineData("/page/")]
    [InlineData("/page/..%2f..%2fetc/passwd")]
    [InlineData("/graph")]
    [InlineData("/index.html")]
    [InlineData("/api/v1/label//values")]
    [InlineData("/api/v1/label/a/b/values")]
    public async Task An_unknown_path_is_404_and_never_the_page(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("404 page not found\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("PUT", "/api/v1/query", "GET, OPTIONS, POST")]
    [InlineData("DELETE", "/api/v1/series", "GET, OPTIONS, POST")]
    [InlineData("HEAD", "/api/v1/query", "GET, OPTIONS, POST")]
    [InlineData("POST", "/api/v1/targets", "GET, OPTIONS")]
    [InlineData("POST", "/metrics", "GET, OPTIONS")]
    public async Task A_wrong_method_is_405_and_says_which_are_right(string method, string path, string allow)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync(method, path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
        Assert.Equal(method == "HEAD" ? string.Empty : "Method Not Allowed\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Until_the_node_is_ready_the_API_is_503()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: new FakeNode { IsReady = false });
        (int status, string body) = await gateway.GetAsync("/api/v1/query?query=up");
        Assert.Equal(503, status);
        Assert.Equal(("unavailable", "Service Unavailable"), Json.ErrorOf(body));
        Assert.Equal((503, "Service Unavailable"), await gateway.GetAsync("/-/ready"));
        Assert.Equal((200, "Prometheus Server is Healthy.\n"), await gateway.GetAsync("/-/healthy"));
        Assert.Equal(200, (await gateway.GetAsync("/metrics")).Status);
        gateway.Node.IsReady = true;
        Assert.Equal((200, "Prometheus Server is Ready.\n"), await gateway.GetAsync("/-/ready"));
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/query?query=up")).Status);
    }

    [Theory]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    [InlineData("/")]
    public async Task Health_and_the_page_answer_HEAD_without_a_body(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("HEAD", path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(string.Empty, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("http://example.org/prom", null, "/prom", "/prom/")]
    [InlineData("http://example.org/prom/", "/inner", "/inner", "/prom/")]
    [InlineData(null, "/inner/", "/inner", "/inner/")]
    public async Task A_prefix_stands_in_front_of_every_route(string? external, string? route, string inside, string page)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with
        {
            ExternalUrl = external is null ? null : new Uri(external),
            RoutePrefix = route,
        });
        Assert.Equal(200, (await gateway.GetAsync(inside + "/api/v1/query?query=1")).Status);
        Assert.Equal(200, (await gateway.GetAsync(inside + "/-/ready")).Status);
        Assert.Equal(200, (await gateway.GetAsync(inside + "/")).Status);
        Assert.Equal(404, (await gateway.GetAsync("/api/v1/query?query=1")).Status);
        Assert.Equal(404, (await gateway.GetAsync(inside + "x/api/v1/query?query=1")).Status);
        foreach (string entrance in (string[])["/", inside])
        {
            using HttpResponseMessage answer = await gateway.SendAsync("GET", entrance);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal(page, answer.Headers.Location?.ToString());
        }
    }

    [Fact]
    public async Task A_path_prefix_of_slash_takes_no_part_of_the_path_of_the_external_URL()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { ExternalUrl = new Uri("http://x/prom"), RoutePrefix = "/" });
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/query?query=1")).Status);
    }

    [Fact]
    public async Task A_body_larger_than_the_limit_is_413()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { FormBytesMax = 1000 });
        Assert.Equal(200, (await gateway.PostAsync("/api/v1/query", "query=" + new string('1', 994))).Status);
        (int status, string body) = await gateway.PostAsync("/api/v1/query", "query=" + new string('1', 995));
        Assert.Equal(413, status);
        Assert.Equal("bad_data", Json.ErrorOf(body).Type);
    }

    [Fact]
    public async Task A_request_line_longer_than_the_limit_is_414()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { RequestLineBytesMax = 2000 });
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/query?query=" + new string('1', 1900))).Status);
        Assert.Equal(414, (await gateway.GetAsync("/api/v1/query?query=" + new string('1', 2000))).Status);
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_not_read()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using var content = new StringContent("query=1", null, "application/json");
        using HttpResponseMessage answer = await gateway.Client.PostAsync("/api/v1/query?query=2", content);
        Assert.Equal("instant 2", gateway.Node.Asked.Single()[..9]);
    }

    [Fact]
    public void No_two_routes_share_a_path_and_only_operators_routes_change_anything()
    {
        RouteTable table = Table();
        Assert.Equal(table.Routes.Count, table.Routes.Select(r => r.Path).Distinct(StringComparer.Ordinal).Count());
        foreach (GatewayRoute route in table.Routes)
        {
            Assert.Equal(route.Path.StartsWith("/-/re", StringComparison.Ordinal) && !route.Path.EndsWith("ready", StringComparison.Ordinal) || route.Path is "/-/quit" or "/api/v1/write" or "/api/v1/queries/{id}/cancel" || route.Path.StartsWith("/api/v1/admin/", StringComparison.Ordinal), route.Access == RouteAccess.Operator);
            Assert.Equal(route.Access == RouteAccess.Operator || route.Path == "/api/v1/read", !route.Methods.Contains("GET"));
            Assert.Equal(route.IsApi && route.Path is not ("/api/v1/status/walreplay" or "/api/v1/status/memory" or "/api/v1/cluster" or "/api/v1/notifications") || route.Path is "/-/ready" or "/federate", route.NeedsReady);
        }
    }

    private static RouteTable Table()
    {
        var node = new FakeNode();
        using var metrics = new GatewayMetrics();
        return Routes.Of(
            new GatewaySettings(), new GatewayPorts(node, node, node, node, node, node, node, node), metrics, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
    }
}
