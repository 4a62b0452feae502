using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pleiad.Gateway.Tests;

public sealed class OwnPageTests
{
    [Theory]
    [InlineData("", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    public async Task The_page_tells_of_the_requests_answered(string accept, string contentType)
    {
        using var page = new OwnPage();
        var node = new FakeNode();
        await using var host = new GatewayHost(
            new GatewaySettings { Listen = ["127.0.0.1:0"] }, new GatewayPorts(node, node, node, node, node, node, node, page), NullLoggerFactory.Instance, TimeProvider.System);
        await host.StartAsync(CancellationToken.None);
        using var client = new HttpClient { BaseAddress = host.Addresses[0] };
        await client.GetStringAsync("/api/v1/query?query=1");
        await client.GetAsync("/not/a/route/of/ours");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(contentType, answer.Content.Headers.ContentType?.ToString());
        string text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
        Assert.Contains("pleiad_gateway_requests_total{code=\"200\",handler=\"/api/v1/query\"}", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_gateway_requests_total{code=\"404\",handler=\"unknown\"}", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_gateway_request_duration_seconds_bucket{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/not/a/route", text, StringComparison.Ordinal);
        await host.StopAsync(CancellationToken.None);
    }
}
