using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Scraping;

namespace Pleiad.Node;

/// <summary>
/// Keeps a node's configuration what its cluster's is. A reload on any node reads that node's file and puts it in force for all; a start changes nothing,
/// for the file of a node that was away may be old. One call at a time.
/// </summary>
/// <param name="shared">The cluster's.</param>
/// <param name="own">This node's.</param>
/// <param name="log">Told when the node's file is not what is in force.</param>
internal sealed class ClusterConfiguration(SharedConfiguration shared, NodeConfiguration own, ILogger log)
{
    private long _version;
    private string? _said;

    /// <summary>At the start: takes what the cluster has in force, or, where that is nothing yet, gives it this node's file.</summary>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    /// <exception cref="UnusableConfigurationException">What is in force cannot be used here. This node's own file must not be used instead.</exception>
    public async Task BeginAsync(CancellationToken cancel)
    {
        SharedVersion? now = await shared.LookAsync(cancel);
        if (now is null && own.Texts is { } texts)
        {
            now = await shared.PublishAsync(texts, onlyIfNone: true, cancel);
        }

        if (now is null)
        {
            return;
        }

        if (own.Texts is { } mine && SharedConfiguration.HashOf(mine) is { } hash && hash != now.Now.Hash)
        {
            if (now.History.FirstOrDefault(one => one.Hash == hash) is { } old)
            {
                log.ConfigurationOlder(old.At, now.Now.From, now.Now.At);
            }
            else
            {
                log.ConfigurationUnknown(now.Now.From, now.Now.At);
            }
        }

        await TakeAsync(now, cancel);
    }

    /// <summary>Reads this node's file and puts it in force in the whole cluster; a node without a file takes what is in force there.</summary>
    /// <returns>Null when it is; else why the old one stays in force everywhere.</returns>
    public async Task<string?> ReloadAsync(CancellationToken cancel)
    {
        if (own.TryRead(out PrometheusConfig? read) is { } refused)
        {
            return refused;
        }

        try
        {
            if (own.Texts is { } texts)
            {
                _version = (await shared.PublishAsync(texts, onlyIfNone: false, cancel)).Version;
                own.Use(read!, "this node's file, for the whole cluster");
            }
            else
            {
                await TakeNewerAsync(cancel);
            }

            return null;
        }
        catch (Exception e) when (e is ClusterStoreException or UnusableConfigurationException or ArgumentException)
        {
            string reason = $"it cannot be put in force in the cluster: {e.Message}";
            own.NoteFailure(reason);
            return reason;
        }
    }

    /// <summary>Takes what another node has put in force since the last look. What cannot be used here is said once, and what was in force stays.</summary>
    /// <returns>Whether there was something, and it can be used here: it is to be applied.</returns>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    public async Task<bool> LookAsync(CancellationToken cancel)
    {
        try
        {
            bool isNew = await TakeNewerAsync(cancel);
            _said = null;
            return isNew;
        }
        catch (UnusableConfigurationException e)
        {
            if (e.Message != _said)
            {
                own.NoteFailure(e.Message);
                _said = e.Message;
            }

            return false;
        }
    }

    private async Task<bool> TakeNewerAsync(CancellationToken cancel)
    {
        if (await shared.LookAsync(_version, cancel) is not { } now || now.Version <= _version)
        {
            return false;
        }

        await TakeAsync(now, cancel);
        return true;
    }

    private async Task TakeAsync(SharedVersion now, CancellationToken cancel)
    {
        ConfigurationText texts = await shared.ReadAsync(now.Now.Hash, cancel);
        _version = now.Version;
        try
        {
            own.Use(own.Parse(texts), $"the cluster's, from {now.Now.From}");
        }
        catch (ConfigException e)
        {
            // Good where it comes from, and not here: an environment or a version of its own.
            throw new UnusableConfigurationException($"the cluster's configuration, from {now.Now.From}: {e.Message}", e);
        }
    }
}
