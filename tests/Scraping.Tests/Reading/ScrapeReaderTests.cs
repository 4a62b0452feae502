using System.Text;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

// One of its tests measures the memory of the whole process.
[Collection(nameof(PageMemoryTests))]
public class ScrapeReaderTests
{
    private const string TextType = "text/plain";
    private static readonly Labels Target = Labels.From(("job", "j"), ("instance", "i:1"));
    private long _at = 1_000_000;

    [Fact]
    public void A_page_becomes_one_batch_with_its_report()
    {
        ScrapeReader reader = NewReader();

        ScrapeResult result = Read(reader, "# TYPE a counter\na{x=\"1\"} 5\na{x=\"2\"} 6\n");

        SampleBatch batch = Assert.Single(result.Batches);
        Assert.True(result.Up);
        Assert.Equal((2, 2, 2), (result.Scraped, result.Kept, result.SeriesAdded));
        Assert.Equal(5.0, ValueOf(batch, "{__name__=\"a\", instance=\"i:1\", job=\"j\", x=\"1\"}"));
        Assert.Equal(1.0, ValueOf(batch, "{__name__=\"up\", instance=\"i:1\", job=\"j\"}"));
        Assert.Equal(2.0, ValueOf(batch, "{__name__=\"scrape_samples_scraped\", instance=\"i:1\", job=\"j\"}"));
        Assert.Equal(2.0, ValueOf(batch, "{__name__=\"scrape_samples_post_metric_relabeling\", instance=\"i:1\", job=\"j\"}"));
        Assert.Equal(2.0, ValueOf(batch, "{__name__=\"scrape_series_added\", instance=\"i:1\", job=\"j\"}"));
        Assert.Contains("scrape_duration_seconds", Print(batch), StringComparison.Ordinal);
        Assert.Equal(7, batch.Count);
        Assert.All(batch.Times.ToArray(), time => Assert.Equal(_at, time));
        Assert.Equal(new ShardMap(4).OfInstance("i:1"), batch.Shard);
    }

    [Fact]
    public void A_known_series_keeps_its_key()
    {
        ScrapeReader reader = NewReader();
        SeriesKey first = Read(reader, "a 1\n").Batches[0].Series[0];
        ScrapeResult second = Read(reader, "a 2\n");
        Assert.Same(first, second.Batches[0].Series[0]);
        Assert.Equal(0, second.SeriesAdded);
    }

    [Fact]
    public void A_series_missing_from_the_page_gets_one_stale_marker()
    {
        ScrapeReader reader = NewReader();
        Read(reader, "a 1\nb 1\nc 1\n");

        ScrapeResult second = Read(reader, "a 1\nc 1\n");
        Assert.Equal(["b"], StaleNames(second));
        Assert.Equal(1, second.StaleMarkers);

        Assert.Empty(StaleNames(Read(reader, "a 1\nc 1\n")));
        Assert.Equal(2, reader.SeriesCount);

        ScrapeResult back = Read(reader, "a 1\nb 1\nc 1\n");
        Assert.Equal(1, back.SeriesAdded);
        Assert.Empty(StaleNames(back));
    }

    [Fact]
    public void A_failed_scrape_ends_every_series_once()
    {
        ScrapeReader reader = NewReader();
        Read(reader, "a 1\nb 1\n");

        ScrapeResult failed = Fail(reader);
        Assert.False(failed.Up);
        Assert.Equal(["a", "b"], StaleNames(failed));
        Assert.Equal(0.0, ValueOf(failed.Batches[0], "{__name__=\"up\", instance=\"i:1\", job=\"j\"}"));
        Assert.Empty(StaleNames(Fail(reader)));

        ScrapeResult back = Read(reader, "a 1\n");
        Assert.Empty(StaleNames(back)); // b ended already
        Assert.Equal(0, back.SeriesAdded); // a was known all the time
        Assert.Equal(["a"], StaleNames(Fail(reader)));
    }

    [Fact]
    public void A_broken_page_leaves_nothing_but_stale_markers()
    {
        ScrapeReader reader = NewReader();
        Read(reader, "a 1\nb 1\n");

        ScrapeResult broken = Read(reader, "a 2\nnew 3\n7&-\n");

        Assert.False(broken.Up);
        Assert.Equal(ScrapeRefusal.Syntax, broken.Refusal);
        Assert.Contains("line 3", broken.Error, StringComparison.Ordinal);
        Assert.Equal(2, broken.Scraped);
        Assert.Equal(["a", "b"], StaleNames(broken));
        Assert.DoesNotContain("new", Print(broken.Batches[0]), StringComparison.Ordinal);
        Assert.Equal(2, reader.SeriesCount);

        ScrapeResult second = Read(reader, "a 2\nnew 3\n7&-\n");
        Assert.Empty(StaleNames(second));
        Assert.Equal(0, second.SeriesAdded); // counted with the first of these pages already
        Assert.Equal(0, Read(reader, "a 2\nnew 3\n").SeriesAdded);
    }

    [Fact]
    public void An_empty_page_is_up_and_ends_every_series()
    {
        ScrapeReader reader = NewReader();
        Read(reader, "a 1\n");
        ScrapeResult empty = Read(reader, "");
        Assert.True(empty.Up);
        Assert.Equal(["a"], StaleNames(empty));
        Assert.Equal(0, Read(reader, "a 1\n").SeriesAdded);
    }

    [Fact]
    public void Series_with_times_of_their_own_get_no_marker_unless_tracked()
    {
        ScrapeReader reader = NewReader();
        ScrapeResult first = Read(reader, $"a 1 {_at + 1000 - 5}\n");
        Assert.Equal(_at - 5, first.Batches[0].Times[0]);
        Assert.Empty(StaleNames(Read(reader, "b 1\n")));

        reader = NewReader(ReadSettings.Default with { TrackTimestampsStaleness = true });
        Read(reader, $"a 1 {_at + 1000 - 5}\n");
        Assert.Equal(["a"], StaleNames(Read(reader, "b 1\n")));

        reader = NewReader(ReadSettings.Default with { HonorTimestamps = false });
        ScrapeResult unheeded = Read(reader, $"a 1 {_at + 1000 - 5}\n");
        Assert.Equal(_at, unheeded.Batches[0].Times[0]);
        Assert.Equal(["a"], StaleNames(Read(reader, "b 1\n")));
    }

    [Fact]
    public void A_series_that_gets_a_time_of_its_own_ends_as_far_as_staleness_goes()
    {
        ScrapeReader reader = NewReader();
        Read(reader, "a 1\n");
        Assert.Equal(["a"], StaleNames(Read(reader, $"a 1 {_at + 1000 - 5}\n")));
    }

    [Fact]
    public void Times_far_ahead_are_left_out()
    {
        ScrapeReader reader = NewReader();
        ScrapeResult result = Read(reader, $"a 1 {_at + 601_000}\nb 1 {_at + 601_001}\n");
        Assert.Equal(1, result.TooNew);
        Assert.DoesNotContain("\"b\"", Print(result.Batches[0]), StringComparison.Ordinal);
        Assert.True(result.Up);
    }

    [Fact]
    public void Of_duplicates_the_first_counts()
    {
        ScrapeReader reader = NewReader();
        for (int i = 0; i < 3; i++)
        {
            ScrapeResult result = Read(reader, "a{x=\"1\",y=\"2\"} 1\na{x=\"1\",y=\"2\"} 2\na{y=\"2\",x=\"1\"} 3\n");
            Assert.Equal((3, 3, 2), (result.Scraped, result.Kept, result.Duplicates));
            Assert.Equal(1.0, result.Batches[0].Values[0]);
            Assert.Equal(6, result.Batches[0].Count);
            Assert.Equal(1, reader.SeriesCount);
        }

        ScrapeResult timed = Read(reader, $"t 1 {_at}\nt 2 {_at + 1}\n");
        Assert.Equal(0, timed.Duplicates);
        Assert.Equal([1.0, 2.0], timed.Batches[0].Values[..2].ToArray());
    }

    [Fact]
    public void Relabelling_drops_and_rewrites_and_is_asked_once_a_series()
    {
        int asked = 0;
        ScrapeReader reader = NewReader(relabel: labels =>
        {
            asked++;
            labels.Set("added", "yes");
            return labels.MetricNameIs("keep");
        });
        for (int i = 0; i < 3; i++)
        {
            ScrapeResult result = Read(reader, "keep 1\ndrop 2\n");
            Assert.Equal((2, 1), (result.Scraped, result.Kept));
            Assert.Equal(1.0, ValueOf(result.Batches[0], "{__name__=\"keep\", added=\"yes\", instance=\"i:1\", job=\"j\"}"));
            Assert.DoesNotContain("drop", Print(result.Batches[0]), StringComparison.Ordinal);
        }

        Assert.Equal(2, asked);
    }

    [Fact]
    public void Conflicting_labels_are_exported_or_honoured()
    {
        const string page = "a{instance=\"own\",exported_job=\"x\",job=\"own\"} 1\n";
        Assert.Equal(
            1.0,
            ValueOf(
                Read(NewReader(), page).Batches[0],
                "{__name__=\"a\", exported_exported_job=\"own\", exported_instance=\"own\", exported_job=\"x\", instance=\"i:1\", job=\"j\"}"));
        Assert.Equal(
            1.0,
            ValueOf(
                Read(NewReader(ReadSettings.Default with { HonorLabels = true }), page).Batches[0],
                "{__name__=\"a\", exported_job=\"x\", instance=\"own\", job=\"own\"}"));
        ScrapeResult none = Read(NewReader(ReadSettings.Default with { HonorLabels = true }), "a{instance=\"\"} 1\n");
        Assert.Equal(1.0, ValueOf(none.Batches.First(b => Print(b).Contains("\"a\"", StringComparison.Ordinal)), "{__name__=\"a\", job=\"j\"}"));
    }

    [Fact]
    public void Series_of_another_instance_go_into_another_batch()
    {
        ScrapeReader reader = NewReader(ReadSettings.Default with { HonorLabels = true }, shards: 64);
        ScrapeResult result = Read(reader, "a{instance=\"x\"} 1\na{instance=\"y\"} 1\na 1\n");
        Assert.Equal(3, result.Batches.Count);
        Assert.Equal(result.Batches.Count, result.Batches.Select(b => b.Shard).Distinct().Count());
    }

    [Fact]
    public void Beyond_the_sample_limit_the_page_is_refused_and_still_counted()
    {
        ScrapeReader reader = NewReader(ReadSettings.Default with { SampleLimit = 2 });
        Assert.True(Read(reader, "a 1\nb 1\n").Up);

        ScrapeResult result = Read(reader, "a 1\nb 1\nc 1\nd 1\n");

        Assert.Equal("sample limit exceeded", result.Error);
        Assert.Equal(ScrapeRefusal.SampleLimit, result.Refusal);
        Assert.Equal((4, 4), (result.Scraped, result.Kept));
        Assert.Equal(["a", "b"], StaleNames(result));
        Assert.Equal(2, reader.SeriesCount);
        Assert.True(Read(reader, "a 1\nb 1\n").Up);
    }

    [Theory]
    [InlineData(4, 0, 0, "label_limit exceeded (metric: a, number of labels: 5, limit: 4)")]
    [InlineData(5, 8, 0, null)]
    [InlineData(0, 7, 0, "label_name_length_limit exceeded")]
    [InlineData(0, 0, 3, null)]
    [InlineData(0, 0, 2, "label_value_length_limit exceeded")]
    public void Label_limits_refuse_the_page(int labels, int name, int value, string? error)
    {
        var settings = ReadSettings.Default with { LabelLimit = labels, LabelNameLengthLimit = name, LabelValueLengthLimit = value };
        ScrapeResult result = Read(NewReader(settings), "a{x=\"1\",y=\"2\"} 1\n");
        Assert.Equal(error is null, result.Up);
        Assert.Contains(error ?? "", result.Error ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_page_is_refused_at_its_limit_and_leaves_no_memory_behind()
    {
        var settings = ReadSettings.Default with { Limits = new PageLimits { SamplesMax = 10_000 } };
        ScrapeReader reader = NewReader(settings);
        Assert.True(Read(reader, "a 1\n").Up);
        var page = new StringBuilder();
        for (int i = 0; i < 100_000; i++)
        {
            page.Append("metric_").Append(i).Append(" 1\n");
        }

        string text = page.ToString();
        Read(reader, text);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 5; i++)
        {
            ScrapeResult result = Read(reader, text);
            Assert.Equal(ScrapeRefusal.PageLimit, result.Refusal);
            Assert.Equal(10_000, result.Scraped);
        }

        Assert.Equal(1, reader.SeriesCount);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 512 * 1024);
        Assert.Equal(0, Read(reader, "a 1\n").SeriesAdded);
    }

    [Fact]
    public void The_limit_of_samples_bites_at_the_first_one_beyond_it()
    {
        var settings = ReadSettings.Default with { Limits = new PageLimits { SamplesMax = 2 } };
        Assert.True(Read(NewReader(settings), "a 1\nb 1\n").Up);
        Assert.Equal(ScrapeRefusal.PageLimit, Read(NewReader(settings), "a 1\nb 1\nc 1\n").Refusal);
    }

    [Fact]
    public void The_extra_metrics_tell_timeout_limit_and_size()
    {
        ScrapeReader reader = NewReader(ReadSettings.Default with { ExtraMetrics = true, SampleLimit = 9 });
        SampleBatch batch = Read(reader, "a 1\n").Batches[0];
        Assert.Equal(10.0, ValueOf(batch, "{__name__=\"scrape_timeout_seconds\", instance=\"i:1\", job=\"j\"}"));
        Assert.Equal(9.0, ValueOf(batch, "{__name__=\"scrape_sample_limit\", instance=\"i:1\", job=\"j\"}"));
        Assert.Equal(4.0, ValueOf(batch, "{__name__=\"scrape_body_size_bytes\", instance=\"i:1\", job=\"j\"}"));
        batch = reader.Fail("body size limit exceeded", tooLarge: true, Moment()).Batches[0];
        Assert.Equal(-1.0, ValueOf(batch, "{__name__=\"scrape_body_size_bytes\", instance=\"i:1\", job=\"j\"}"));
    }

    [Fact]
    public void The_end_of_a_target_ends_its_series_and_its_report()
    {
        ScrapeReader reader = NewReader();
        Assert.Empty(reader.End(new Timestamp(1)));
        Read(reader, "a 1\nb 2\n");
        SampleBatch batch = Assert.Single(reader.End(new Timestamp(_at + 1)));
        Assert.Equal(7, batch.Count);
        Assert.All(batch.Values.ToArray(), value => Assert.True(StaleMarker.Is(value)));
    }

    [Fact]
    public void A_missing_content_type_needs_a_fallback()
    {
        ScrapeResult result = NewReader().Read("a 1\n"u8, "", Moment());
        Assert.Equal(ScrapeRefusal.NoPage, result.Refusal);
        Assert.False(result.Up);
        ScrapeReader forgiving = NewReader(ReadSettings.Default with { FallbackProtocol = ScrapeProtocol.PrometheusText004 });
        Assert.True(forgiving.Read("a 1\n"u8, "", Moment()).Up);
    }

    [Fact]
    public void A_change_of_format_keeps_nothing_of_the_old_page()
    {
        ScrapeReader reader = NewReader();
        Read(reader, "# TYPE a gauge\na 1\nb{le=\"1\"} 1\n");
        ScrapeResult result = Read(reader, "# HELP c other\nc 1\n# EOF\n", "application/openmetrics-text");
        Assert.Equal(["a", "b"], StaleNames(result));
        Assert.Equal(1, reader.SeriesCount);
        Assert.Equal("other", reader.ReadMetadata()["c"].Help);
        Assert.Single(reader.ReadMetadata());
    }

    [Fact]
    public void Metadata_is_read_from_the_last_good_page()
    {
        ScrapeReader reader = NewReader();
        Read(reader, "# HELP a some \\\\ help\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n");
        IReadOnlyDictionary<string, MetricMetadata> families = reader.ReadMetadata();
        Assert.Equal(new MetricMetadata(MetricType.Counter, "some \\ help", ""), families["a"]);
        Assert.Equal(new MetricMetadata(MetricType.Gauge, "", ""), families["b"]);
        Read(reader, "broken");
        Assert.Equal(2, reader.ReadMetadata().Count);
    }

    [Fact]
    public void Converted_histograms_have_their_own_staleness()
    {
        ScrapeReader reader = NewReader(ReadSettings.Default with { ConvertClassicHistogramsToNhcb = true });
        const string h = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_sum 5\nh_count 3\n";
        const string g = "# TYPE g histogram\ng_bucket{le=\"1\"} 1\ng_bucket{le=\"+Inf\"} 3\ng_sum 5\ng_count 3\n";
        for (int i = 0; i < 3; i++)
        {
            ScrapeResult result = Read(reader, h + g);
            Assert.Equal(2, result.Scraped);
            Assert.Equal(i == 0 ? 2 : 0, result.SeriesAdded);
            Assert.Equal([1.0, 2.0], result.Batches[0].Histograms[0]!.PositiveBuckets);
            Assert.Equal("{__name__=\"h\", instance=\"i:1\", job=\"j\"}", result.Batches[0].Series[0].Labels.ToString());
        }

        Assert.Equal(["h"], StaleNames(Read(reader, g)));
        Assert.Equal(1, reader.SeriesCount);
    }

    [Fact]
    public void Exemplars_and_start_times_go_into_the_batch()
    {
        ScrapeReader reader = NewReader(ReadSettings.Default with { Exemplars = true, StartTimestamps = true });
        ScrapeResult result = Read(
            reader, "# TYPE a counter\na_total 5 # {id=\"x\"} 2\na_created 3\n# EOF\n", "application/openmetrics-text");
        SampleBatch batch = result.Batches[0];
        Assert.Equal(1, result.Scraped);
        Assert.Equal(3000, batch.StartTimes[0]);
        (SeriesKey series, Exemplar exemplar) = Assert.Single(batch.Exemplars);
        Assert.Same(batch.Series[0], series);
        Assert.Equal("x", exemplar.Labels.Get("id"));
        Assert.Equal(new Timestamp(_at), exemplar.At);
    }

    [Fact]
    public void Reading_a_known_page_allocates_nothing_per_sample()
    {
        ScrapeReader reader = NewReader();
        byte[] small = Page(100);
        byte[] large = Page(10_000);
        ScrapeReader second = NewReader();
        for (int i = 0; i < 3; i++)
        {
            Dispose(reader.Read(small, TextType, Moment()));
            Dispose(second.Read(large, TextType, Moment()));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Dispose(reader.Read(small, TextType, Moment()));
        long forSmall = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        Dispose(second.Read(large, TextType, Moment()));
        long forLarge = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(forSmall, forLarge);
        Assert.True(forSmall < 2048, $"{forSmall} bytes");
    }

    [Fact]
    public void Pages_that_change_at_random_are_read_as_if_every_page_were_new()
    {
        var random = new Random(42);
        ScrapeReader reader = NewReader();
        var last = new HashSet<string>();
        for (int round = 0; round < 300; round++)
        {
            var page = new StringBuilder();
            var now = new HashSet<string>();
            foreach (int i in Enumerable.Range(0, 60).OrderBy(i => random.Next(4) == 0 ? random.Next(60) : i))
            {
                if (random.Next(8) == 0)
                {
                    continue;
                }

                string name = $"m{i}";
                page.Append(random.Next(10) == 0 ? $"# HELP {name} round {round}\n" : $"# TYPE {name} gauge\n");
                page.Append(name).Append("{v=\"").Append(random.Next(30) == 0 ? round : 0).Append("\"} ").Append(i).Append('\n');
            }

            string text = page.ToString();
            bool broken = random.Next(6) == 0;
            foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
            {
                now.Add(line[..line.IndexOf(' ', StringComparison.Ordinal)]);
            }

            ScrapeResult result = Read(reader, broken ? text + "oh no" : text);
            string[] stale = [.. Enumerable.Range(0, result.Batches[0].Count).Where(i => StaleMarker.Is(result.Batches[0].Values[i]))
                .Select(i => result.Batches[0].Series[i].Labels).Select(l => $"{l.MetricName}{{v=\"{l.Get("v")}\"}}").Order()];
            string[] expected = [.. (broken ? last : last.Except(now)).Order()];
            Assert.Equal(expected, stale);
            int values = broken ? 0 : now.Count;
            Assert.Equal(values + expected.Length + 5, result.Batches[0].Count);
            last = broken ? [] : now;
            if (!broken)
            {
                Assert.Equal(now.Count, reader.SeriesCount);
                for (int i = 0; i < values; i++)
                {
                    Labels labels = result.Batches[0].Series[i].Labels;
                    Assert.Equal(labels.MetricName, $"m{result.Batches[0].Values[i]}");
                }
            }

            Dispose(result);
        }
    }

    private static ScrapeReader NewReader(ReadSettings? settings = null, Func<LabelsBuilder, bool>? relabel = null, int shards = 4) =>
        new(settings ?? ReadSettings.Default, Target, new ShardMap(shards), relabel, TimeProvider.System);

    private static byte[] Page(int series)
    {
        var page = new StringBuilder("# TYPE m gauge\n");
        for (int i = 0; i < series; i++)
        {
            page.Append("m{number=\"").Append(i).Append("\"} ").Append(i * 1.5).Append('\n');
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static void Dispose(ScrapeResult result)
    {
        foreach (SampleBatch batch in result.Batches)
        {
            batch.Dispose();
        }
    }

    private static string[] StaleNames(ScrapeResult result) =>
        [.. result.Batches.SelectMany(batch => Enumerable.Range(0, batch.Count).Where(i => StaleMarker.Is(batch.Values[i]))
            .Select(i => batch.Series[i].Labels.MetricName)).Order()];

    private static string Print(SampleBatch batch) => string.Join('\n', batch.Series.ToArray().Select(key => key.Labels));

    private static double ValueOf(SampleBatch batch, string labels)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Series[i].Labels.ToString() == labels)
            {
                return batch.Values[i];
            }
        }

        Assert.Fail($"no series {labels} in\n{Print(batch)}");
        return 0;
    }

    private ScrapeMoment Moment()
    {
        _at += 1000;
        return new ScrapeMoment(new Timestamp(_at), TimeProvider.System.GetTimestamp(), TimeSpan.FromSeconds(10));
    }

    private ScrapeResult Read(ScrapeReader reader, string page, string type = TextType) =>
        reader.Read(Encoding.UTF8.GetBytes(page), type, Moment());

    private ScrapeResult Fail(ScrapeReader reader) => reader.Fail("connection refused", tooLarge: false, Moment());
}

file static class BuilderExtensions
{
    internal static bool MetricNameIs(this LabelsBuilder labels, string name) => labels.Get(LabelName.MetricName) == name;
}
