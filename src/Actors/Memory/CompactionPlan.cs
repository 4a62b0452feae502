namespace Pleiad.Actors;

/// <summary>
/// Decides when the heap is compacted: once what made it grow is over, since what is garbage by then, and the holes it leaves, stay resident. How much
/// that is nobody knows before, so one that gave little back is not repeated soon.
/// </summary>
/// <param name="settings">Where its limits are.</param>
internal sealed class CompactionPlan(CompactionSettings settings)
{
    /// <summary>It has to have grown by so much since the last one: what is left to gain otherwise is not worth a pause.</summary>
    public const long GrowthBytesMin = 32L << 20;

    // A heap that grew by more since the last look is still growing.
    private const double SettledGrowth = 0.1;

    // And by such a share of what it was then.
    private const double GrowthShareMin = 0.25;

    // One that gave back a smaller share of the heap was in vain.
    private const double GainShareMin = 0.1;

    // Pauses take a thousandth of the time at most.
    private const int PausesShare = 1000;

    private const int LongestWaitIntervals = 32;

    private TimeSpan _wait = settings.Interval;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private long _bytesBefore;
    private long _bytesCompacted;

    /// <summary>Whether to compact now; asked at every look.</summary>
    /// <param name="bytes">That the heap holds.</param>
    /// <param name="now">The time.</param>
    public bool IsDue(long bytes, DateTimeOffset now)
    {
        long before = _bytesBefore;
        _bytesBefore = bytes;
        return before > 0 && bytes <= before * (1 + SettledGrowth)
            && bytes <= settings.HeapBytesMax
            && bytes - _bytesCompacted >= Math.Max(GrowthBytesMin, (long)(_bytesCompacted * GrowthShareMin))
            && now >= _notBefore;
    }

    /// <summary>Notes that the heap was compacted.</summary>
    /// <param name="bytes">That it holds now.</param>
    /// <param name="pause">How long everything stood still.</param>
    /// <param name="now">The time.</param>
    public void Done(long bytes, TimeSpan pause, DateTimeOffset now)
    {
        bool wasWorthIt = _bytesBefore - bytes >= _bytesBefore * GainShareMin;
        TimeSpan longest = settings.Interval * LongestWaitIntervals;
        _wait = wasWorthIt ? settings.Interval : _wait * 2 < longest ? _wait * 2 : longest;
        TimeSpan rest = pause * PausesShare;
        _notBefore = now + (rest > _wait ? rest : _wait);
        _bytesBefore = bytes;
        _bytesCompacted = bytes;
    }
}
