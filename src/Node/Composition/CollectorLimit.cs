namespace Pleiad.Node;

/// <summary>How much of a control group the garbage collector may fill.</summary>
/// <remarks>
/// Of a group's limit the runtime gives its heap 75 % and throws <see cref="OutOfMemoryException"/> beyond, wherever somebody allocates: the process ended
/// so before the steps of pleiad.memory, which are shares of the same limit, had refused anything. Without a group's limit there is none of the heap either.
/// </remarks>
internal static class CollectorLimit
{
    private const string Key = "GCHeapHardLimit";

    // For the runtime itself, threads and buffers of the system: a node that has just started has some 30 MiB outside of the heap.
    private const long OthersBytesMin = 48L << 20;
    private const double OthersShare = 0.06;

    /// <summary>Raises it to what the group allows, less what others than the heap need. Once, as the process starts.</summary>
    /// <param name="surroundingsBytes">What the control group, or else the machine, has.</param>
    /// <returns>The limit of the heap from now on; null where it stays as it was.</returns>
    public static long? Raise(long surroundingsBytes)
    {
        if (Wanted(surroundingsBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, IsSetByUser()) is not { } wanted)
        {
            return null;
        }

        AppContext.SetData(Key, (ulong)wanted);
        try
        {
            GC.RefreshMemoryLimit();
            return wanted;
        }
        catch (InvalidOperationException)
        {
            // The runtime does not take it: its own limit stays.
            return null;
        }
    }

    /// <summary>The limit to ask for; null for none.</summary>
    /// <param name="surroundingsBytes">What the control group, or else the machine, has.</param>
    /// <param name="heapBytes">What the heap may have so far.</param>
    /// <param name="isSetByUser">Whether somebody has said what the heap may have: that stays.</param>
    internal static long? Wanted(long surroundingsBytes, long heapBytes, bool isSetByUser)
    {
        long wanted = surroundingsBytes - Math.Max(OthersBytesMin, (long)(surroundingsBytes * OthersShare));
        return isSetByUser || wanted <= heapBytes ? null : wanted;
    }

    private static bool IsSetByUser() =>
        Environment.GetEnvironmentVariable("DOTNET_GCHeapHardLimit") is not null || Environment.GetEnvironmentVariable("DOTNET_GCHeapHardLimitPercent") is not null;
}
