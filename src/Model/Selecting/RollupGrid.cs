namespace Pleiad.Model;

/// <summary>Where the buckets of rollups lie: each ends at a multiple of the resolution, open on the left and closed on the right, as PromQL's ranges are.</summary>
public static class RollupGrid
{
    /// <summary>The last multiple at or before a time.</summary>
    /// <param name="timeMs">Milliseconds since the epoch.</param>
    /// <param name="resolutionMs">Above zero.</param>
    public static long Floor(long timeMs, long resolutionMs)
    {
        long rest = timeMs % resolutionMs;
        long down = rest < 0 ? rest + resolutionMs : rest;
        return timeMs < long.MinValue + down ? long.MinValue : timeMs - down;
    }

    /// <summary>The first multiple at or after a time: the end of the bucket that a sample of this time is in.</summary>
    /// <param name="timeMs">Milliseconds since the epoch.</param>
    /// <param name="resolutionMs">Above zero.</param>
    public static long Ceiling(long timeMs, long resolutionMs)
    {
        long rest = timeMs % resolutionMs;
        long up = rest > 0 ? resolutionMs - rest : -rest;
        return timeMs > long.MaxValue - up ? long.MaxValue : timeMs + up;
    }
}
