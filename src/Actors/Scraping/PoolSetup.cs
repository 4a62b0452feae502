using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>What the targets of a pool share.</summary>
/// <param name="Fetcher">Gets pages, with the pool's credentials.</param>
/// <param name="Reading">How pages are read.</param>
/// <param name="MetricRelabelling">Applied to samples.</param>
/// <param name="Fingerprint">Equal texts mean that what a reader has learned still holds.</param>
/// <param name="OverLimit">Set where the pool has too many targets: every scrape fails with this error, without a request.</param>
internal sealed record PoolSetup(
    PageFetcher Fetcher, ReadSettings Reading, Relabeller MetricRelabelling, string Fingerprint, string? OverLimit)
{
    /// <summary>A reader for one target.</summary>
    public ScrapeReader ReaderFor(Target target, ShardMap shards, TimeProvider time) => new(
        Reading, target.Labels, shards, MetricRelabelling.IsEmpty ? null : MetricRelabelling.Apply, time);
}
