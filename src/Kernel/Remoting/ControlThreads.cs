namespace Pleiad.Kernel;

/// <summary>The threads of control connections of one node: where the pool has more to do than it can, probes are read and answered all the same.</summary>
internal sealed class ControlThreads(int countMax)
{
    private const int StackBytes = 512 * 1024;

    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>A thread for a connection; false where there are enough. <see cref="Leave"/> gives it back.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= countMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        KernelMetrics.CountControlPooled();
        return false;
    }

    /// <summary>The connection is closed.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>Runs something on a thread of its own, which may wait as long as it likes.</summary>
    /// <returns>Completes with it.</returns>
    public static Task Run(Action work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                    ended.SetResult();
                }
                catch (Exception e)
                {
                    // Whatever it is, it is for whoever awaits the end: on this thread it would end the process.
                    ended.SetException(e);
                }
            },
            StackBytes) { IsBackground = true, Name = "control" };
        thread.Start();
        return ended.Task;
    }
}
