namespace Pleiad.Gateway.Tests;

/// <summary>A clock that shows one time; its timers never fire unless a test fires them.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    private readonly List<(TimerCallback Callback, object? State)> _timers = [];

    public override DateTimeOffset GetUtcNow() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_timers)
        {
            _timers.Add((callback, state));
        }

        return new Timer();
    }

    /// <summary>Lets every timer fire that was made so far.</summary>
    public void FireAll()
    {
        (TimerCallback Callback, object? State)[] timers;
        lock (_timers)
        {
            timers = [.. _timers];
        }

        foreach ((TimerCallback callback, object? state) in timers)
        {
            callback(state);
        }
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
