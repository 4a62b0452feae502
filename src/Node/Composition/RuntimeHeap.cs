using System.Runtime;
using Pleiad.Actors;

namespace Pleiad.Node;

/// <summary>The heap of this process, as the runtime tells it.</summary>
internal sealed class RuntimeHeap : IHeap
{
    /// <inheritdoc/>
    public long CommittedBytes() => GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;

    /// <inheritdoc/>
    public TimeSpan Compact()
    {
        TimeSpan before = GC.GetTotalPauseDuration();
        CollectWhole();
        return GC.GetTotalPauseDuration() - before;
    }

    /// <summary>Collects all garbage, moves what lives together, large objects too, and gives the rest back to the system.</summary>
    public static void CollectWhole()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }
}
