namespace Pleiad.Storage;

/// <summary>Limits of one shard.</summary>
public sealed record ShardSettings
{
    /// <summary>Series a shard may hold; new ones beyond are refused, those that are there go on. At least 1. Default 2 million.</summary>
    public int SeriesMax { get; init; } = 2_000_000;

    /// <summary>Of all shards of the node, of targets and of metrics.</summary>
    public SeriesLimits Series { get; init; } = new();

    /// <summary>Deletions that blocks have not applied yet; more are refused until blocks are cleaned or merged. At least 1. Default 10 000.</summary>
    public int TombstonesMax { get; init; } = 10_000;

    /// <summary>Samples of one series that came late and are in no block yet; further ones are refused as out of order. At least 1. Default 10 000.</summary>
    public int LateSamplesMax { get; init; } = 10_000;

    /// <summary>The same of all series of the shard together, about 40 bytes each. At least 1. Default 250 000.</summary>
    public int LateSamplesOfShardMax { get; init; } = 250_000;

    /// <summary>Batches prepared and not yet durable; the next <see cref="Shard.Prepare"/> is refused by an exception. Default 64.</summary>
    public int InFlightMax { get; init; } = 64;

    /// <summary>How much older than the newest sample of the shard samples may be that were acknowledged once and are written again, in milliseconds.</summary>
    public long AcknowledgedWindowMs { get; init; } = 24L * 3600 * 1000;
}
