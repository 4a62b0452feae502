using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using Xunit;

namespace Pleiad.Exposition.Tests;

public class MeterPageTests
{
    private static readonly ProcessFacts Facts = new(1.5, 2048, 4096, 7, 1024, 1_700_000_000.5);

    [Fact]
    public void A_gauge_that_is_set_is_told_until_it_is_set_anew()
    {
        using var meter = new Meter("Pleiad.SetGauge");
        using var page = new MeterPage(wanted => wanted == meter);
        Gauge<double> gauge = meter.CreateGauge<double>("pleiad_test_set");
        Assert.DoesNotContain("pleiad_test_set", Page(page, PageFormat.Text), StringComparison.Ordinal);
        gauge.Record(3);
        Assert.Contains("pleiad_test_set 3\n", Page(page, PageFormat.Text), StringComparison.Ordinal);
        Assert.Contains("pleiad_test_set 3\n", Page(page, PageFormat.Text), StringComparison.Ordinal);
        gauge.Record(4);
        Assert.Contains("pleiad_test_set 4\n", Page(page, PageFormat.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_gauges_and_histograms_are_told_in_both_formats()
    {
        using var meter = new Meter("test-meter-page");
        using var page = new MeterPage(candidate => ReferenceEquals(candidate, meter), () => Facts);
        Counter<long> counter = meter.CreateCounter<long>("pleiad_test_reads_total", description: "Reads.");
        UpDownCounter<int> level = meter.CreateUpDownCounter<int>("pleiad_test_level");
        Histogram<double> histogram = meter.CreateHistogram(
            "pleiad.test.duration", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        meter.CreateObservableGauge("pleiad_test_observed", () => new Measurement<double>(4.5, new KeyValuePair<string, object?>("kind", "x\"y")));
        counter.Add(2, new KeyValuePair<string, object?>("a", "b"));
        counter.Add(3, new KeyValuePair<string, object?>("a", "b"));
        counter.Add(1);
        level.Add(5);
        level.Add(-2);
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(7);

        string text = Page(page, PageFormat.Text);
        Assert.Contains("# HELP pleiad_test_reads_total Reads.\n# TYPE pleiad_test_reads_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_reads_total{a=\"b\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_reads_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_level 3\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_observed{kind=\"x\\\"y\"} 4.5\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_duration_seconds_bucket{le=\"0.1\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_duration_seconds_bucket{le=\"1.0\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_duration_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("pleiad_test_duration_seconds_count 3\n", text, StringComparison.Ordinal);
        Assert.Contains("process_cpu_seconds_total 1.5\n", text, StringComparison.Ordinal);
        Assert.Contains("process_open_fds 7\n", text, StringComparison.Ordinal);
        Assert.Contains("process_start_time_seconds 1.7000000005e+09\n", text, StringComparison.Ordinal);
        Assert.NotEmpty(Reading.Read(text));

        string openMetrics = Page(page, PageFormat.OpenMetrics);
        Assert.Contains("# TYPE pleiad_test_reads counter\n", openMetrics, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", openMetrics, StringComparison.Ordinal);
        OpenMetricsValidator.Validate(Encoding.UTF8.GetBytes(openMetrics));
    }

    [Fact]
    public void What_is_no_longer_observed_is_no_longer_told()
    {
        using var meter = new Meter("test-observed");
        using var page = new MeterPage(candidate => ReferenceEquals(candidate, meter), () => Facts);
        string kind = "one";
        meter.CreateObservableGauge("seen", () => new Measurement<int>(1, new KeyValuePair<string, object?>("kind", kind)));
        Assert.Contains("seen{kind=\"one\"} 1\n", Page(page, PageFormat.Text), StringComparison.Ordinal);
        kind = "two";
        string text = Page(page, PageFormat.Text);
        Assert.DoesNotContain("one", text, StringComparison.Ordinal);
        Assert.Contains("seen{kind=\"two\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_with_known_tags_allocates_nothing()
    {
        using var meter = new Meter("test-allocations");
        using var page = new MeterPage(candidate => ReferenceEquals(candidate, meter), () => Facts);
        Counter<double> counter = meter.CreateCounter<double>("c");
        var tag = new KeyValuePair<string, object?>("a", "b");
        for (int i = 0; i < 100; i++)
        {
            counter.Add(1, tag);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            counter.Add(1, tag);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Too_many_tag_sets_share_one_series()
    {
        using var meter = new Meter("test-overflow");
        using var page = new MeterPage(candidate => ReferenceEquals(candidate, meter), () => Facts);
        Counter<long> counter = meter.CreateCounter<long>("c");
        for (int i = 0; i < InstrumentSeries.TagSetsMax + 10; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", i));
        }

        string text = Page(page, PageFormat.Text);
        Assert.Contains("c_total{overflow=\"true\"} 10\n", text, StringComparison.Ordinal);
        Assert.Equal(InstrumentSeries.TagSetsMax + 1, text.Split('\n').Count(line => line.StartsWith("c_total", StringComparison.Ordinal)));
    }

    [Fact]
    public void This_process_has_its_facts_and_the_runtime_its_meters()
    {
        using var page = new MeterPage();
        string text = Page(page, PageFormat.Text);
        foreach (string name in new[] { "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds", "dotnet_" })
        {
            Assert.Contains("\n" + name, text, StringComparison.Ordinal);
        }

        OpenMetricsValidator.Validate(Encoding.UTF8.GetBytes(Page(page, PageFormat.OpenMetrics)));
    }

    private static string Page(MeterPage page, PageFormat format)
    {
        var output = new ArrayBufferWriter<byte>();
        page.Write(output, format);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
