namespace Pleiad.Gateway;

/// <summary>
/// The threads that serve connections, a bounded number of them. One whose connection has ended waits a while for the next: a client that
/// connects for every request does not pay for a new thread each time.
/// </summary>
/// <param name="max">Threads at the same time.</param>
internal sealed class ConnectionThreads(int max) : IDisposable
{
    private static readonly TimeSpan ParkedMax = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<Seat> _parked = [];
    private int _alive;
    private bool _isDisposed;

    /// <summary>A thread that has nothing to do until it is told; null where there are too many.</summary>
    public Seat? Take()
    {
        lock (_lock)
        {
            if (_parked.Count > 0)
            {
                Seat last = _parked[^1];
                _parked.RemoveAt(_parked.Count - 1);
                return last;
            }

            if (_alive >= max || _isDisposed)
            {
                return null;
            }

            _alive++;
        }

        try
        {
            var seat = new Seat(this);
            seat.Start();
            return seat;
        }
        catch (OutOfMemoryException)
        {
            // The process may have no more threads at present: as if there were too many.
            lock (_lock)
            {
                _alive--;
            }

            return null;
        }
    }

    /// <summary>Those that wait end now, the others when their connection does.</summary>
    public void Dispose()
    {
        Seat[] waiting;
        lock (_lock)
        {
            _isDisposed = true;
            _alive -= _parked.Count;
            waiting = [.. _parked];
            _parked.Clear();
        }

        foreach (Seat seat in waiting)
        {
            seat.End();
        }
    }

    private bool Park(Seat seat)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                _alive--;
                return false;
            }

            _parked.Add(seat);
            return true;
        }
    }

    // False where somebody has taken it meanwhile.
    private bool Leave(Seat seat)
    {
        lock (_lock)
        {
            bool left = _parked.Remove(seat);
            _alive -= left ? 1 : 0;
            return left;
        }
    }

    /// <summary>A thread, and what it is to do next.</summary>
    internal sealed class Seat(ConnectionThreads threads)
    {
        private readonly object _gate = new();
        private Action? _work;
        private bool _isOver;

        /// <summary>Makes the thread.</summary>
        /// <exception cref="OutOfMemoryException">The system gives no more.</exception>
        public void Start() => new Thread(Run) { IsBackground = true, Name = "connection" }.UnsafeStart();

        /// <summary>Runs something on the thread; once after each <see cref="Take"/>.</summary>
        /// <param name="work">Throws nothing.</param>
        public void Begin(Action work)
        {
            lock (_gate)
            {
                _work = work;
                Monitor.Pulse(_gate);
            }
        }

        /// <summary>Ends a thread that waits.</summary>
        public void End()
        {
            lock (_gate)
            {
                _isOver = true;
                Monitor.Pulse(_gate);
            }
        }

        private void Run()
        {
            while (Next() is { } work)
            {
                work();
                if (!threads.Park(this))
                {
                    return;
                }
            }
        }

        private Action? Next()
        {
            lock (_gate)
            {
                while (_work is null && !_isOver)
                {
                    if (!Monitor.Wait(_gate, ParkedMax) && _work is null && threads.Leave(this))
                    {
                        return null;
                    }
                }

                Action? work = _work;
                _work = null;
                return work;
            }
        }
    }
}
