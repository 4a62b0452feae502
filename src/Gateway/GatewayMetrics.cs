using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Pleiad.Gateway;

/// <summary>What the gateway counts about itself.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "pleiad_gateway";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _connectionsRefused;
    private readonly Counter<long> _connectionsPooled;
    private readonly Counter<long> _remoteWritesLimited;
    private readonly Counter<long> _remoteReadsLimited;
    private readonly Counter<long> _stepsLimited;

    /// <summary>Makes the instruments.</summary>
    public GatewayMetrics()
    {
        _requests = _meter.CreateCounter<long>("pleiad_gateway_requests_total", description: "Requests answered, by route and status code.");
        _durations = _meter.CreateHistogram<double>(
            "pleiad_gateway_request_duration_seconds",
            unit: null,
            "How long requests took, their answers included, by route.",
            tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.01, 0.1, 0.2, 0.4, 1, 3, 8, 20, 60, 120] });
        _connectionsRefused = _meter.CreateCounter<long>(
            "pleiad_gateway_connections_refused_total", description: "Connections closed because their address had too many already.");
        _connectionsPooled = _meter.CreateCounter<long>(
            "pleiad_gateway_connections_pooled_total", description: "Connections that got no thread of their own because there were too many already.");
        _remoteWritesLimited = _meter.CreateCounter<long>(
            "pleiad_gateway_remote_write_limited_total", description: "What remote write brought beyond a limit: requests, samples (ahead) or families (metadata), by limit.");
        _remoteReadsLimited = _meter.CreateCounter<long>(
            "pleiad_gateway_remote_read_limited_total", description: "Requests of remote read refused for a limit, by limit.");
        _stepsLimited = _meter.CreateCounter<long>(
            "pleiad_gateway_query_steps_limited_total", description: "Range queries refused because they asked for more steps than the limit.");
    }

    /// <summary>Counts an answer.</summary>
    /// <param name="route">The path of the route, not of the request: clients must not make series.</param>
    /// <param name="status">Status code.</param>
    /// <param name="elapsed">From the request to the last byte.</param>
    public void Answered(string route, int status, TimeSpan elapsed)
    {
        _requests.Add(1, new TagList { { "handler", route }, { "code", status } });
        _durations.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("handler", route));
    }

    /// <summary>Counts a connection that was closed at once.</summary>
    public void ConnectionRefused() => _connectionsRefused.Add(1);

    /// <summary>Counts a connection that is served by the pool.</summary>
    public void ConnectionPooled() => _connectionsPooled.Add(1);

    /// <summary>Counts what remote write brought beyond a limit.</summary>
    /// <param name="limit">The last part of the limit's key, without "-max".</param>
    /// <param name="count">May be 0.</param>
    public void RemoteWriteLimited(string limit, int count)
    {
        if (count > 0)
        {
            _remoteWritesLimited.Add(count, new KeyValuePair<string, object?>("limit", limit));
        }
    }

    /// <summary>Counts a request of remote read that went beyond a limit.</summary>
    /// <param name="limit">The last part of the limit's key, without "-max".</param>
    public void RemoteReadLimited(string limit) => _remoteReadsLimited.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Counts a range query of too many steps.</summary>
    public void StepsLimited() => _stepsLimited.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
