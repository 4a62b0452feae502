using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>How many series a node holds at most. They concern new series alone: those that are there go on.</summary>
public sealed record SeriesLimits
{
    /// <summary>Of all shards of the node together. At least 1. Default 20 million.</summary>
    public long OfNodeMax { get; init; } = 20_000_000;

    /// <summary>Of one target: with the same <c>instance</c>. At least 1. Default 1 million.</summary>
    public int OfTargetMax { get; init; } = 1_000_000;

    /// <summary>Of one metric, over all shards of the node. At least 1. Default 5 million.</summary>
    public long OfMetricMax { get; init; } = 5_000_000;
}

/// <summary>What all shards of a node hold together. Asked by any of their writers.</summary>
public interface ISeriesOfNode
{
    /// <summary>Series of all shards. Asked for each new series.</summary>
    long SeriesCount { get; }

    /// <summary>Series of a metric in all shards but one. Asked once for each metric with new series in a batch.</summary>
    /// <param name="metric">The name.</param>
    /// <param name="but">The shard that knows its own.</param>
    long SeriesOfMetric(string metric, ShardId but);
}
