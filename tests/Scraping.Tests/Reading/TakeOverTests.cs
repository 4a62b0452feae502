using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

/// <summary>A reader that takes over from another one after a reload.</summary>
public sealed class TakeOverTests
{
    private static readonly string[] Report =
        ["scrape_duration_seconds", "scrape_samples_post_metric_relabeling", "scrape_samples_scraped", "scrape_series_added", "up"];

    [Fact]
    public void Series_that_the_new_configuration_does_not_bring_end_with_its_first_scrape()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\nb 1\nc 1\n");
        driver.Reconfigure(relabel: static labels => labels.Get(LabelName.MetricName) != "b");
        ScrapeResult first = driver.Read("a 1\nb 1\n");
        Assert.Equal(["b", "c"], ReaderDriver.Stale(first.Batches));
        Assert.Equal(2, first.StaleMarkers);
        Assert.Empty(ReaderDriver.Stale(driver.Read("a 1\nb 1\n").Batches));
    }

    [Fact]
    public void Series_that_are_called_otherwise_now_end_under_their_old_names()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\n");
        driver.Reconfigure(relabel: static labels => labels.Set("new", "yes").Count > 0);
        ScrapeResult first = driver.Read("a 2\n");
        SampleBatch batch = Assert.Single(first.Batches);
        Assert.Equal(
            [("{__name__=\"a\", instance=\"i:1\", job=\"j\", new=\"yes\"}", false), ("{__name__=\"a\", instance=\"i:1\", job=\"j\"}", true)],
            Enumerable.Range(0, 2).Select(i => (batch.Series[i].Labels.ToString(), StaleMarker.Is(batch.Values[i]))));
    }

    [Fact]
    public void A_first_scrape_that_fails_ends_all_of_them()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\nb 1\n");
        driver.Reconfigure();
        Assert.Equal(["a", "b"], ReaderDriver.Stale(driver.Fail().Batches));
        Assert.Empty(ReaderDriver.Stale(driver.Fail().Batches));

        driver = new ReaderDriver();
        driver.Read("a 1\nb 1\n");
        driver.Reconfigure();
        Assert.Equal(["a", "b"], ReaderDriver.Stale(driver.Read("a 1\nbroken").Batches));
    }

    [Fact]
    public void Series_that_ended_before_get_no_second_marker()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\nb 1\n");
        driver.Fail();
        driver.Reconfigure();
        Assert.Empty(ReaderDriver.Stale(driver.Read("c 1\n").Batches));
    }

    [Fact]
    public void Two_reloads_between_two_scrapes_lose_nothing()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\nb 1\n");
        driver.Reconfigure();
        driver.Reconfigure();
        Assert.Equal(["b"], ReaderDriver.Stale(driver.Read("a 1\n").Batches));
    }

    [Fact]
    public void A_target_that_goes_before_the_first_scrape_ends_all_of_them_and_the_report()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\n");
        driver.Reconfigure();
        Assert.Equal(["a", .. Report], ReaderDriver.Stale(driver.End()));
    }

    [Fact]
    public void Series_of_a_report_that_is_shorter_now_end()
    {
        var driver = new ReaderDriver(ReadSettings.Default with { ExtraMetrics = true });
        driver.Read("a 1\n");
        driver.Reconfigure();
        Assert.Equal(
            ["scrape_body_size_bytes", "scrape_sample_limit", "scrape_timeout_seconds"], ReaderDriver.Stale(driver.Read("a 1\n").Batches));
    }

    [Fact]
    public void Metadata_is_the_old_readers_until_the_new_one_has_read_a_page()
    {
        var driver = new ReaderDriver();
        driver.Read("# TYPE a gauge\na 1\n");
        driver.Reconfigure();
        Assert.Equal(MetricType.Gauge, driver.Reader.ReadMetadata()["a"].Type);
        driver.Read("# TYPE b gauge\nb 1\n");
        Assert.Equal(["b"], driver.Reader.ReadMetadata().Keys);
    }
}
