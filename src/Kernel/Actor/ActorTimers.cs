namespace Pleiad.Kernel;

/// <summary>Messages that an actor sends itself later, by key. Within its turns only; all are cancelled when it restarts or stops.</summary>
/// <remarks>
/// A message whose timer was cancelled or replaced is not delivered, even if it was in the mailbox already. A timer always finds room in the mailbox,
/// and has at most one message there: a periodic timer whose actor is behind skips.
/// </remarks>
public sealed class ActorTimers
{
    private readonly ActorCell _cell;
    private readonly Dictionary<object, TimerTick> _timers = [];

    internal ActorTimers(ActorCell cell) => _cell = cell;

    /// <summary>Sends the message once.</summary>
    /// <param name="key">Replaces a timer of the same key.</param>
    /// <param name="message">What is sent.</param>
    /// <param name="delay">Zero and more.</param>
    /// <exception cref="InvalidOperationException">More than <see cref="KernelSettings.TimersMax"/> timers.</exception>
    public void StartSingle(object key, object message, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Start(key, message, delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends the message again and again.</summary>
    /// <param name="key">Replaces a timer of the same key.</param>
    /// <param name="message">What is sent.</param>
    /// <param name="interval">More than zero.</param>
    /// <param name="initialDelay">Null for one interval.</param>
    /// <exception cref="InvalidOperationException">More than <see cref="KernelSettings.TimersMax"/> timers.</exception>
    public void StartPeriodic(object key, object message, TimeSpan interval, TimeSpan? initialDelay = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        TimeSpan first = initialDelay ?? interval;
        ArgumentOutOfRangeException.ThrowIfLessThan(first, TimeSpan.Zero, nameof(initialDelay));
        Start(key, message, first, interval);
    }

    /// <summary>Whether a timer of this key will send (again).</summary>
    public bool IsActive(object key) => _timers.ContainsKey(key);

    /// <summary>Ends the timer of this key, if there is one.</summary>
    public void Cancel(object key)
    {
        _cell.CheckInTurn();
        if (_timers.Remove(key, out TimerTick? timer))
        {
            timer.Dispose();
        }
    }

    /// <summary>Ends all timers.</summary>
    public void CancelAll()
    {
        _cell.CheckInTurn();
        foreach (TimerTick timer in _timers.Values)
        {
            timer.Dispose();
        }

        _timers.Clear();
    }

    private void Start(object key, object message, TimeSpan delay, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        if (_timers.Count >= _cell.System.Settings.TimersMax)
        {
            throw new InvalidOperationException($"{_cell.Self} has {_timers.Count} timers already");
        }

        TimerTick timer = new(this, key, message, isPeriodic: period != Timeout.InfiniteTimeSpan);
        timer.Start(_cell.System.Time, delay, period);
        _timers.Add(key, timer);
    }

    /// <summary>One timer, and the message that it puts into the mailbox when it fires.</summary>
    private sealed class TimerTick(ActorTimers owner, object key, object payload, bool isPeriodic) : AutoReceived
    {
        private ITimer? _timer;
        private int _isWaiting;
        private bool _isOver;

        internal void Start(TimeProvider time, TimeSpan delay, TimeSpan period) =>
            _timer = time.CreateTimer(static tick => ((TimerTick)tick!).OnDue(), this, delay, period);

        internal void Dispose()
        {
            _isOver = true;
            _timer?.Dispose();
        }

        internal override bool TryOpen(ActorCell cell, out object message)
        {
            message = payload;
            Volatile.Write(ref _isWaiting, 0);
            if (_isOver)
            {
                return false;
            }

            if (!isPeriodic)
            {
                owner._timers.Remove(key);
                Dispose();
            }

            return true;
        }

        private void OnDue()
        {
            if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
            {
                owner._cell.EnqueueReserved(new Envelope(this, owner._cell.Self));
            }
        }
    }
}
