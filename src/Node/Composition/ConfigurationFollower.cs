namespace Pleiad.Node;

/// <summary>Looks again and again whether another node of the cluster has put a configuration in force.</summary>
internal sealed class ConfigurationFollower : IAsyncDisposable
{
    /// <summary>Between two looks; each reads a few hundred bytes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;

    /// <summary>Begins.</summary>
    public ConfigurationFollower(NodeControl control, TimeProvider time) => _looking = LookAsync(control, time);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private async Task LookAsync(NodeControl control, TimeProvider time)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, _stop.Token);
                await control.FollowAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }
}
