using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>
/// The HTTP server of a node: start it before the replay, so that <c>/-/ready</c> can say 503, and stop it before the actors.
/// Whoever makes it owns the process; it listens to no signal and reads no file.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private const long ResponseBufferBytes = 512 * 1024;

    private readonly GatewaySettings _settings;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly GatewayMetrics _metrics = new();
    private readonly WebApplication _app;
    private readonly IReadOnlyList<ListenAddress> _listen;

    /// <summary>Composes the gateway; nothing listens yet.</summary>
    /// <param name="settings">Where and how.</param>
    /// <param name="ports">The node behind it.</param>
    /// <param name="logging">Where it logs.</param>
    /// <param name="time">The clock of <c>time=</c> defaults and time limits.</param>
    /// <exception cref="GatewayStartException">A setting is wrong, or would expose the node without protection.</exception>
    public GatewayHost(GatewaySettings settings, GatewayPorts ports, ILoggerFactory logging, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _log = logging.CreateLogger("Pleiad.Gateway");
        _listen = [.. settings.Listen.Select(ListenAddress.Parse)];
        if (!settings.InsecureListen && _listen.FirstOrDefault(l => !l.IsLoopback) is { } open)
        {
            throw new GatewayStartException(
                $"listen address {open.Text} can be reached from other machines, and there is neither TLS nor a login: "
                + "listen on localhost, or say that you want this (insecure-listen)");
        }

        var dispatch = new Dispatch(
            Routes.Of(settings, ports, _metrics, time, _log),
            new PathPrefix(settings),
            Origins(settings),
            ports.Status,
            settings,
            _metrics,
            time,
            _log);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(new HostLogging(logging)));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, OwnedByTheNode>());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory>(services => new ThreadedTransport(
            settings.ConnectionThreadsMax, ResponseBufferBytes, services.GetRequiredService<IMemoryPoolFactory<byte>>(), _metrics.ConnectionPooled, time, _log)));
        _app = builder.Build();
        _app.Run(dispatch.HandleAsync);
    }

    /// <summary>Where it listens, with the ports the system chose; empty before the start.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Begins to listen.</summary>
    /// <exception cref="GatewayStartException">An address is taken or not ours.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        try
        {
            await _app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            Exception cause = failure.GetBaseException();
            throw new GatewayStartException($"cannot listen on {string.Join(", ", _settings.Listen)}: {cause.Message}", failure);
        }

        ICollection<string> addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        Addresses = [.. addresses.Select(a => new Uri(a))];
        string all = string.Join(", ", addresses);
        Log.Listening(_log, all);
        if (_listen.Any(l => !l.IsLoopback))
        {
            Log.ListeningInsecurely(_log, all);
        }
    }

    /// <summary>Asks itself for pages that cost nothing, so that whoever comes first does not wait for code that has never run (docs/decisions/0020).</summary>
    /// <param name="lists">Whether for lists of labels and series too, which a node of a cluster answers by asking every other.</param>
    /// <param name="longest">The time at most: what has not been asked by then is left out.</param>
    /// <param name="cancel">Ends it likewise.</param>
    /// <returns>Requests that were answered.</returns>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public async Task<int> RehearseAsync(bool lists, TimeSpan longest, CancellationToken cancel)
    {
        if (Addresses.Count == 0)
        {
            throw new InvalidOperationException("a gateway that does not listen has nobody to ask");
        }

        using var over = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, over.Token);
        return await RehearsedRequests.RunAsync(Addresses[0], new PathPrefix(_settings).Inside, lists, _time.GetUtcNow(), either.Token).ConfigureAwait(false);
    }

    /// <summary>Takes no more requests and waits for the running ones, at most <see cref="GatewaySettings.StopTimeout"/>.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(_settings.StopTimeout);
        await _app.StopAsync(patience.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    private static CrossOrigin Origins(GatewaySettings settings)
    {
        try
        {
            return new CrossOrigin(settings.CorsOrigin);
        }
        catch (RegexSyntaxException wrong)
        {
            throw new GatewayStartException($"web.cors.origin: {wrong.Message}", wrong);
        }
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = _settings.ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = _settings.FormBytesMax;
        kestrel.Limits.MaxRequestLineSize = _settings.RequestLineBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = _settings.HeaderBytesMax;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(1024 * 1024, 2L * _settings.RequestLineBytesMax);

        // What is written while the socket sends what was written before; with less, every piece of an answer waits for the one before it.
        kestrel.Limits.MaxResponseBufferSize = ResponseBufferBytes;
        kestrel.Limits.RequestHeadersTimeout = _settings.HeadersTimeout;
        var perAddress = new ConnectionsPerAddress(_settings.ConnectionsPerAddressMax, _metrics);
        void Endpoint(ListenOptions options)
        {
            // Without TLS there is no HTTP/2, and none of its floods.
            options.Protocols = HttpProtocols.Http1;
            options.Use(next => connection => perAddress.RunAsync(connection, next));
        }

        foreach (ListenAddress address in _listen)
        {
            if (address.Host is { } host)
            {
                kestrel.Listen(host, address.Port, Endpoint);
            }
            else
            {
                kestrel.ListenLocalhost(address.Port, Endpoint);
            }
        }
    }

    /// <summary>Instead of the lifetime that takes Ctrl+C and SIGTERM to itself.</summary>
    private sealed class OwnedByTheNode : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
