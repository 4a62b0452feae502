using Pleiad.Kernel;

namespace Pleiad.TestKit;

/// <summary>The thread pool, with a count of the turns that wait or run, so that a test can wait until all is quiet instead of sleeping.</summary>
public sealed class PoolDispatcher : MessageDispatcher
{
    private readonly Dispatcher _pool = new();
    private readonly object _gate = new();
    private int _turns;

    /// <inheritdoc/>
    public override int Throughput => _pool.Throughput;

    /// <inheritdoc/>
    public override void Schedule(IThreadPoolWorkItem turn, bool continues)
    {
        lock (_gate)
        {
            _turns++;
        }

        _pool.Schedule(new CountedTurn(this, turn), continues);
    }

    /// <summary>Waits until no turn waits or runs. What other threads and tasks will still send is not known here.</summary>
    /// <returns>False when the guard came first: a turn hangs.</returns>
    public bool WaitUntilIdle(TimeSpan guard)
    {
        long until = Environment.TickCount64 + (long)guard.TotalMilliseconds;
        lock (_gate)
        {
            while (_turns > 0)
            {
                long left = until - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left)))
                {
                    return _turns == 0;
                }
            }

            return true;
        }
    }

    private void OnTurnOver()
    {
        lock (_gate)
        {
            if (--_turns == 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private sealed class CountedTurn(PoolDispatcher owner, IThreadPoolWorkItem turn) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            try
            {
                turn.Execute();
            }
            finally
            {
                owner.OnTurnOver();
            }
        }
    }
}
