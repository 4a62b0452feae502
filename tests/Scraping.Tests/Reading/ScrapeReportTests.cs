using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

/// <summary>What the <c>scrape_…</c> series tell of pages that were refused, and of samples with impossible times: as Prometheus counts.</summary>
public sealed class ScrapeReportTests
{
    [Fact]
    public void A_page_that_breaks_is_counted_up_to_there()
    {
        var driver = new ReaderDriver();
        AssertReport(driver.Read("a 1\nb 2\nc 3\nnonsense\nd 4\n"), up: 0, scraped: 3, kept: 3, added: 3);
    }

    [Fact]
    public void The_series_that_refuses_a_page_is_scraped_and_not_kept()
    {
        var driver = new ReaderDriver(ReaderDriver.Job("label_limit: 3"));
        AssertReport(driver.Read("a 1\nb{x=\"1\"} 2\nc 3\n"), up: 0, scraped: 2, kept: 1, added: 1);
    }

    [Fact]
    public void Pages_refused_again_and_again_have_no_new_series_after_the_first()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\n");
        AssertReport(driver.Read("a 1\nnew 1\nbroken\n"), up: 0, scraped: 2, kept: 2, added: 1);
        AssertReport(driver.Read("a 1\nnew 1\nbroken\n"), up: 0, scraped: 2, kept: 2, added: 0);
        AssertReport(driver.Read("a 1\nnew 1\nnewer 1\nbroken\n"), up: 0, scraped: 3, kept: 3, added: 1);
        driver.Fail();
        AssertReport(driver.Read("a 1\nnew 1\n"), up: 1, scraped: 2, kept: 2, added: 0);

        // A good page without it, and the series is forgotten.
        AssertReport(driver.Read("a 1\nnew 1\nnewer 1\n"), up: 1, scraped: 3, kept: 3, added: 1);
    }

    [Fact]
    public void Beyond_the_sample_limit_series_are_counted_up_to_the_limit_and_once()
    {
        var driver = new ReaderDriver(ReaderDriver.Job("sample_limit: 2"));
        AssertReport(driver.Read("a 1\nb 1\nc 1\nd 1\n"), up: 0, scraped: 4, kept: 4, added: 2);
        AssertReport(driver.Read("a 1\nb 1\nc 1\nd 1\n"), up: 0, scraped: 4, kept: 4, added: 0);
        AssertReport(driver.Read("c 1\nd 1\n"), up: 1, scraped: 2, kept: 2, added: 2);
    }

    [Fact]
    public void No_more_is_remembered_of_refused_pages_than_the_last_good_one_had_and_a_thousand()
    {
        var driver = new ReaderDriver();
        driver.Read("a 1\n");
        Assert.Equal(1001, driver.Read(Page(0, RefusedSeries.KeptMax + 1)).SeriesAdded);
        Assert.Equal(0, driver.Read(Page(0, RefusedSeries.KeptMax + 1)).SeriesAdded);

        // One more is beyond: of all that only the last page is kept.
        Assert.Equal(1, driver.Read(Page(1, RefusedSeries.KeptMax + 1)).SeriesAdded);
        Assert.Equal(1, driver.Read(Page(0, RefusedSeries.KeptMax + 1)).SeriesAdded);

        static string Page(int from, int count) => string.Concat(Enumerable.Range(from, count).Select(static i => $"m{i} 1\n")) + "broken\n";
    }

    [Fact]
    public void Samples_of_1970_are_left_out_and_counted_and_the_scrape_succeeds()
    {
        var driver = new ReaderDriver();
        ScrapeResult result = driver.Read("old 1 1000\nnew 2\n");
        AssertReport(result, up: 1, scraped: 2, kept: 2, added: 1);
        Assert.Equal((1, 0), (result.TooOld, result.TooNew));
        Assert.DoesNotContain(result.Batches.SelectMany(static batch => batch.Series.ToArray()), static key => key.Labels.MetricName == "old");
    }

    [Theory]
    [InlineData(-3_600_000, true)]
    [InlineData(-3_600_001, false)]
    [InlineData(600_000, true)]
    [InlineData(600_001, false)]
    public void Times_may_be_an_hour_behind_and_ten_minutes_ahead(long offsetMs, bool taken)
    {
        var driver = new ReaderDriver();
        ScrapeResult result = driver.Read($"a 1 {driver.AtMs + 1000 + offsetMs}\n");
        Assert.Equal(taken ? 1 : 0, result.SeriesAdded);
        Assert.Equal(taken ? 0 : 1, result.TooOld + result.TooNew);
        AssertReport(result, up: 1, scraped: 1, kept: 1, added: taken ? 1 : 0);
    }

    [Fact]
    public void A_window_for_late_samples_lets_older_ones_in()
    {
        var driver = new ReaderDriver(ReadSettings.Default with { BehindMax = TimeSpan.FromHours(3) });
        Assert.Equal(0, driver.Read($"a 1 {driver.AtMs - 7_200_000}\n").TooOld);
        Assert.Equal(1, driver.Read($"a 1 {driver.AtMs - 10_800_001}\n").TooOld);
    }

    [Theory]
    [InlineData("-9223372036854775")]
    [InlineData("9223372036854775")]
    [InlineData("-1e300")]
    [InlineData("1e300")]
    public void Times_at_the_ends_of_time_are_out_of_bounds(string seconds)
    {
        ScrapeResult result = new ReaderDriver().Read($"a 1 {seconds}\n# EOF\n", "application/openmetrics-text; version=1.0.0");
        Assert.Equal((null, 1), (result.Error, result.TooOld + result.TooNew));
        Assert.Equal(seconds[0] == '-' ? 1 : 0, result.TooOld);
    }

    [Fact]
    public void A_series_is_new_when_its_first_sample_is_taken()
    {
        var driver = new ReaderDriver();
        Assert.Equal(0, driver.Read("a 1 1000\n").SeriesAdded);
        Assert.Equal(1, driver.Read($"a 1 {driver.AtMs}\n").SeriesAdded);
        Assert.Equal(0, driver.Read($"a 1 {driver.AtMs}\n").SeriesAdded);
    }

    [Fact]
    public void Samples_out_of_bounds_count_against_the_sample_limit()
    {
        var driver = new ReaderDriver(ReaderDriver.Job("sample_limit: 1"));
        Assert.Equal("sample limit exceeded", driver.Read("a 1 1000\nb 1\n").Error);
    }

    private static void AssertReport(ScrapeResult result, double up, double scraped, double kept, double added) => Assert.Equal(
        (up, scraped, kept, added),
        (ReaderDriver.Value(result, "up"), ReaderDriver.Value(result, "scrape_samples_scraped"),
            ReaderDriver.Value(result, "scrape_samples_post_metric_relabeling"), ReaderDriver.Value(result, "scrape_series_added")));
}
