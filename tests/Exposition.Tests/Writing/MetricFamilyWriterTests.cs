using System.Buffers;
using Pleiad.Model;

namespace Pleiad.Exposition.Tests;

public sealed class MetricFamilyWriterTests
{
    [Fact]
    public void What_is_written_is_what_is_read()
    {
        NativeHistogram counter = new()
        {
            Schema = 3, ZeroThreshold = 0.001, ZeroCount = 2, Count = 12.5, Sum = -4.25,
            PositiveSpans = [new BucketSpan(-2, 2), new BucketSpan(3, 1)], PositiveBuckets = [1, 2.5, 3],
            NegativeSpans = [new BucketSpan(7, 1)], NegativeBuckets = [4],
        };
        NativeHistogram whole = new() { Schema = -1, Count = 3, Sum = 9, PositiveSpans = [new BucketSpan(1, 1)], PositiveBuckets = [3] };
        NativeHistogram empty = new();
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MetricFamilyWriter(bytes);
        writer.Sample("up", [new Label("instance", "a"), new Label("größe", "日本")], 1.5, new Timestamp(1000));
        writer.Sample("up", [new Label("instance", "b")], double.NegativeInfinity, new Timestamp(2000));
        writer.Sample("latency", [new Label("instance", "a")], counter, new Timestamp(3000));
        writer.Sample("latency", [new Label("instance", "b")], whole, new Timestamp(3000));
        writer.Sample("latency", [new Label("instance", "c")], empty, new Timestamp(3000));
        writer.Sample("latency", [new Label("instance", "d")], whole.WithHint(CounterResetHint.Gauge), new Timestamp(4000));
        writer.Sample("latency", [new Label("instance", "e")], -0.0, new Timestamp(5000));
        writer.End();
        List<Entry> read = Reading.Read(bytes.WrittenSpan, PageFormat.Protobuf);
        Assert.Equal(
            ["up unknown", "latency histogram", "latency gaugehistogram", "latency unknown"],
            read.Where(static entry => entry.Kind == "type").Select(static entry => $"{entry.Name} {entry.Text}"));
        Entry[] samples = [.. read.Where(static entry => entry.Kind is "series" or "histogram")];
        Assert.Equal([1000L, 2000, 3000, 3000, 3000, 4000, 5000], samples.Select(static entry => entry.TimeMs!.Value));
        Assert.Equal(["up", "up", "latency", "latency", "latency", "latency", "latency"], samples.Select(static entry => entry.Name));
        Assert.Equal([new Label("instance", "a"), new Label("größe", "日本")], samples[0].Labels!.Where(static label => label.Name != LabelName.MetricName));
        Assert.Equal([1.5, double.NegativeInfinity], samples.Take(2).Select(static entry => entry.Value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(samples[6].Value));
        Assert.Null(samples[6].Histogram);
        NativeHistogram[] histograms = [.. samples.Skip(2).Take(4).Select(static entry => entry.Histogram!)];
        Assert.Equal([counter, whole, empty, whole.WithHint(CounterResetHint.Gauge)], histograms);
        Assert.Equal(CounterResetHint.Gauge, histograms[3].ResetHint);
    }

    // Prometheus reads it as one of integers, and would refuse the whole page for spans without their deltas.
    [Fact]
    public void A_histogram_that_counts_nothing_is_written_without_buckets()
    {
        NativeHistogram none = new() { Schema = 3, ZeroThreshold = 0.001, PositiveSpans = [new BucketSpan(1, 2)], PositiveBuckets = [0, 0] };
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MetricFamilyWriter(bytes);
        writer.Sample("latency", [], none, new Timestamp(1000));
        writer.End();
        NativeHistogram read = Assert.Single(Reading.Read(bytes.WrittenSpan, PageFormat.Protobuf), static entry => entry.Kind == "histogram").Histogram!;
        Assert.Equal((0.0, 0.0, 3, 0.001), (read.Count, read.ZeroCount, read.Schema, read.ZeroThreshold));
        Assert.Empty(read.PositiveBuckets);
        Assert.Empty(read.NegativeBuckets);
    }
}
