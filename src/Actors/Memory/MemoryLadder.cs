namespace Pleiad.Actors;

/// <summary>Decides on which step a node stands.</summary>
internal static class MemoryLadder
{
    // A 64th of a small node's 512 MiB is 8 MiB, some half a million samples: what dashboards ask goes on, and what is used is looked at again before the next 8 MiB.
    private const int PortionShare = 64;

    // Counted are samples and the letters of labels; the objects around them, and the text that an answer becomes, take as much again.
    private const int TakenOfCounted = 2;

    /// <summary>The step after a look at the memory. Up as far as the share reaches; down only from a step whose share is left by the hysteresis.</summary>
    /// <param name="now">The step so far.</param>
    /// <param name="share">Of the limit, in use.</param>
    /// <param name="settings">Where the steps are.</param>
    public static MemoryStep Next(MemoryStep now, double share, MemorySettings settings)
    {
        MemoryStep reached = MemoryStep.WritesRefused;
        while (reached > MemoryStep.Calm && share < settings.ShareOf(reached))
        {
            reached--;
        }

        if (reached >= now)
        {
            return reached;
        }

        while (now > reached && share < settings.ShareOf(now) - settings.Hysteresis)
        {
            now--;
        }

        return now;
    }

    /// <summary>What queries may hold together in any case, and what they may take more at most before the memory is looked at again.</summary>
    /// <param name="limit">Bytes there may be.</param>
    public static long Portion(long limit) => limit / PortionShare;

    /// <summary>Bytes that queries may take beyond what they have: up to where caches shrink. What is above is for samples, and for blocks and snapshots of them.</summary>
    /// <param name="used">Bytes in use.</param>
    /// <param name="limit">Bytes there may be.</param>
    /// <param name="settings">Where the steps are.</param>
    public static long RoomForQueries(long used, long limit, MemorySettings settings) =>
        Math.Max(0, ((long)(limit * settings.CachesShrinkAt) - used) / TakenOfCounted);
}
