namespace Pleiad.Storage;

/// <summary>Flushes a segment log on a thread of its own: at once when enough waits or somebody waits for it, else once an interval.</summary>
public sealed class SegmentLogFlusher : IDisposable
{
    private readonly SegmentLog _log;
    private readonly TimeProvider _time;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ITimer _timer;
    private readonly Thread _thread;
    private readonly Lock _ending = new();
    private volatile bool _stops;
    private bool _hasEnded;
    private long _flushedAt;

    /// <summary>Starts.</summary>
    /// <param name="log">Closed by its owner, after this.</param>
    /// <param name="time">For the interval.</param>
    public SegmentLogFlusher(SegmentLog log, TimeProvider time)
    {
        _log = log;
        _time = time;
        _flushedAt = time.GetTimestamp() - (long)(log.Settings.FlushInterval.TotalSeconds * time.TimestampFrequency);
        _timer = time.CreateTimer(static state => ((SegmentLogFlusher)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _log.WorkWaits = Wake;
        _thread = new Thread(Run) { IsBackground = true, Name = "segment log" };
        _thread.Start();
    }

    /// <summary>Flushes what waits and ends the thread.</summary>
    public void Dispose()
    {
        if (_stops)
        {
            return;
        }

        _log.WorkWaits = null;
        _stops = true;
        Wake();
        _thread.Join();
        _timer.Dispose();
        lock (_ending)
        {
            _hasEnded = true;
            _wake.Dispose();
        }
    }

    // An append on another thread, or the timer, may have decided to call before it was told not to.
    private void Wake()
    {
        lock (_ending)
        {
            if (!_hasEnded)
            {
                _wake.Set();
            }
        }
    }

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne();
            if (_stops)
            {
                _log.FlushOnce();
                return;
            }

            int waiting = _log.PendingBytes;
            if (waiting == 0)
            {
                continue;
            }

            TimeSpan left = _log.Settings.FlushInterval - _time.GetElapsedTime(_flushedAt);
            if (left > TimeSpan.Zero && waiting < _log.Settings.FlushBytes && !_log.IsAwaited)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                continue;
            }

            _log.FlushOnce();
            _flushedAt = _time.GetTimestamp();

            // What came meanwhile found somebody at work and woke nobody.
            Wake();
        }
    }
}
