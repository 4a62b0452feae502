namespace Pleiad.Actors;

/// <summary>From which share of the memory on a node gives up what. The shares ascend.</summary>
public sealed record MemorySettings
{
    /// <summary>Share of the limit, from which on caches shrink. Default 0.7.</summary>
    public double CachesShrinkAt { get; init; } = 0.70;

    /// <summary>Share from which on expensive queries are refused. Default 0.8.</summary>
    public double QueriesRefusedAt { get; init; } = 0.80;

    /// <summary>Share from which on new series are refused. Default 0.85.</summary>
    public double SeriesRefusedAt { get; init; } = 0.85;

    /// <summary>Share from which on writes of clients are refused. Default 0.92.</summary>
    public double WritesRefusedAt { get; init; } = 0.92;

    /// <summary>A step ends when the share is so much below where it began, so that it does not come and go. Default 0.05.</summary>
    public double Hysteresis { get; init; } = 0.05;

    /// <summary>Samples that a query may hold while expensive ones are refused. At least 1. Default 1 million.</summary>
    public long QuerySamplesMax { get; init; } = 1_000_000;

    /// <summary>Series that a query may read, and names, values and series that one may be answered with, while expensive ones are refused. At least 1. Default 250,000.</summary>
    public int QuerySeriesMax { get; init; } = 250_000;

    /// <summary>Between two looks. Default 250 ms.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two collections of garbage while memory is short. Default 10 s.</summary>
    public TimeSpan CollectInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same before more is refused than so far, and at least ten times as long as the last one took. Default 1 s.</summary>
    public TimeSpan CollectIntervalMin { get; init; } = TimeSpan.FromSeconds(1);

    internal double ShareOf(MemoryStep step) => step switch
    {
        MemoryStep.CachesShrink => CachesShrinkAt,
        MemoryStep.QueriesRefused => QueriesRefusedAt,
        MemoryStep.SeriesRefused => SeriesRefusedAt,
        MemoryStep.WritesRefused => WritesRefusedAt,
        _ => 0,
    };
}
