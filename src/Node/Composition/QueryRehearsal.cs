using Microsoft.Extensions.Logging;
using Pleiad.Actors;
using Pleiad.Gateway;
using Pleiad.PromQL;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary>The rehearsal of requests and queries after a start (docs/decisions/0020): beside the node's work, and never its trouble.</summary>
internal sealed class QueryRehearsal(NodeSettings settings, PrometheusConfig config, GatewayHost gateway, bool isAlone, ILogger log) : IAsyncDisposable
{
    // The first scrapes of all targets need every processor there is: a slot that is missed for a rehearsal is missed for nothing.
    private static readonly TimeSpan FirstScrapes = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private Task _done = Task.CompletedTask;

    /// <summary>Begins it.</summary>
    public void Begin()
    {
        if (settings.Query.Rehearsal > TimeSpan.Zero)
        {
            _done = BeginAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task BeginAsync()
    {
        if (config.ScrapeConfigs.Count > 0)
        {
            await Task.Delay(FirstScrapes, TimeProvider.System, _stopping.Token);
        }

        // On a thread of its own: the pool's are there for scrapes and queries.
        await Task.Factory.StartNew(RunAsync, _stopping.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    private async Task RunAsync()
    {
        TimeProvider time = TimeProvider.System;
        long began = time.GetTimestamp();
        TimeSpan longest = settings.Query.Rehearsal;
        try
        {
            int requests = await gateway.RehearseAsync(isAlone, longest / 2, _stopping.Token);

            // An engine of its own: what a rehearsal holds takes no memory from queries that somebody asked.
            int queries = await Rehearsal.RunAsync(
                new Engine(SettingsMap.Engine(settings, config), time), SettingsMap.ThreadsOfQuery(settings), RehearsedAnswer.WriteAsync, longest - time.GetElapsedTime(began), time, _stopping.Token);
            log.Rehearsed(requests, queries, time.GetElapsedTime(began));
        }
        catch (QueryException e) when (e.Kind != QueryErrorKind.Canceled)
        {
            // Settings may allow less than it asks.
            log.RehearsalEnded(e.Message);
        }
    }
}
