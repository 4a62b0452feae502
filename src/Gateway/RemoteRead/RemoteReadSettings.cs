namespace Pleiad.Gateway;

/// <summary>Limits of remote read as it is answered.</summary>
public sealed record RemoteReadSettings
{
    /// <summary>Bytes of a request, compressed or not; more are answered 413. Default 1 MiB.</summary>
    public int BodyBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Queries of one request; more are answered 413. Default 100.</summary>
    public int QueriesMax { get; init; } = 100;

    /// <summary>Samples of one answer, which is gathered in memory; a request for more is answered 400. Default 10 million.</summary>
    public long SamplesMax { get; init; } = 10_000_000;

    /// <summary>Bytes of chunks after which a stream begins the next frame. Default 1 MiB, as Prometheus.</summary>
    public int FrameBytesMax { get; init; } = 1024 * 1024;
}
