using Microsoft.Extensions.Logging;

namespace Pleiad.Node;

/// <summary>Looks again and again whether another node of the cluster has put a configuration in force.</summary>
internal sealed class ConfigurationFollower : IAsyncDisposable
{
    /// <summary>Between two looks; each reads nothing unless something has changed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;

    /// <summary>Begins.</summary>
    /// <param name="look">One look.</param>
    /// <param name="time">Measures the pauses.</param>
    /// <param name="log">Told of a look that failed, once for each reason in a row.</param>
    public ConfigurationFollower(Func<CancellationToken, Task> look, TimeProvider time, ILogger log) => _looking = LookAsync(look, time, log);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private async Task LookAsync(Func<CancellationToken, Task> look, TimeProvider time, ILogger log)
    {
        string? said = null;
        while (true)
        {
            try
            {
                await Task.Delay(Interval, time, _stop.Token);
                await look(_stop.Token);
                said = null;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was: a node that no longer follows would scrape by an old file for ever.
                if (e.Message != said)
                {
                    log.FollowingFailed(e.Message);
                    said = e.Message;
                }
            }
        }
    }
}
