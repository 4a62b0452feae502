using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// Says how much queries may hold, in portions: what is in use is looked at again when one is spent, because between two looks of the watch queries of many
/// threads take more than there is.
/// </summary>
/// <param name="gauge">The memory.</param>
/// <param name="settings">Where the steps are.</param>
/// <param name="state">How the node stands.</param>
/// <param name="garbage">What may be collected.</param>
/// <param name="engine">Is told what its queries may hold.</param>
internal sealed class RoomForQueries(IMemoryGauge gauge, MemorySettings settings, MemoryState state, GarbageCollection garbage, Engine engine)
{
    // Samples alone may leave queries no room for days: what gains nothing is tried less and less often, after half a minute at last.
    private const int PausesMax = 32;

    private readonly long _portion = MemoryLadder.Portion(gauge.LimitBytes);
    private int _pauses = 1;

    /// <summary>Lets them take the next portion, as far as there is room.</summary>
    /// <param name="used">Bytes in use.</param>
    /// <param name="asked">What a query asks for now; more than a portion where that is more.</param>
    public void Give(long used, long asked = 0) => engine.LetHold(Math.Min(RoomWith(used), Math.Max(_portion, asked)), _portion);

    /// <summary>Looks for room when a query would be refused for want of it, on the thread of the query; called for one at a time.</summary>
    /// <param name="asked">What it asks for.</param>
    public void Look(long asked)
    {
        // Where nothing else is refused, what is in use may be garbage. From then on it is meant that what takes much is refused, and the watch collects.
        long seen = garbage.Collections;
        long used = gauge.UsedBytes();
        if (RoomWith(used) < asked && state.Step < MemoryStep.QueriesRefused && garbage.TryCollect(seen, settings.CollectIntervalMin * _pauses))
        {
            used = gauge.UsedBytes();
            _pauses = RoomWith(used) < asked ? Math.Min(2 * _pauses, PausesMax) : 1;
        }

        Give(used, asked);
    }

    private long RoomWith(long used) => MemoryLadder.RoomForQueries(used, gauge.LimitBytes, settings);
}
