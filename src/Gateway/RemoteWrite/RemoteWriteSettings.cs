namespace Pleiad.Gateway;

/// <summary>Limits of the remote write receiver.</summary>
public sealed record RemoteWriteSettings
{
    /// <summary>Whether there is one. Default no.</summary>
    public bool Enabled { get; init; }

    /// <summary>Bytes of a compressed body; more are answered 413. Default 16 MiB.</summary>
    public int BodyBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of a decompressed body; more are answered 413. Default 32 MiB, as Prometheus.</summary>
    public int MessageBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Series of one request; more are answered 413. Default 100 000.</summary>
    public int SeriesMax { get; init; } = 100_000;

    /// <summary>How far ahead of the clock a sample may be; later ones are refused. Default 10 min, as Prometheus.</summary>
    public TimeSpan AheadMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Requests that are read and written at the same time. At least 1. Default 64.</summary>
    public int ConcurrencyMax { get; init; } = 64;

    /// <summary>Requests that wait for their turn; more are answered 429. Default 256.</summary>
    public int QueueMax { get; init; } = 256;

    /// <summary>Series whose labels are remembered between requests; beyond it some are read anew. Default 1 000 000.</summary>
    public int KnownSeriesMax { get; init; } = 1_000_000;

    /// <summary>Metric families whose type and help are remembered; of others nothing is noted. Default 100 000.</summary>
    public int MetadataMax { get; init; } = 100_000;
}
