namespace Pleiad.Actors;

/// <summary>Decides on which step a node stands.</summary>
internal static class MemoryLadder
{
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
}
