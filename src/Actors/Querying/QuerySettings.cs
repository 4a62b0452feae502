using Pleiad.Storage;

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

    /// <summary>Queries of other nodes that may have something open on this one; more are refused. Default 1000.</summary>
    public int PeerQueriesMax { get; init; } = 1000;

    /// <summary>Reads of other nodes that are evaluated here at the same time; others wait. Default 40.</summary>
    public int PeerConcurrencyMax { get; init; } = 40;

    /// <summary>Bytes of series that one query may fetch from other nodes where it cannot be evaluated there. Default 512 MiB.</summary>
    public long FetchBytesMax { get; init; } = 512L << 20;

    /// <summary>A node that has not answered for so long, or for longer than 95 of 100 answers take, is not waited for alone: another copy is asked too. Default 250 ms.</summary>
    public TimeSpan HedgeAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a strong read waits for a copy to have what was acknowledged before; then it is refused. Default 20 s.</summary>
    public TimeSpan StrongTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Strong reads that wait for copies at the same time, which they do before their turn; more are refused at once. Default 200.</summary>
    public int StrongWaitingMax { get; init; } = 200;

    /// <summary>Series that a request may read or list. Default 10 million.</summary>
    public long SeriesMax { get; init; } = 10_000_000;

    /// <summary>Rollups that may answer where samples are gone. Default none.</summary>
    public IReadOnlyList<RollupTier> Rollups { get; init; } = [];

    /// <summary>Whether they answer where samples are there too, for a query that does not say itself. Default false: answers are those of Prometheus then.</summary>
    public bool PrefersRollups { get; init; }

    /// <summary>How long a query may take, the time included that it waits for its turn. Default 2 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}
