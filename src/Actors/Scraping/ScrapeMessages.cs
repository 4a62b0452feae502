using Pleiad.Kernel;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>A new configuration is in force; the answer is <see cref="ConfigurationApplied"/>.</summary>
/// <param name="Config">Read and checked.</param>
internal sealed record ApplyConfiguration(PrometheusConfig Config);

/// <summary>The answer to <see cref="ApplyConfiguration"/>.</summary>
internal sealed record ConfigurationApplied;

/// <summary>A pool's configuration, new or the same.</summary>
/// <param name="Config">The job.</param>
/// <param name="OutOfOrderWindow">How late samples may come; zero where the file says nothing.</param>
internal sealed record ApplyPool(ScrapeConfig Config, TimeSpan OutOfOrderWindow);

/// <summary>From now on scrape like this.</summary>
/// <param name="Target">The same key, perhaps other discovered labels.</param>
/// <param name="Setup">What the target shares with its pool.</param>
internal sealed record ScrapeLike(Target Target, PoolSetup Setup);

/// <summary>The target is gone: no more scrapes, and stale markers once it is certain that nobody else scrapes it on.</summary>
internal sealed record Retire;

/// <summary>Tell how it goes: a target answers an <see cref="ActiveTarget"/>, a pool a <see cref="PoolStatus"/>, the catalog a <see cref="CatalogStatus"/>.</summary>
internal sealed record TellStatus;

/// <summary>Tell what targets say of their metric families: a target answers a <see cref="TargetMetadata"/>, the others a <see cref="MetadataTold"/>.</summary>
internal sealed record TellMetadata;

/// <summary>Tell how many targets are scraped: a pool and the catalog answer a <see cref="TargetCount"/>. No target is asked.</summary>
internal sealed record CountTargets;

/// <summary>How many targets are scraped.</summary>
internal sealed record TargetCount(int Targets);

/// <summary>How a pool goes.</summary>
internal sealed record PoolStatus(string Pool, IReadOnlyList<ActiveTarget> Active, IReadOnlyList<DroppedTarget> Dropped, int DroppedCount);

/// <summary>How all pools go, in the order of the configuration.</summary>
internal sealed record CatalogStatus(IReadOnlyList<PoolStatus> Pools);

/// <summary>What all targets of a pool, or of all pools, say of their metric families.</summary>
internal sealed record MetadataTold(IReadOnlyList<TargetMetadata> Targets);

/// <summary>An answer that was gathered outside of the turn in which it was asked for.</summary>
internal sealed record GatheredAnswer(ActorRef To, object Message);
