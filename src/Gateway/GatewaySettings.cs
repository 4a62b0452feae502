using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>Where and how the gateway answers.</summary>
public sealed record GatewaySettings
{
    /// <summary>Addresses <c>host:port</c>; an empty host is every interface, port 0 is any free one. Default <c>localhost:9090</c>.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["localhost:9090"];

    /// <summary>Whether an address that is not loopback may be served without TLS and accounts. Default no.</summary>
    public bool InsecureListen { get; init; }

    /// <summary>RE2 pattern, anchored, of origins that browsers may call from. Default <c>.*</c>, as Prometheus.</summary>
    public string CorsOrigin { get; init; } = ".*";

    /// <summary>The URL under which clients reach this node, for example behind a proxy; null for the listen address.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>Path prefix of every route; null for the path of the external URL.</summary>
    public string? RoutePrefix { get; init; }

    /// <summary>Whether <c>/-/reload</c> and <c>/-/quit</c> do anything. Default no.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary>Whether <c>/api/v1/admin/tsdb/…</c> does anything. Default no.</summary>
    public bool EnableAdminApi { get; init; }

    /// <summary>Connections at the same time. Default 512.</summary>
    public int ConnectionsMax { get; init; } = 512;

    /// <summary>Connections at the same time that have a thread of their own, which answers sooner than one of the pool. Default 64.</summary>
    public int ConnectionThreadsMax { get; init; } = 64;

    /// <summary>Connections at the same time from one address that is not loopback. Default 256.</summary>
    public int ConnectionsPerAddressMax { get; init; } = 256;

    /// <summary>Steps of a range query. Default 11 000, as Prometheus: a week of minutes, a year of hours.</summary>
    public int StepsMax { get; init; } = 11_000;

    /// <summary>Bytes of a form body. Default 4 MiB: a query of 1 MiB with every character escaped.</summary>
    public int FormBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of a request line. Default 256 KiB; longer queries are posted.</summary>
    public int RequestLineBytesMax { get; init; } = 256 * 1024;

    /// <summary>Bytes of all headers of a request. Default 32 KiB.</summary>
    public int HeaderBytesMax { get; init; } = 32 * 1024;

    /// <summary>How long the headers of a request may take. Default 30 s.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request may take, its answer included. Default 5 min.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long running requests may take to finish when the gateway stops. Default 5 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Remote write as it is received.</summary>
    public RemoteWriteSettings RemoteWrite { get; init; } = new();

    /// <summary>Remote read as it is answered.</summary>
    public RemoteReadSettings RemoteRead { get; init; } = new();

    /// <summary>The language as the engine speaks it, for the endpoints that only read queries.</summary>
    public EngineSettings Language { get; init; } = new();

    /// <summary>The files of the interface, as they were built; none for the plain page.</summary>
    public IReadOnlyList<UiFile> Interface { get; init; } = [];

    /// <summary>What <c>/api/v1/status/buildinfo</c> says.</summary>
    public BuildFacts Build { get; init; } = new();
}

/// <summary>Facts about the program, as clients of the Prometheus API read them.</summary>
public sealed record BuildFacts
{
    /// <summary>The Prometheus release whose API this is: clients such as Grafana choose their calls by it.</summary>
    public string Version { get; init; } = "3.14.0";

    /// <summary>Our own version and commit.</summary>
    public string Revision { get; init; } = "pleiad";

    /// <summary>Branch of the build.</summary>
    public string Branch { get; init; } = "pleiad";

    /// <summary>Who built it; may be empty.</summary>
    public string BuildUser { get; init; } = string.Empty;

    /// <summary>When, <c>yyyyMMdd-HH:mm:ss</c>; may be empty.</summary>
    public string BuildDate { get; init; } = string.Empty;
}
