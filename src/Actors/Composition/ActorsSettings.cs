using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>Settings of everything that is an actor.</summary>
public sealed record ActorsSettings
{
    /// <summary>Of shards.</summary>
    public StorageSettings Storage { get; init; } = new();

    /// <summary>Of what is given up when memory is short.</summary>
    public MemorySettings Memory { get; init; } = new();

    /// <summary>Of the compaction of the heap.</summary>
    public CompactionSettings Compaction { get; init; } = new();

    /// <summary>Of queries.</summary>
    public QuerySettings Query { get; init; } = new();

    /// <summary>Of samples on their way to the node that leads their shard.</summary>
    public ForwardSettings Forward { get; init; } = new();

    /// <summary>Of scrapes where prometheus.yml names no limit.</summary>
    public ScrapeLimits ScrapeLimits { get; init; } = ScrapeLimits.Default;

    /// <summary>Targets that read their first page at once.</summary>
    public int FirstReadsMax { get; init; } = 16;

    /// <summary>Arrays of each size that are kept for pages once they were read. Default 32.</summary>
    public int PooledPagesMax { get; init; } = PagePool.KeptOfSizeDefault;

    /// <summary>Of discoveries that one node of a cluster runs for all.</summary>
    public SharedDiscoverySettings SharedDiscovery { get; init; } = new();

    /// <summary>The name under which other machines know this one.</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>Who scrapes say they are: <c>Pleiad/1.2.3</c>.</summary>
    public string UserAgent { get; init; } = "Pleiad";

    /// <summary>Whether start timestamps are kept.</summary>
    public bool StartTimestamps { get; init; }

    /// <summary>Whether series get <c>__type__</c> and <c>__unit__</c>.</summary>
    public bool TypeAndUnitLabels { get; init; }
}
