namespace Pleiad.Persistence;

/// <summary>Waiting on an injected clock.</summary>
internal static class Pauses
{
    /// <summary>Completes after a while.</summary>
    /// <exception cref="OperationCanceledException">The token came first.</exception>
    public static async Task PauseAsync(this TimeProvider time, TimeSpan pause, CancellationToken cancel)
    {
        var elapsed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), elapsed, pause, Timeout.InfiniteTimeSpan);
        await elapsed.Task.WaitAsync(cancel);
    }
}
