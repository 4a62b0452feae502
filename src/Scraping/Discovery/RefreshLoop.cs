using System.Threading.Channels;

namespace Pleiad.Scraping;

/// <summary>Looks again and again: every interval, and whenever somebody says that something may have changed.</summary>
internal sealed class RefreshLoop(TimeSpan interval, TimeProvider clock)
{
    // Many hints at once are one look.
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for a look soon. Any thread, never waits.</summary>
    public void Hint() => _hints.Writer.TryWrite(true);

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="look">One look; what it throws ends the loop.</param>
    /// <param name="found">Called when a look brought something else than the one before.</param>
    public async Task RunAsync(Func<CancellationToken, Task<DiscoveryUpdate>> look, Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        DiscoveryUpdate? last = null;
        await using ITimer timer = clock.CreateTimer(_ => Hint(), null, interval, interval);
        try
        {
            do
            {
                while (_hints.Reader.TryRead(out _))
                {
                    // What was hinted at before this look is seen by it.
                }

                DiscoveryUpdate now = await look(cancel).ConfigureAwait(false);
                if (last is null || !IsSame(last, now))
                {
                    found(now);
                    last = now;
                }
            }
            while (await _hints.Reader.WaitToReadAsync(cancel).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The job is gone.
        }
    }

    private static bool IsSame(DiscoveryUpdate a, DiscoveryUpdate b) =>
        a.Problems.SequenceEqual(b.Problems)
        && a.Groups.Count == b.Groups.Count
        && a.Groups.Zip(b.Groups).All(pair =>
            ReferenceEquals(pair.First, pair.Second)
            || (pair.First.Source == pair.Second.Source
                && pair.First.Labels.Equals(pair.Second.Labels)
                && pair.First.Targets.SequenceEqual(pair.Second.Targets)));
}
