using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>
/// When a target is scraped: at <c>k * interval + hash(target) mod interval</c>, counted from the epoch. Every node computes the same
/// slots, so a successor goes on where its predecessor ended, and targets are spread evenly over their interval.
/// </summary>
public readonly record struct ScrapeSchedule
{
    private readonly long _intervalMs;
    private readonly long _offsetMs;

    /// <summary>The schedule of a target.</summary>
    public ScrapeSchedule(Target target)
        : this(target.Interval, target.Key)
    {
    }

    /// <summary>The schedule of an interval and an identity.</summary>
    /// <param name="interval">At least a millisecond.</param>
    public ScrapeSchedule(TimeSpan interval, TargetKey key)
    {
        _intervalMs = (long)interval.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_intervalMs, nameof(interval));
        _offsetMs = (long)(key.Hash % (ulong)_intervalMs);
    }

    /// <summary>Where in the interval the slots are.</summary>
    public TimeSpan Offset => TimeSpan.FromMilliseconds(_offsetMs);

    /// <summary>The latest slot that is not after a point in time.</summary>
    public Timestamp SlotAt(Timestamp at)
    {
        long since = at.Milliseconds - _offsetMs;
        long slots = since >= 0 ? since / _intervalMs : ((since + 1) / _intervalMs) - 1;
        return new Timestamp((slots * _intervalMs) + _offsetMs);
    }

    /// <summary>The first slot after a point in time.</summary>
    public Timestamp NextAfter(Timestamp at) => new(SlotAt(at).Milliseconds + _intervalMs);
}
