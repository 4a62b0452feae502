using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>The port to <see cref="ScrapeCatalogActor"/>.</summary>
internal sealed class TargetCatalog(ActorRef catalog) : ITargetCatalog
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private volatile IReadOnlyList<string> _pools = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Pools => _pools;

    /// <summary>Puts a configuration in force; completes when every pool has been told.</summary>
    public async Task ApplyAsync(ApplyConfiguration apply, CancellationToken cancel)
    {
        await catalog.Ask<ConfigurationApplied>(apply, AnswerTimeout, cancel);
        _pools = [.. apply.Config.ScrapeConfigs.Select(job => job.JobName)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ActiveTarget>> ActiveAsync(CancellationToken cancel) =>
        [.. (await StatusAsync(cancel)).Pools.SelectMany(pool => pool.Active)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DroppedTarget>> DroppedAsync(CancellationToken cancel) =>
        [.. (await StatusAsync(cancel)).Pools.SelectMany(pool => pool.Dropped)];

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, int>> DroppedCountsAsync(CancellationToken cancel) =>
        (await StatusAsync(cancel)).Pools.ToDictionary(pool => pool.Pool, pool => pool.DroppedCount);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TargetMetadata>> MetadataAsync(CancellationToken cancel) =>
        (await catalog.Ask<MetadataTold>(new TellMetadata(), AnswerTimeout, cancel)).Targets;

    private Task<CatalogStatus> StatusAsync(CancellationToken cancel) =>
        catalog.Ask<CatalogStatus>(new TellStatus(), AnswerTimeout, cancel);
}
