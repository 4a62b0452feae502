namespace Pleiad.Kernel;

/// <summary>The restarts of one child within the window.</summary>
internal sealed class RestartHistory
{
    private readonly Queue<long> _restarts = [];

    /// <summary>Counts one more restart, if there may be one.</summary>
    /// <param name="backoff">Limit, window and delays.</param>
    /// <param name="time">Its monotonic clock is used: the wall clock may jump.</param>
    /// <param name="delay">Before the restart.</param>
    internal bool TryRestart(RestartBackoff backoff, TimeProvider time, out TimeSpan delay)
    {
        long now = time.GetTimestamp();
        while (_restarts.TryPeek(out long oldest) && time.GetElapsedTime(oldest, now) >= backoff.Window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= backoff.RestartsMax)
        {
            delay = TimeSpan.Zero;
            return false;
        }

        _restarts.Enqueue(now);
        delay = backoff.DelayOf(_restarts.Count);
        return true;
    }
}
