using System.Text;
using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

/// <summary>A reader of one target whose scrapes are a second apart.</summary>
internal sealed class ReaderDriver(ReadSettings? settings = null, Func<LabelsBuilder, bool>? relabel = null)
{
    public static readonly Labels Target = Labels.From(("job", "j"), ("instance", "i:1"));

    public ScrapeReader Reader { get; private set; } = New(settings, relabel);

    /// <summary>The time of the last scrape.</summary>
    public long AtMs { get; private set; } = 1_700_000_000_000;

    public ScrapeResult Read(string page, string type = "text/plain") => Read(Encoding.UTF8.GetBytes(page), type);

    public ScrapeResult Read(byte[] page, string type) => Reader.Read(page, type, Moment());

    public ScrapeResult Fail(string error = "connection refused") => Reader.Fail(error, tooLarge: false, Moment());

    public IReadOnlyList<SampleBatch> End() => Reader.End(new Timestamp(AtMs + 1000));

    /// <summary>A reload: another reader takes over.</summary>
    public void Reconfigure(ReadSettings? settings = null, Func<LabelsBuilder, bool>? relabel = null)
    {
        ScrapeReader old = Reader;
        Reader = New(settings, relabel);
        Reader.TakeOver(old);
    }

    /// <summary>The settings of a job, a mapping in YAML's flow style without its name.</summary>
    public static ReadSettings Job(string keys, ScrapeLimits? limits = null)
    {
        ScrapeConfig job = ScrapeConfigFile.Parse($"scrape_configs: [{{job_name: j, {keys}}}]", "test.yml").ScrapeConfigs[0];
        return ReadSettings.Of(job, job.LimitsWith(limits ?? ScrapeLimits.Default));
    }

    /// <summary>The names of series that got a stale marker, sorted.</summary>
    public static string[] Stale(IEnumerable<SampleBatch> batches) =>
        [.. batches.SelectMany(static batch => Enumerable.Range(0, batch.Count).Where(i => StaleMarker.Is(batch.Values[i]))
            .Select(i => batch.Series[i].Labels.MetricName)).Order(StringComparer.Ordinal)];

    /// <summary>The value of the one series of a name.</summary>
    public static double Value(ScrapeResult result, string name) => result.Batches
        .SelectMany(batch => Enumerable.Range(0, batch.Count).Where(i => batch.Series[i].Labels.MetricName == name).Select(i => batch.Values[i]))
        .Single();

    private static ScrapeReader New(ReadSettings? settings, Func<LabelsBuilder, bool>? relabel) =>
        new(settings ?? ReadSettings.Default, Target, new ShardMap(4), relabel, TimeProvider.System);

    private ScrapeMoment Moment()
    {
        AtMs += 1000;
        return new ScrapeMoment(new Timestamp(AtMs), TimeProvider.System.GetTimestamp(), TimeSpan.FromSeconds(10));
    }
}
