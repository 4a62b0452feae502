namespace Pleiad.PromQL;

/// <summary>What start timestamps say about two samples in a row. 0 stands for "not known".</summary>
internal static class StartTimes
{
    /// <summary>Whether the counter started anew between the two.</summary>
    public static bool IsReset(long startBefore, long timeBefore, long start, long time)
    {
        if (start == 0 || start >= time || start < timeBefore)
        {
            return false;
        }

        // Exactly at the sample before: a delta, unless the one before does not know its start either.
        return start > timeBefore || (startBefore < timeBefore && startBefore != 0);
    }

    /// <summary>Whether the later sample claims to have started before the earlier one was taken, though not together with it.</summary>
    public static bool Overlaps(long startBefore, long timeBefore, long start) =>
        start != 0 && start < timeBefore && start != startBefore;
}
