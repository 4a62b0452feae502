namespace Pleiad.Actors;

/// <summary>When a node compacts its heap: docs/decisions/0026.</summary>
public sealed record CompactionSettings
{
    /// <summary>A heap that holds more is left to the collector, for everything stands still meanwhile; 0: never. Default 256 MiB.</summary>
    public long HeapBytesMax { get; init; } = 256L << 20;

    /// <summary>At least between two of them. Default 1 min.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Between two looks at the heap. Default 10 s.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(10);
}
