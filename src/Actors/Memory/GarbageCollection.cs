namespace Pleiad.Actors;

/// <summary>Collects garbage before somebody is refused for it, and not so often that nothing else is done. Safe for many threads.</summary>
/// <param name="gauge">The memory.</param>
/// <param name="settings">How often.</param>
/// <param name="time">Measures.</param>
internal sealed class GarbageCollection(IMemoryGauge gauge, MemorySettings settings, TimeProvider time)
{
    // A collection that stops everything for a second may do so at most every ten.
    private const int Share = 10;

    private readonly Lock _collecting = new();
    private TimeSpan _took;
    private long _at;
    private bool _hasCollected;

    /// <summary>Collects, unless it has done so a short while ago. Whoever comes while another collects waits for that.</summary>
    /// <param name="refusesMore">Whether more would else be refused than so far: then the while is shorter.</param>
    /// <returns>Whether garbage was collected by this call.</returns>
    public bool TryCollect(bool refusesMore)
    {
        lock (_collecting)
        {
            if (!MayCollect(refusesMore))
            {
                return false;
            }

            long began = time.GetTimestamp();
            gauge.Collect();
            _hasCollected = true;
            _at = time.GetTimestamp();
            _took = time.GetElapsedTime(began, _at);
            return true;
        }
    }

    private bool MayCollect(bool refusesMore)
    {
        TimeSpan pause = _took * Share;
        pause = refusesMore ? Max(pause, settings.CollectIntervalMin) : Max(pause, settings.CollectInterval);
        return !_hasCollected || time.GetElapsedTime(_at) >= pause;
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
