using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors.Tests;

/// <summary>The scrape actors of a node, with a probe in the place of its one shard. Fetches are real, time is not.</summary>
internal sealed class ScrapeNode : IDisposable
{
    /// <summary>What every configuration here says.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <param name="firstReadsMax">Targets that may read their first page at once.</param>
    /// <param name="led">Makes what says which shards' targets are scraped here; null for all.</param>
    /// <param name="newestSample">Says when a series was written last; null where nobody can say.</param>
    public ScrapeNode(
        int firstReadsMax = 16, Func<ActorSystem, LedShards>? led = null, Func<Labels, TimeRange, CancellationToken, Task<Timestamp?>>? newestSample = null)
    {
        Test = TestActorSystem.OnPool();
        Shard = Test.CreateProbe("shard");
        Shard.AnswerWith(static message => message is AppendBatch append ? IngestOutcome.Nothing with { Accepted = append.Batch.Count } : null);
        Asker = Test.CreateProbe("asker");
        FirstReads = new FirstReads(firstReadsMax, Test.Time);
        var shards = new ShardDirectory(new ShardMap(1), [Shard.Ref]);
        var parts = new ScrapePoolParts(shards, ScrapeLimits.Default, "here.example", "Pleiad/test", StartTimestamps: false, TypeAndUnitLabels: false, FirstReads, led?.Invoke(Test.System))
        {
            NewestSample = newestSample,
        };
        Catalog = Test.ActorOf(() => new ScrapeCatalogActor(parts, NullLogger.Instance), "scrape");
    }

    public TestActorSystem Test { get; }

    /// <summary>Takes every batch and acknowledges it.</summary>
    public TestProbe Shard { get; }

    public TestProbe Asker { get; }

    public ActorRef Catalog { get; }

    public FirstReads FirstReads { get; }

    /// <summary>The wall clock, as samples are stamped.</summary>
    public long NowMs => Test.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Puts jobs in force: each a mapping in YAML's flow style.</summary>
    public void Apply(params string[] jobs) => ApplyWith(string.Empty, jobs);

    /// <summary>Puts jobs in force, with more of a configuration in front of them.</summary>
    public void ApplyWith(string more, params string[] jobs)
    {
        string text = $"{more}global: {{scrape_interval: 15s, scrape_timeout: 10s}}\nscrape_configs: [{string.Join(", ", jobs)}]\n";
        Asker.Send(Catalog, new ApplyConfiguration(ScrapeConfigFile.Parse(text, "test.yml")));
        Asker.ExpectMsg<ConfigurationApplied>();
        Test.Drain();
    }

    /// <summary>A job with these targets.</summary>
    public static string Job(string name, params string[] targets) =>
        $"{{job_name: {name}, static_configs: [{{targets: [{string.Join(", ", targets.Select(target => $"\"{target}\""))}]}}]}}";

    /// <summary>
    /// Moves time to the next timer, which must be a scrape's, and waits for its samples. A step at a time, for a fetch under way has a
    /// deadline on the same clock.
    /// </summary>
    public Scraped Scrape()
    {
        Test.Drain();
        Test.Advance(Test.Time.NextTimer ?? throw new InvalidOperationException("nothing is due"));
        return Take();
    }

    /// <summary>Moves time to a slot, past timers of other kinds, and waits for its samples. No fetch may be under way.</summary>
    public Scraped ScrapeAt(long slotMs)
    {
        Test.Advance(TimeSpan.FromMilliseconds(slotMs - NowMs));
        return Take();
    }

    /// <summary>The next batch.</summary>
    public Scraped Take() => new(Shard.ExpectMsg<AppendBatch>().Batch, Shard.LastSender);

    public CatalogStatus Status()
    {
        Asker.Send(Catalog, new TellStatus());
        return Asker.ExpectMsg<CatalogStatus>();
    }

    public void Dispose() => Test.Dispose();
}

/// <summary>What came of one scrape.</summary>
/// <param name="Batch">As the shard got it.</param>
/// <param name="Target">Who sent it.</param>
internal sealed record Scraped(SampleBatch Batch, ActorRef Target)
{
    /// <summary>The value of a series by its metric.</summary>
    public double this[string metric] => Batch.Values[RowOf(metric)];

    /// <summary>The one time all samples have.</summary>
    public long Time
    {
        get
        {
            long[] times = [.. Batch.Times.ToArray().Distinct()];
            return Assert.Single(times);
        }
    }

    public bool AllStale => Batch.Values.ToArray().All(StaleMarker.Is);

    public IReadOnlyList<string> Metrics => [.. Batch.Series.ToArray().Select(static key => key.Labels.MetricName).Order(StringComparer.Ordinal)];

    public SeriesKey Series(string metric) => Batch.Series[RowOf(metric)];

    private int RowOf(string metric)
    {
        for (int row = 0; row < Batch.Count; row++)
        {
            if (Batch.Series[row].Labels.MetricName == metric)
            {
                return row;
            }
        }

        throw new InvalidOperationException($"no sample of {metric} among {string.Join(", ", Metrics)}");
    }
}
