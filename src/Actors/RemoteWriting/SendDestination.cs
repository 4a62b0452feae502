using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>What the lanes to one destination share.</summary>
internal sealed class SendDestination(RemoteWriteConfig config, RemoteWriteClient client, ILogger log) : IDisposable
{
    private static readonly TimeSpan RefusalsTold = TimeSpan.FromMinutes(1);

    private readonly KeyValuePair<string, object?> _tag = new("remote", config.Name);
    private readonly Lock _telling = new();
    private volatile IReadOnlyDictionary<string, MetricMetadata>? _metadata;
    private long _toldAt;
    private long _untold;

    /// <summary>As configured.</summary>
    public RemoteWriteConfig Config => config;

    /// <summary>Sends.</summary>
    public RemoteWriteClient Client => client;

    /// <summary>What goes beside series in 2.0; null where nothing does.</summary>
    public IReadOnlyDictionary<string, MetricMetadata>? MetadataBesideSeries => config.SendsMetadataApart ? null : _metadata;

    /// <summary>What is known of metric families.</summary>
    public void Note(IReadOnlyDictionary<string, MetricMetadata> metadata) => _metadata = metadata;

    /// <summary>Counts for this destination.</summary>
    public void Count(Counter<long> counter, int by)
    {
        if (by > 0)
        {
            counter.Add(by, _tag);
        }
    }

    /// <summary>Says how far behind the destination is.</summary>
    public void TellLag(TimeSpan lag) => RemoteWriteMetrics.Behind.Record(lag.TotalSeconds, _tag);

    /// <summary>Logs a refusal: the first at once, then what has come together, once a minute.</summary>
    public void TellRefusal(int samples, string reason, TimeProvider time)
    {
        lock (_telling)
        {
            _untold += samples;
            if (_toldAt == 0 || time.GetElapsedTime(_toldAt) >= RefusalsTold)
            {
                _toldAt = time.GetTimestamp();
                log.SamplesNotTaken(ToString(), _untold, reason);
                _untold = 0;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => config.ToString();

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
