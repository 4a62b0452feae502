using Microsoft.Extensions.Logging;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Compares the wall clock, by which samples are stamped, with the steady clock, and says when the first one jumps.</summary>
internal sealed class ClockWatchActor(ILogger log) : Actor
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Stepping by a time service stays well below this; what is above it leaves a gap or refused samples behind.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    private DateTimeOffset _wall;
    private long _steady;

    protected override void PreStart()
    {
        Note();
        Timers.StartPeriodic(Interval, Tick.Instance, Interval);
    }

    protected override void Receive(object message)
    {
        if (message is not Tick)
        {
            Unhandled(message);
            return;
        }

        TimeSpan jump = Context.Time.GetUtcNow() - _wall - Context.Time.GetElapsedTime(_steady);
        if (jump > Tolerance)
        {
            ActorsMetrics.ClockJumps.Add(1);
            log.ClockJumpedForwards(jump);
        }
        else if (jump < -Tolerance)
        {
            ActorsMetrics.ClockJumps.Add(1);
            log.ClockJumpedBackwards(-jump);
        }

        Note();
    }

    private void Note()
    {
        _wall = Context.Time.GetUtcNow();
        _steady = Context.Time.GetTimestamp();
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
