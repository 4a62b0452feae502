namespace Pleiad.Actors;

/// <summary>Collects garbage before somebody is refused for it, and not so often that nothing else is done. Safe for many threads.</summary>
/// <param name="gauge">The memory.</param>
/// <param name="time">Measures.</param>
internal sealed class GarbageCollection(IMemoryGauge gauge, TimeProvider time)
{
    // A collection that stops everything for a second may do so at most every ten.
    private const int Share = 10;

    private readonly Lock _collecting = new();
    private TimeSpan _took;
    private long _at;
    private long _collections;

    /// <summary>How many there have been.</summary>
    public long Collections => Volatile.Read(ref _collections);

    /// <summary>Collects, unless it has done so a short while ago. Whoever comes while another collects waits for that.</summary>
    /// <param name="seen">How many there had been when the memory was looked at.</param>
    /// <param name="interval">Since the last one at least; ten times as long as that took, where that is more.</param>
    /// <returns>Whether garbage was collected since then, by this call or another: what was seen in use is no longer so.</returns>
    public bool TryCollect(long seen, TimeSpan interval)
    {
        lock (_collecting)
        {
            if (_collections != seen)
            {
                return true;
            }

            if (_collections > 0 && time.GetElapsedTime(_at) < TimeSpan.FromTicks(Math.Max(interval.Ticks, _took.Ticks * Share)))
            {
                return false;
            }

            long began = time.GetTimestamp();
            gauge.Collect();
            _at = time.GetTimestamp();
            _took = time.GetElapsedTime(began, _at);
            Volatile.Write(ref _collections, _collections + 1);
            return true;
        }
    }
}
