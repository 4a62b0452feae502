using Microsoft.Extensions.Logging.Abstractions;

namespace Pleiad.Gateway.Tests;

public sealed class RehearsalTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("127.0.0.1:0", "")]
    [InlineData("127.0.0.1:0", "/prom")]
    [InlineData("0.0.0.0:0", "")]
    public async Task Every_request_of_a_rehearsal_reaches_its_page_and_asks_for_nothing_that_is_stored(string listen, string prefix)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            settings => settings with { Listen = [listen], InsecureListen = true, RoutePrefix = prefix });
        Assert.Equal(6 * RehearsedRequests.Rounds, await gateway.Host.RehearseAsync(lists: true, Long, CancellationToken.None));

        Assert.Equal(3 * RehearsedRequests.Rounds, gateway.Node.Asked.Count);
        string[] asked = [.. gateway.Node.Asked.Distinct()];
        Assert.Equal(["names", "values instance", "series"], asked.Select(static what => what[..what.IndexOf(" {", StringComparison.Ordinal)]));
        Assert.All(asked, static what => Assert.Contains("pleiad_rehearsal", what, StringComparison.Ordinal));
        Assert.Single(asked.Select(static what => what[what.IndexOf('}', StringComparison.Ordinal)..]).Distinct());
    }

    [Fact]
    public async Task A_rehearsal_without_lists_asks_the_node_for_nothing()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(3 * RehearsedRequests.Rounds, await gateway.Host.RehearseAsync(lists: false, Long, CancellationToken.None));
        Assert.Empty(gateway.Node.Asked);
    }

    [Fact]
    public async Task A_rehearsal_without_time_asks_nothing()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(0, await gateway.Host.RehearseAsync(lists: true, TimeSpan.Zero, CancellationToken.None));
        Assert.Empty(gateway.Node.Asked);
    }

    [Fact]
    public async Task A_gateway_that_has_stopped_is_asked_in_vain()
    {
        RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.Host.StopAsync(CancellationToken.None);
        Assert.Equal(0, await gateway.Host.RehearseAsync(lists: true, Long, CancellationToken.None));
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Who_does_not_listen_yet_has_nobody_to_ask()
    {
        var node = new FakeNode();
        await using var host = new GatewayHost(
            new GatewaySettings { Listen = ["127.0.0.1:0"] }, new GatewayPorts(node, node, node, node, node, node, node, node), NullLoggerFactory.Instance, TimeProvider.System);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.RehearseAsync(lists: true, Long, CancellationToken.None));
    }
}
