using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>What all pools of a node share.</summary>
/// <param name="Shards">Where batches go.</param>
/// <param name="Limits">What holds where prometheus.yml names no limit.</param>
/// <param name="HostName">The name under which other machines know this one.</param>
/// <param name="UserAgent">Who we say we are.</param>
/// <param name="StartTimestamps">Whether start timestamps are kept.</param>
/// <param name="TypeAndUnitLabels">Whether series get <c>__type__</c> and <c>__unit__</c>.</param>
/// <param name="FirstReads">How many targets may begin at once.</param>
/// <param name="Led">The shards whose targets are scraped here; null for all.</param>
/// <param name="Documents">What the nodes of a cluster share; null on a node by itself.</param>
internal sealed record ScrapePoolParts(
    ShardDirectory Shards, ScrapeLimits Limits, string HostName, string UserAgent, bool StartTimestamps, bool TypeAndUnitLabels, FirstReads FirstReads, LedShards? Led = null,
    IDocumentStore? Documents = null)
{
    /// <summary>Of discoveries that are run by one node for all.</summary>
    public SharedDiscoverySettings SharedDiscovery { get; init; } = new();

    /// <summary>Says when the newest sample of a series of this node is in a range; null where targets never come from other nodes.</summary>
    public Func<Labels, TimeRange, CancellationToken, Task<Timestamp?>>? NewestSample { get; init; }

    /// <summary>Where the pages of all pools are read into.</summary>
    public PagePool Pages { get; init; } = PagePool.Default;

    /// <summary>How long a target may take to tell how it goes.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
}
