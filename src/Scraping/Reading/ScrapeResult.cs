using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What a scrape tells its reader beside the page.</summary>
/// <param name="At">The slot: the timestamp of every sample without one of its own.</param>
/// <param name="StartedAt">When the fetch began, as <see cref="TimeProvider.GetTimestamp"/> told it; the duration counts from here.</param>
/// <param name="Timeout">For <c>scrape_timeout_seconds</c>.</param>
public readonly record struct ScrapeMoment(Timestamp At, long StartedAt, TimeSpan Timeout);

/// <summary>What became of a scrape. Whoever gets it owns the batches.</summary>
/// <param name="Batches">One for each shard that has samples, report and stale markers included; normally one.</param>
/// <param name="Error">Null where the target is up; else why not.</param>
/// <param name="Duration">From the start of the fetch to the end of reading.</param>
/// <param name="Scraped">Samples on the page, as far as it was read.</param>
/// <param name="Kept">Of those, left after relabelling; duplicates included, as Prometheus counts.</param>
/// <param name="SeriesAdded">Series that the last page did not have.</param>
/// <param name="Duplicates">Samples of a series that the page already had; the first counts.</param>
/// <param name="TooNew">Samples left out because their time is too far ahead.</param>
/// <param name="TooOld">Samples left out because their time is too far behind.</param>
/// <param name="StaleMarkers">Series that ended.</param>
/// <param name="Refusal">Which limit refused the page, or none.</param>
public sealed record ScrapeResult(
    IReadOnlyList<SampleBatch> Batches,
    string? Error,
    TimeSpan Duration,
    int Scraped,
    int Kept,
    int SeriesAdded,
    int Duplicates,
    int TooNew,
    int TooOld,
    int StaleMarkers,
    ScrapeRefusal Refusal)
{
    /// <summary>Whether the target answered with a page that could be taken.</summary>
    public bool Up => Error is null;
}

/// <summary>Why a page was refused whole, for the counters.</summary>
public enum ScrapeRefusal
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Nothing came, or nothing whose Content-Type is known.</summary>
    NoPage,

    /// <summary>It does not follow its grammar, or has a series without a name.</summary>
    Syntax,

    /// <summary>More samples than <see cref="ReadSettings.SampleLimit"/>, or than <see cref="ReadSettings.SamplesMax"/>.</summary>
    SampleLimit,

    /// <summary>A label limit of the configuration.</summary>
    LabelLimit,

    /// <summary>A native histogram that cannot be made coarse enough.</summary>
    BucketLimit,

    /// <summary>A limit that every page has (<see cref="Exposition.PageLimits"/>).</summary>
    PageLimit,
}

/// <summary>A page that must be refused for what its series are; carried from the sink to the reader's door.</summary>
internal sealed class ScrapeRefusedException(ScrapeRefusal refusal, string message) : Exception(message)
{
    internal ScrapeRefusal Refusal { get; } = refusal;
}
