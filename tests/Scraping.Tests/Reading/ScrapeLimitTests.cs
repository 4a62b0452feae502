using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

/// <summary>Limits of a job and of the node hold for what is left after metric relabelling.</summary>
public sealed class ScrapeLimitTests
{
    [Theory]
    [InlineData("label_limit: 5", 80, 5, 5)]
    [InlineData("label_name_length_limit: 10", 1, 5000, 5)]
    [InlineData("label_value_length_limit: 10", 1, 5, 100000)]
    public void What_relabelling_drops_counts_against_no_limit_of_labels(string limit, int labels, int nameBytes, int valueBytes)
    {
        string page = "a{" + string.Join(',', Enumerable.Range(0, labels).Select(i => $"drop{i:D4}{new string('x', nameBytes)}=\"{new string('v', valueBytes)}\"")) + "} 1\n";
        Assert.False(new ReaderDriver(ReaderDriver.Job(limit)).Read(page).Up);
        Assert.True(new ReaderDriver(ReaderDriver.Job(limit), DropLabels).Read(page).Up);
        Assert.True(new ReaderDriver(ReaderDriver.Job("honor_labels: true"), DropLabels).Read(page).Up);
    }

    [Fact]
    public void Samples_that_relabelling_drops_count_against_no_sample_limit()
    {
        string page = string.Concat(Enumerable.Range(0, 1000).Select(i => $"drop{i} 1\n")) + "a 1\nb 1\n";
        var driver = new ReaderDriver(ReaderDriver.Job("sample_limit: 2"), static labels => !labels.Get(LabelName.MetricName).StartsWith("drop", StringComparison.Ordinal));
        ScrapeResult result = driver.Read(page);
        Assert.Null(result.Error);
        Assert.Equal((1002, 2, 2), (result.Scraped, result.Kept, result.SeriesAdded));
        Assert.Equal("sample limit exceeded", driver.Read(page + "c 1\n").Error);
    }

    [Theory]
    [InlineData(62, null)]
    [InlineData(63, "label_limit exceeded (metric: a, number of labels: 66, limit: 65)")]
    public void A_job_without_a_label_limit_has_that_of_the_node(int labels, string? error)
    {
        string page = "a{" + string.Join(',', Enumerable.Range(0, labels).Select(static i => $"l{i}=\"1\"")) + "} 1\n";
        ReadSettings settings = ReaderDriver.Job("label_limit: 0", new ScrapeLimits { LabelsMax = 65 });
        Assert.Equal(error, new ReaderDriver(settings).Read(page).Error);
    }

    [Fact]
    public void Limits_of_the_node_can_be_raised_beyond_the_defaults_and_those_of_a_job_as_well()
    {
        string page = $"{new string('m', 600)}{{{string.Join(',', Enumerable.Range(0, 5000).Select(static i => $"l{i}=\"{i}\""))},{new string('n', 700)}=\"{new string('v', 9000)}\"}} 1\n";
        Assert.Equal(ScrapeRefusal.PageLimit, new ReaderDriver(ReaderDriver.Job("honor_labels: true")).Read(page).Refusal);
        var raised = new ScrapeLimits { LabelsMax = 6000, LabelNameBytesMax = 700, LabelValueBytesMax = 9000 };
        Assert.Null(new ReaderDriver(ReaderDriver.Job("honor_labels: true", raised)).Read(page).Error);
        Assert.Null(new ReaderDriver(ReaderDriver.Job("label_limit: 6000, label_name_length_limit: 700, label_value_length_limit: 9000")).Read(page).Error);
        Assert.NotNull(new ReaderDriver(ReaderDriver.Job("honor_labels: true", raised with { LabelValueBytesMax = 8999 })).Read(page).Error);
        Assert.NotNull(new ReaderDriver(ReaderDriver.Job("honor_labels: true", raised with { LabelNameBytesMax = 699 })).Read(page).Error);
    }

    [Fact]
    public void Refusals_are_worded_as_Prometheus_words_them()
    {
        string longName = new('n', 60);
        string page = $"metric{{{longName}=\"a\\\"{new string('é', 60)}\"}} 1\n";
        Assert.Equal(
            $"label_name_length_limit exceeded (metric: metric, label name: {longName[..50]}, length: 60, limit: 59)",
            new ReaderDriver(ReaderDriver.Job("label_name_length_limit: 59")).Read(page).Error);
        Assert.Equal(
            $"label_value_length_limit exceeded (metric: metric, label name: {longName[..50]}, value: \"a\\\"{new string('é', 48)}\", length: 122, limit: 121)",
            new ReaderDriver(ReaderDriver.Job("label_value_length_limit: 121")).Read(page).Error);
        Assert.Equal(
            "label_limit exceeded (metric: metric, number of labels: 4, limit: 3)",
            new ReaderDriver(ReaderDriver.Job("label_limit: 3")).Read(page).Error);
    }

    [Fact]
    public void A_job_without_a_sample_limit_has_that_of_the_node_and_says_which_it_is()
    {
        ReadSettings settings = ReaderDriver.Job("extra_scrape_metrics: true", new ScrapeLimits { SamplesMax = 2 });
        var driver = new ReaderDriver(settings);
        Assert.True(driver.Read("a 1\nb 1\n").Up);
        ScrapeResult beyond = driver.Read("a 1\nb 1\nc 1\n");
        Assert.Equal("sample limit exceeded (the job has no sample_limit, so that pleiad.scrape.samples-max holds: 2)", beyond.Error);
        Assert.Equal(0, ReaderDriver.Value(beyond, "scrape_sample_limit"));
        Assert.Equal(3, ReaderDriver.Value(beyond, "scrape_samples_scraped"));
    }

    [Fact]
    public void The_page_itself_is_bounded_before_relabelling()
    {
        var limits = new ScrapeLimits { SamplesMax = 2, PageSamplesMax = 3 };
        var driver = new ReaderDriver(ReaderDriver.Job("honor_labels: true", limits), static _ => false);
        Assert.True(driver.Read("a 1\nb 1\nc 1\n").Up);
        ScrapeResult beyond = driver.Read("a 1\nb 1\nc 1\nd 1\n");
        Assert.Equal(ScrapeRefusal.PageLimit, beyond.Refusal);
        Assert.Equal("more than 3 samples in a page", beyond.Error);
        Assert.True(new ReaderDriver(ReaderDriver.Job("sample_limit: 4", limits)).Read("a 1\nb 1\nc 1\nd 1\n").Up);
    }

    [Fact]
    public void A_stale_marker_of_a_known_series_counts_against_no_sample_limit()
    {
        var driver = new ReaderDriver(ReaderDriver.Job("sample_limit: 1"));
        Assert.True(driver.Read(Gauges(("a", StaleMarker.Value)), ProtobufPage.Type).Up);
        Assert.Equal("sample limit exceeded", new ReaderDriver(ReaderDriver.Job("sample_limit: 1")).Read(
            Gauges(("a", StaleMarker.Value), ("b", 1)), ProtobufPage.Type).Error);
        Assert.True(driver.Read(Gauges(("a", StaleMarker.Value), ("b", 1)), ProtobufPage.Type).Up);

        static byte[] Gauges(params (string Name, double Value)[] samples) =>
            [.. samples.SelectMany(static sample => ProtobufPage.Gauge(sample.Name, [], sample.Value))];
    }

    private static bool DropLabels(LabelsBuilder labels)
    {
        labels.RemoveAll(static label => label.Name.StartsWith("drop", StringComparison.Ordinal));
        return true;
    }
}
