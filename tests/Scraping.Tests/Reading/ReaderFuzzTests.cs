using System.Text;
using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

/// <summary>
/// Whatever pages come, in whatever formats one after the other: what a reader knows never changes what a page means, and the series
/// that ended are those of the last good page that this one does not have.
/// </summary>
public sealed class ReaderFuzzTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0";
    private static readonly string[] ReportNames =
        ["scrape_duration_seconds", "scrape_samples_post_metric_relabeling", "scrape_samples_scraped", "scrape_series_added", "up"];

    // Names and values that clients should not send, the empty ones among them.
    private static readonly string[] Names = ["", "a", "b", "le", "job", "exported_job", "__name__", "é", "a.b", "\u0001", "9"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_known_reader_reads_as_a_fresh_one_does_and_ends_what_left(int seed)
    {
        var random = new Random(seed);
        ReadSettings settings = ReaderDriver.Job("sample_limit: 12, label_limit: 7, label_name_length_limit: 15") with { HonorTimestamps = false };
        var known = new ReaderDriver(settings, Relabel);
        HashSet<string> last = [];
        int good = 0;
        for (int round = 0; round < 3000; round++)
        {
            (byte[] page, string type) = Page(random);
            ScrapeResult fresh = new ReaderDriver(settings, Relabel).Read(page, type);
            ScrapeResult result = known.Read(page, type);
            string where = $"seed {seed}, round {round}, {type}: {Convert.ToBase64String(page)}";
            Assert.True(fresh.Error == result.Error, $"{where}: \"{fresh.Error}\" became \"{result.Error}\"");
            Assert.True((fresh.Scraped, fresh.Kept, fresh.Duplicates) == (result.Scraped, result.Kept, result.Duplicates), where);
            string[] values = Samples(result, stale: false);
            Assert.True(Samples(fresh, stale: false).SequenceEqual(values), $"{where}: {string.Join(", ", values)}");
            HashSet<string> now = [.. values.Select(static sample => sample[..sample.LastIndexOf(' ')])];
            Assert.True(last.Except(now).Order(StringComparer.Ordinal).SequenceEqual(Samples(result, stale: true)), where);
            Assert.True(result.SeriesAdded <= now.Count || !result.Up, where);
            last = now;
            good += result.Up ? 1 : 0;
        }

        Assert.True(good > 300, $"only {good} of the pages could be read: the test has lost its point");
    }

    [Theory]
    [InlineData("a", "", "x", "empty label name")]
    [InlineData("", "a", "x", "invalid metric name")]
    [InlineData("a", "a", "", null)]
    public void Empty_names_in_protobuf_refuse_the_page_and_empty_values_are_no_labels(string metric, string label, string value, string? error)
    {
        var driver = new ReaderDriver();
        for (int i = 0; i < 3; i++)
        {
            ScrapeResult result = driver.Read(ProtobufPage.Gauge(metric, [(label, value)], 5), ProtobufPage.Type);
            Assert.Equal(error is null, result.Up);
            Assert.Contains(error ?? string.Empty, result.Error ?? string.Empty, StringComparison.Ordinal);
            Assert.Equal(error is null ? 6 : 5, Assert.Single(result.Batches).Count);
            Assert.Equal(error is null ? 1 : 0, driver.Reader.SeriesCount);
        }
    }

    private static bool Relabel(LabelsBuilder labels)
    {
        labels.Remove("le");
        return labels.Get("a") != "b";
    }

    private static string[] Samples(ScrapeResult result, bool stale) =>
    [
        .. result.Batches.SelectMany(batch => Enumerable.Range(0, batch.Count)
            .Where(i => !ReportNames.Contains(batch.Series[i].Labels.MetricName) && StaleMarker.Is(batch.Values[i]) == stale)
            .Select(i => stale ? batch.Series[i].Labels.ToString() : $"{batch.Series[i].Labels} {batch.Values[i]:R}"))
            .Order(StringComparer.Ordinal),
    ];

    private static (byte[] Page, string Type) Page(Random random)
    {
        int format = random.Next(3);
        var samples = new List<(string Name, (string Name, string Value)[] Labels, double Value)>();
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            // Mostly names that are right, so that enough pages are.
            string[] names = random.Next(8) == 0 ? Names : ["a", "b", "le", "job", "é"];
            samples.Add((
                random.Next(8) == 0 ? Pick(Names) : Pick(["a", "b", "c", "d"]),
                [.. Enumerable.Range(0, random.Next(3)).Select(_ => (Pick(names), Pick(Names)))],
                random.Next(100)));
        }

        byte[] page = format == 2
            ? [.. samples.SelectMany(static sample => ProtobufPage.Gauge(sample.Name, sample.Labels, sample.Value))]
            : Encoding.UTF8.GetBytes(string.Concat(samples.Select(sample => Line(sample, format))) + (format == 1 ? "# EOF\n" : string.Empty));
        if (random.Next(4) == 0)
        {
            page[random.Next(page.Length)] = (byte)random.Next(256);
        }

        if (random.Next(10) == 0)
        {
            page = page[..random.Next(page.Length)];
        }

        return (page, format switch { 0 => "text/plain; version=1.0.0", 1 => OpenMetrics, _ => ProtobufPage.Type });

        string Pick(string[] from) => from[random.Next(from.Length)];

        string Line((string Name, (string Name, string Value)[] Labels, double Value) sample, int format)
        {
            // Text forgives blanks, OpenMetrics does not: a known text of the one must not be taken for one of the other.
            string blank = format == 0 && random.Next(2) == 0 ? " " : string.Empty;
            string comment = random.Next(6) == 0 ? format == 0 ? "# free text\n" : "# TYPE a gauge\n" : string.Empty;
            string name = sample.Name is "a" or "b" or "c" or "d" ? sample.Name : string.Empty;
            string quoted = name.Length > 0 ? string.Empty : $"\"{sample.Name}\"{(sample.Labels.Length > 0 ? "," : string.Empty)}";
            string labels = string.Join(',', sample.Labels.Select(label => $"\"{label.Name}\"{blank}=\"{label.Value}\""));
            return $"{comment}{name}{blank}{{{quoted}{labels}}} {sample.Value}\n";
        }
    }
}
