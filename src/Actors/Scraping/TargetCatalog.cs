using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>The port to <see cref="ScrapeCatalogActor"/>.</summary>
internal sealed class TargetCatalog(ActorRef catalog) : ITargetCatalog
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    // Shorter than others wait for what is said of all of this node.
    private static readonly TimeSpan CountTimeout = TimeSpan.FromMilliseconds(500);

    private volatile IReadOnlyList<string> _pools = [];
    private volatile IReadOnlyDictionary<string, Relabeller> _relabelling = new Dictionary<string, Relabeller>();

    /// <inheritdoc/>
    public IReadOnlyList<string> Pools => _pools;

    /// <summary>Puts a configuration in force; completes when every pool has been told.</summary>
    public async Task ApplyAsync(ApplyConfiguration apply, CancellationToken cancel)
    {
        await catalog.Ask<ConfigurationApplied>(apply, AnswerTimeout, cancel);
        _pools = [.. apply.Config.ScrapeConfigs.Select(job => job.JobName)];
        _relabelling = apply.Config.ScrapeConfigs.ToDictionary(job => job.JobName, job => job.TargetRelabelling, StringComparer.Ordinal);
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

    /// <inheritdoc/>
    public IReadOnlyList<TargetRelabelStep>? RelabelSteps(string pool, Labels discovered) => _relabelling.TryGetValue(pool, out Relabeller? relabelling)
        ? [.. relabelling.Steps(discovered).Select(static step => new TargetRelabelStep(
            step.Rule.SourceLabels, step.Rule.Separator, step.Rule.Regex.Pattern, step.Rule.Modulus, step.Rule.TargetLabel, step.Rule.Replacement,
            step.Rule.Action.NameOf(), step.Labels, step.Kept))]
        : null;

    /// <summary>How many are scraped; null where the pools are too busy to say.</summary>
    public async Task<int?> CountAsync()
    {
        try
        {
            return (await catalog.Ask<TargetCount>(new CountTargets(), CountTimeout, CancellationToken.None)).Targets;
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            return null;
        }
    }

    private Task<CatalogStatus> StatusAsync(CancellationToken cancel) =>
        catalog.Ask<CatalogStatus>(new TellStatus(), AnswerTimeout, cancel);
}
