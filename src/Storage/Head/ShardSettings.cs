namespace Pleiad.Storage;

/// <summary>Limits of one shard.</summary>
public sealed record ShardSettings
{
    /// <summary>Series a shard may hold; new ones beyond are refused, those that are there go on. At least 1. Default 2 million.</summary>
    public int SeriesMax { get; init; } = 2_000_000;

    /// <summary>Batches prepared and not yet durable; the next <see cref="Shard.Prepare"/> is refused by an exception. Default 64.</summary>
    public int InFlightMax { get; init; } = 64;
}
