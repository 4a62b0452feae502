using Pleiad.Actors;
using Pleiad.Kernel;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary>Reload and quit, from HTTP or from a signal.</summary>
/// <param name="configuration">Of this node.</param>
/// <param name="apply">Tells everybody who works by it.</param>
internal sealed class NodeControl(NodeConfiguration configuration, Func<PrometheusConfig, Task> apply) : INodeControl, IDisposable
{
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private readonly TaskCompletionSource<string> _quit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the reason when the node is to stop.</summary>
    public Task<string> QuitRequested => _quit.Task;

    /// <summary>The configuration of the cluster that this node is part of; null on a node by itself.</summary>
    public ClusterConfiguration? Cluster { get; set; }

    /// <summary>Takes what another node of the cluster has put in force, if there is something; what was not taken over by everybody is applied again.</summary>
    public async Task FollowAsync(CancellationToken cancel)
    {
        await _reloading.WaitAsync(cancel);
        try
        {
            if (Cluster is { } cluster && (await cluster.LookAsync(cancel) || configuration.IsUnapplied))
            {
                await ApplyAsync();
            }
        }
        catch (ClusterStoreException)
        {
            // The store is away. The next look comes soon; until then what is in force stays.
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<string?> ReloadAsync(CancellationToken cancel)
    {
        // One after the other: two reloads at once would leave it to chance which configuration is in force.
        await _reloading.WaitAsync(cancel);
        try
        {
            return (Cluster is { } cluster ? await cluster.ReloadAsync(cancel) : configuration.TryReload()) ?? await ApplyAsync();
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <summary>Cancels a source when the node is told to stop; a source that is disposed by then is left alone.</summary>
    public void OnQuit(CancellationTokenSource source) => _quit.Task.ContinueWith(
        _ =>
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // What it could have cancelled is over.
            }
        },
        TaskScheduler.Default);

    /// <inheritdoc/>
    public void Quit() => Quit("asked over HTTP");

    /// <summary>Begins the end.</summary>
    public void Quit(string reason) => _quit.TrySetResult(reason);

    /// <inheritdoc/>
    public void Dispose() => _reloading.Dispose();

    // Never given up halfway: what is shown as loaded must be what is in force.
    private async Task<string?> ApplyAsync()
    {
        try
        {
            await apply(configuration.Current);
            configuration.NoteApplied();
            return null;
        }
        catch (Exception e)
        {
            // Whatever it was: it is to be tried again.
            configuration.NoteUnapplied(e.Message);
            if (e is AskTimeoutException or AskRefusedException)
            {
                return $"the configuration was read but not every scrape pool has taken it over: {e.Message}";
            }

            throw;
        }
    }
}
