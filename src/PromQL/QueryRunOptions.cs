namespace Pleiad.PromQL;

/// <summary>What one run of a query may set for itself.</summary>
public sealed record QueryRunOptions
{
    /// <summary>Nothing set.</summary>
    public static readonly QueryRunOptions Default = new();

    /// <summary>Lookback of instant selectors; null for the engine's. Above zero.</summary>
    public TimeSpan? Lookback { get; init; }

    /// <summary>Time limit; null for the engine's. Never longer than the engine's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether to count the samples of each step, and what each shard costs.</summary>
    public bool CountsSteps { get; init; }

    /// <summary>Whether what the answer holds goes on to count as held: whoever asked disposes of <see cref="QueryResult.Memory"/>.</summary>
    public bool KeepsMemory { get; init; }

    /// <summary>Rollups that may answer; null for samples alone.</summary>
    public RollupUse? Rollups { get; init; }

    /// <summary>Told what the run holds and which shards are done while it goes on; null for nobody.</summary>
    public QueryProgress? Progress { get; init; }
}
