using Pleiad.Actors;

namespace Pleiad.Node;

/// <summary>
/// Keeps the memory of a start to what it needs. While a node runs its memory is watched, and garbage is collected whole before somebody is refused for it. At a start
/// nobody can be refused, and the runtime alone lets garbage and room that is free fill a small control group, until a large array finds none and the process ends.
/// </summary>
/// <param name="gauge">The memory.</param>
/// <param name="allocatedBytes">Bytes allocated so far by all threads; the garbage among them too.</param>
internal sealed class RoomForReplay(IMemoryGauge gauge, Func<long> allocatedBytes)
{
    // Below, there is nothing to be afraid of.
    private const double UsedShare = 0.7;

    // Of the limit, that must have been allocated since: a start that needs nearly all of it does not spend all of its time collecting.
    private const int AllocatedParts = 16;

    private readonly Lock _collecting = new();
    private readonly long _step = gauge.LimitBytes / AllocatedParts;
    private long _next;

    /// <summary>Collects garbage where memory is short and much may be garbage. After each record that is applied, from any thread; others wait meanwhile.</summary>
    public void Make()
    {
        if (allocatedBytes() < Volatile.Read(ref _next))
        {
            return;
        }

        lock (_collecting)
        {
            if (allocatedBytes() < _next)
            {
                return;
            }

            // Looked at oftener than collected: a look costs little.
            if (gauge.UsedBytes() < gauge.LimitBytes * UsedShare)
            {
                Volatile.Write(ref _next, allocatedBytes() + (_step / AllocatedParts));
                return;
            }

            gauge.Collect();
            Volatile.Write(ref _next, allocatedBytes() + _step);
        }
    }
}
