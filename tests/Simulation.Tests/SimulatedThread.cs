namespace Pleiad.Simulation.Tests;

/// <summary>Runs continuations one after the other on the thread that pumps, in the order they became due: asynchronous code becomes a function of the seed.</summary>
internal sealed class SimulatedThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _due = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public override void Post(SendOrPostCallback d, object? state)
    {
        // Code that leaves the thread would make a run depend on more than its seed.
        Assert.Equal(_thread, Environment.CurrentManagedThreadId);
        _due.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nobody waits for another thread here");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what is due, and what becomes due by that.</summary>
    public void Pump()
    {
        while (_due.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
        {
            next.Callback(next.State);
        }
    }
}
