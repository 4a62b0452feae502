using Microsoft.Extensions.Logging;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Looks at the heap, and has it compacted when <see cref="CompactionPlan"/> says so.</summary>
/// <param name="heap">The heap.</param>
/// <param name="settings">When.</param>
/// <param name="log">Where it is told.</param>
internal sealed class HeapCompactionActor(IHeap heap, CompactionSettings settings, ILogger log) : Actor
{
    private readonly CompactionPlan _plan = new(settings);

    protected override void PreStart() => Timers.StartPeriodic(Look.Instance, Look.Instance, settings.CheckInterval, settings.CheckInterval);

    protected override void Receive(object message)
    {
        if (message is Look)
        {
            TakeLook();
        }
        else
        {
            Unhandled(message);
        }
    }

    private void TakeLook()
    {
        long before = heap.CommittedBytes();
        if (!_plan.IsDue(before, Context.Time.GetUtcNow()))
        {
            return;
        }

        TimeSpan pause = heap.Compact();
        long after = heap.CommittedBytes();
        _plan.Done(after, pause, Context.Time.GetUtcNow());
        ActorsMetrics.HeapCompactions.Add(1);
        ActorsMetrics.HeapCompactionSeconds.Add(pause.TotalSeconds);
        log.HeapCompacted(before >> 20, after >> 20, pause);
    }

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }
}
