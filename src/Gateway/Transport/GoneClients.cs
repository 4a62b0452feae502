using System.Collections.Concurrent;

namespace Pleiad.Gateway;

/// <summary>
/// Looks after the clients of connections whose thread is busy: a thread that evaluates a query does not see that the client has gone, and
/// nobody wants the answer any more. Costs nothing while no connection has anything to do.
/// </summary>
internal sealed class GoneClients : IDisposable
{
    // A client that goes is seen after one to two of these.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(40);

    private readonly ConcurrentDictionary<ThreadedConnection, bool> _connections = new();
    private readonly ITimer _timer;
    private int _looksSoon;

    /// <summary>Looks after no client yet.</summary>
    public GoneClients(TimeProvider time) =>
        _timer = time.CreateTimer(static gone => ((GoneClients)gone!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>A connection that has a thread.</summary>
    public void Add(ThreadedConnection connection) => _connections.TryAdd(connection, true);

    /// <summary>One whose thread has ended.</summary>
    public void Remove(ThreadedConnection connection) => _connections.TryRemove(connection, out _);

    /// <summary>A thread begins with something: there will be a look at it, unless it is over by then.</summary>
    public void Expect()
    {
        if (Volatile.Read(ref _looksSoon) == 0 && Interlocked.Exchange(ref _looksSoon, 1) == 0)
        {
            _timer.Change(Period, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // First, so that whoever begins while we look is not forgotten.
        Interlocked.Exchange(ref _looksSoon, 0);
        bool again = false;
        foreach ((ThreadedConnection connection, _) in _connections)
        {
            again |= connection.LookAfterClient();
        }

        if (again)
        {
            Expect();
        }
    }
}
