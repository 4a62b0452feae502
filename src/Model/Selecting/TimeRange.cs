namespace Pleiad.Model;

/// <summary>A range of time, open on the left and closed on the right, as PromQL's ranges are.</summary>
/// <param name="After">Milliseconds; a sample at this very time is outside.</param>
/// <param name="Through">Milliseconds; a sample at this very time is inside.</param>
public readonly record struct TimeRange(long After, long Through)
{
    /// <summary>All of time.</summary>
    public static readonly TimeRange All = new(long.MinValue, long.MaxValue);

    /// <summary>Both ends inside.</summary>
    public static TimeRange Closed(long from, long through) => new(from == long.MinValue ? from : from - 1, through);

    /// <summary>Whether a time lies inside.</summary>
    public bool Contains(long timeMs) => timeMs > After && timeMs <= Through;

    /// <summary>Whether samples between two times, both included, may lie inside.</summary>
    public bool Overlaps(long from, long through) => through > After && from <= Through;
}
