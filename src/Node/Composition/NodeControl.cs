using Pleiad.Actors;
using Pleiad.Kernel;

namespace Pleiad.Node;

/// <summary>Reload and quit, from HTTP or from a signal.</summary>
internal sealed class NodeControl(NodeConfiguration configuration, NodePorts ports) : INodeControl, IDisposable
{
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private readonly TaskCompletionSource<string> _quit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the reason when the node is to stop.</summary>
    public Task<string> QuitRequested => _quit.Task;

    /// <summary>The configuration of the cluster that this node is part of; null on a node by itself.</summary>
    public ClusterConfiguration? Cluster { get; set; }

    /// <summary>Takes what another node of the cluster has put in force, if there is something.</summary>
    public async Task FollowAsync(CancellationToken cancel)
    {
        await _reloading.WaitAsync(cancel);
        try
        {
            if (Cluster is { } cluster && await cluster.LookAsync(cancel))
            {
                await ports.Actors.ApplyAsync(configuration.Current, CancellationToken.None);
            }
        }
        catch (ClusterStoreException)
        {
            // The next look comes soon; until then what is in force stays.
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            configuration.NoteFailure(e.Message);
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
            if ((Cluster is { } cluster ? await cluster.ReloadAsync(cancel) : configuration.TryReload()) is { } refused)
            {
                return refused;
            }

            if (ports.IsOpen)
            {
                // Not given up halfway: what is shown as loaded must be what is in force.
                await ports.Actors.ApplyAsync(configuration.Current, CancellationToken.None);
            }

            return null;
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            configuration.NoteFailure(e.Message);
            return $"the configuration was read but not every scrape pool has taken it over: {e.Message}";
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
}
