using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>What is scraped and how it goes.</summary>
public interface ITargetCatalog
{
    /// <summary>Names of the scrape pools (jobs), in the order of the configuration.</summary>
    IReadOnlyList<string> Pools { get; }

    /// <summary>Targets being scraped.</summary>
    Task<IReadOnlyList<ActiveTarget>> ActiveAsync(CancellationToken cancel);

    /// <summary>Targets that relabelling dropped; at most <c>keep_dropped_targets</c> a pool.</summary>
    Task<IReadOnlyList<DroppedTarget>> DroppedAsync(CancellationToken cancel);

    /// <summary>How many targets each pool dropped, kept in the list or not.</summary>
    Task<IReadOnlyDictionary<string, int>> DroppedCountsAsync(CancellationToken cancel);

    /// <summary>What each target says of its metric families.</summary>
    Task<IReadOnlyList<TargetMetadata>> MetadataAsync(CancellationToken cancel);

    /// <summary>What the target relabelling of a pool makes of discovered labels, rule by rule, up to the rule that drops them.</summary>
    /// <returns>Null where there is no such pool.</returns>
    IReadOnlyList<TargetRelabelStep>? RelabelSteps(string pool, Labels discovered);
}

/// <summary>Health of a target.</summary>
public enum TargetHealth
{
    /// <summary>Not scraped yet.</summary>
    Unknown,

    /// <summary>The last scrape succeeded.</summary>
    Up,

    /// <summary>The last scrape failed.</summary>
    Down,
}

/// <summary>A target being scraped.</summary>
/// <param name="DiscoveredLabels">Before relabelling, <c>__address__</c> and kin included.</param>
/// <param name="Labels">After relabelling.</param>
/// <param name="Pool">The job.</param>
/// <param name="ScrapeUrl">As fetched, parameters included.</param>
/// <param name="GlobalUrl">The same with localhost replaced by this host's name.</param>
/// <param name="LastError">Empty after a success.</param>
/// <param name="LastScrape">Null before the first.</param>
/// <param name="LastScrapeDuration">How long it took.</param>
/// <param name="Health">Up, down or unknown.</param>
/// <param name="Interval">Between scrapes.</param>
/// <param name="Timeout">Of one scrape.</param>
public sealed record ActiveTarget(
    Labels DiscoveredLabels,
    Labels Labels,
    string Pool,
    string ScrapeUrl,
    string GlobalUrl,
    string LastError,
    DateTimeOffset? LastScrape,
    TimeSpan LastScrapeDuration,
    TargetHealth Health,
    TimeSpan Interval,
    TimeSpan Timeout);

/// <summary>A target that relabelling dropped.</summary>
public sealed record DroppedTarget(Labels DiscoveredLabels, string Pool);

/// <summary>What one target says of its metric families.</summary>
public sealed record TargetMetadata(Labels TargetLabels, string Pool, IReadOnlyDictionary<string, MetricMetadata> Families);

/// <summary>One rule of target relabelling with its defaults filled in, and what it made of labels.</summary>
/// <param name="SourceLabels">Whose values are joined.</param>
/// <param name="Separator">Between them.</param>
/// <param name="Regex">The pattern as written.</param>
/// <param name="Modulus">Of <c>hashmod</c>; 0 for the others.</param>
/// <param name="TargetLabel">What is written; may be empty.</param>
/// <param name="Replacement">The value that is written.</param>
/// <param name="Action">As prometheus.yml names it.</param>
/// <param name="Output">The labels after the rule; empty where it dropped them.</param>
/// <param name="Keep">False where it dropped them.</param>
public sealed record TargetRelabelStep(
    IReadOnlyList<string> SourceLabels,
    string Separator,
    string Regex,
    ulong Modulus,
    string TargetLabel,
    string Replacement,
    string Action,
    Labels Output,
    bool Keep);
