namespace Pleiad.Actors;

/// <summary>
/// One look for all who asked before it began: however many ask, one is under way and one may wait behind it. Who gives up leaves nothing queued.
/// </summary>
/// <param name="look">Looks; what it throws, all get who waited for it.</param>
internal sealed class SharedLook<T>(Func<Task<T>> look)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task<T>? _next;

    /// <summary>What a look finds that begins after this call.</summary>
    /// <param name="cancel">Waits no longer; the look goes on for the others.</param>
    public Task<T> BeginningNowAsync(CancellationToken cancel)
    {
        Task<T> mine;
        lock (_lock)
        {
            mine = _next ??= AfterAsync(_running);
        }

        return mine.WaitAsync(cancel);
    }

    private async Task<T> AfterAsync(Task before)
    {
        // Never on the caller's thread: it holds the lock until this is the next one.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            _running = _next!;
            _next = null;
        }

        return await look();
    }
}
