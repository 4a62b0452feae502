namespace Pleiad.Scraping;

/// <summary>Targets in the configuration itself: found once.</summary>
internal sealed class StaticDiscovery(string name, StaticDiscoveryConfig config) : IDiscovery
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        found(new DiscoveryUpdate(config.Groups, []));
        return Task.CompletedTask;
    }
}

/// <summary>A kind of discovery that cannot be run: finds nothing and says why.</summary>
internal sealed class UnavailableDiscovery(string key) : IDiscovery
{
    /// <inheritdoc/>
    public string Name => key;

    /// <inheritdoc/>
    public Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        found(new DiscoveryUpdate([], [$"{key} is not available yet: its targets are missing"]));
        return Task.CompletedTask;
    }
}
