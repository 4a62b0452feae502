namespace Pleiad.Actors;

/// <summary>Limits of queries on one node.</summary>
public sealed record QuerySettings
{
    /// <summary>Queries running at the same time. At least 1. Default 20.</summary>
    public int ConcurrencyMax { get; init; } = 20;

    /// <summary>Queries waiting for their turn; more are refused at once. Default 1000.</summary>
    public int QueueMax { get; init; } = 1000;

    /// <summary>Ended queries that are remembered, to be shown. Default 100.</summary>
    public int RecentMax { get; init; } = 100;

    /// <summary>Threads one query may use at once, each on a shard of its own. At least 1. Default: as many as there are processors.</summary>
    public int ThreadsMax { get; init; } = Environment.ProcessorCount;

    /// <summary>How long a query may take, the time included that it waits for its turn. Default 2 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}
