using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Actors;
using Pleiad.Dashboards;

namespace Pleiad.Gateway.Tests;

/// <summary>A gateway on a free loopback port, with a client that neither follows redirects nor decompresses.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly GatewayHost _host;

    private RunningGateway(GatewayHost host, FakeNode node)
    {
        _host = host;
        Node = node;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host.Addresses[0] };
    }

    public FakeNode Node { get; }

    public HttpClient Client { get; }

    public GatewayHost Host => _host;

    public static async Task<RunningGateway> StartAsync(
        Func<GatewaySettings, GatewaySettings>? change = null, FakeNode? node = null, TimeProvider? time = null, DashboardCatalog? dashboards = null,
        IClusterSeat? cluster = null, string? nodeName = null)
    {
        node ??= new FakeNode();
        var settings = new GatewaySettings { Listen = ["127.0.0.1:0"] };
        var host = new GatewayHost(
            change?.Invoke(settings) ?? settings,
            new GatewayPorts(node, node, node, node, node, node, node, node) { Dashboards = dashboards, Cluster = () => cluster, NodeName = nodeName },
            NullLoggerFactory.Instance,
            time ?? TimeProvider.System);
        await host.StartAsync(CancellationToken.None);
        return new RunningGateway(host, node);
    }

    /// <summary>Status and body of a GET.</summary>
    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage answer = await Client.GetAsync(path);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Status and body of a form POST.</summary>
    public async Task<(int Status, string Body)> PostAsync(string path, string form)
    {
        using var content = new StringContent(form, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using HttpResponseMessage answer = await Client.PostAsync(path, content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync(CancellationToken.None);
        await _host.DisposeAsync();
    }
}
