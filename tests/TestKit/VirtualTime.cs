namespace Pleiad.TestKit;

/// <summary>A clock that stands still until it is told to move, and then fires timers in the order of their time. Thread-safe.</summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedSet<VirtualTimer> _timers = new(Comparer<VirtualTimer>.Create(
        static (a, b) => a.DueTicks != b.DueTicks ? a.DueTicks.CompareTo(b.DueTicks) : a.Order.CompareTo(b.Order)));

    private readonly DateTimeOffset _start;
    private long _ticks;
    private long _jumpedTicks;
    private long _lastOrder;

    /// <param name="start">Null for 2026-01-01 00:00 UTC.</param>
    public VirtualTime(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Since the start, jumps of the wall clock not counted.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <summary>How far away the next timer is; null when none is set.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min is { } next ? TimeSpan.FromTicks(Math.Max(0, next.DueTicks - _ticks)) : null;
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _start.AddTicks(_ticks + _jumpedTicks);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on; each timer that comes due fires, on this thread, at exactly its time, ties in the order they were set.</summary>
    /// <param name="by">Zero and more.</param>
    /// <param name="afterEach">Called after each firing, before time moves on: for instance to let actors handle what came.</param>
    public void Advance(TimeSpan by, Action? afterEach = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long until = GetTimestamp() + by.Ticks;
        while (TryTakeDue(until) is { } due)
        {
            due.Fire();
            afterEach?.Invoke();
        }

        lock (_gate)
        {
            _ticks = Math.Max(_ticks, until);
        }
    }

    /// <summary>What an administrator or NTP does: the wall clock jumps, elapsed time and timers do not notice.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _jumpedTicks += by.Ticks;
        }
    }

    private VirtualTimer? TryTakeDue(long until)
    {
        lock (_gate)
        {
            if (_timers.Min is not { } next || next.DueTicks > until)
            {
                return null;
            }

            _timers.Remove(next);
            _ticks = Math.Max(_ticks, next.DueTicks);
            if (next.PeriodTicks > 0)
            {
                next.DueTicks += next.PeriodTicks;
                next.Order = ++_lastOrder;
                _timers.Add(next);
            }

            return next;
        }
    }

    private sealed class VirtualTimer(VirtualTime owner, TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        internal long DueTicks { get; set; }

        internal long PeriodTicks { get; private set; }

        internal long Order { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                if (_isDisposed)
                {
                    return false;
                }

                owner._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
                DueTicks = owner._ticks + dueTime.Ticks;
                PeriodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                Order = ++owner._lastOrder;
                owner._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                _isDisposed = true;
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void Fire() => callback(state);
    }
}
