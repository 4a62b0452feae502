namespace Pleiad.Actors;

/// <summary>Decides on which step a node stands.</summary>
internal static class MemoryLadder
{
    // A 64th of a small node's 512 MiB is 8 MiB, some half a million samples: what dashboards ask goes on.
    private const int SmallQueriesShare = 64;

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

    /// <summary>Bytes that queries may take beyond what they have: up to where expensive ones are refused, and a little for the others in any case.</summary>
    /// <param name="used">Bytes in use.</param>
    /// <param name="limit">Bytes there may be.</param>
    /// <param name="settings">Where the steps are.</param>
    public static long RoomForQueries(long used, long limit, MemorySettings settings) =>
        Math.Max(((long)(limit * settings.QueriesRefusedAt) - used) / TakenOfCounted, limit / SmallQueriesShare);
}
