using System.Globalization;
using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>Blocks of Prometheus 2.42 are read as it reads them, and damaged ones are named.</summary>
public sealed class PrometheusBlockTests
{
    private const string OfFloats = "01M8M09T77YWSNAR68JTN5YBMQ";
    private const string OfHistograms = "01M8M0A2WACRAP87FFRA7E84R5";

    private static readonly string s_golden = Path.Combine(Golden.Formats, "..", "prometheus-2.42");

    [Fact]
    public void Floats_are_those_that_promtool_dumps_without_what_is_deleted()
    {
        using PrometheusBlock block = PrometheusBlock.Open(new DiskFiles(), Path.Combine(s_golden, OfFloats));
        Assert.Equal(OfFloats, block.Name);
        var found = new List<string>();
        foreach ((Labels labels, SampleColumns run) in Everything(block))
        {
            for (int i = 0; i < run.Count; i++)
            {
                Assert.InRange(run.Times[i], block.MinTime, block.MaxTime - 1);
                found.Add($"{Words(labels)} {run.Values[i].ToString("R", CultureInfo.InvariantCulture)} {run.Times[i]}");
            }
        }

        string[] expected = File.ReadAllLines(Path.Combine(s_golden, OfFloats + ".txt"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Native_histograms_are_those_that_were_served()
    {
        using PrometheusBlock block = PrometheusBlock.Open(new DiskFiles(), Path.Combine(s_golden, OfHistograms));
        SampleColumns run = Everything(block).Single(static series => series.Labels.MetricName == "latency").Run;
        Assert.InRange(run.Count, 20, 1000);
        Assert.DoesNotContain(run.Histograms.ToArray(), static histogram => histogram!.ResetHint == CounterResetHint.NotReset);
        foreach (NativeHistogram? histogram in run.Histograms)
        {
            // The page's number decides all of it.
            int since = (int)Math.Round(histogram!.Sum / 1.25);
            Assert.Null(histogram.Fault());
            Assert.Equal((1, 0.001, 3.0 * since, (double)(since / 2)), (histogram.Schema, histogram.ZeroThreshold, histogram.Count, histogram.ZeroCount));
            Assert.Equal([2.0 * since, (2 * since) - (3 * since / 2)], histogram.PositiveBuckets);
            Assert.Equal([new BucketSpan(-1, 2)], histogram.PositiveSpans);
        }
    }

    [Fact]
    public void A_range_of_time_is_what_is_read()
    {
        using PrometheusBlock block = PrometheusBlock.Open(new DiskFiles(), Path.Combine(s_golden, OfFloats));
        long middle = (block.MinTime + block.MaxTime) / 2;
        int all = Everything(block).Sum(static series => series.Run.Count);
        int first = Everything(block, TimeRange.Closed(long.MinValue, middle)).Sum(static series => series.Run.Count);
        int second = Everything(block, TimeRange.Closed(middle + 1, long.MaxValue)).Sum(static series => series.Run.Count);
        Assert.Equal(all, first + second);
        Assert.True(first > 0 && second > 0);
    }

    [Theory]
    [InlineData(OfFloats)]
    [InlineData(OfHistograms)]
    public void A_flipped_bit_anywhere_is_named_with_its_file_or_changes_nothing(string name)
    {
        FaultyFiles files = Load(name);
        List<string> sound = Texts(files, name);
        foreach (string path in files.Paths.Where(static path => !path.EndsWith("meta.json", StringComparison.Ordinal)).ToArray())
        {
            byte[] bytes = files.Bytes(path);
            for (int at = 0; at < bytes.Length; at += bytes.Length < 1200 ? 1 : 7)
            {
                bytes[at] ^= (byte)(1 << (at % 8));
                files.SetBytes(path, [.. bytes]);
                try
                {
                    Assert.Equal(sound, Texts(files, name));
                }
                catch (CorruptDataException e)
                {
                    Assert.StartsWith("/" + name, e.File, StringComparison.Ordinal);
                }

                bytes[at] ^= (byte)(1 << (at % 8));
            }

            for (int length = 0; length < bytes.Length; length += 7)
            {
                files.SetBytes(path, bytes[..length]);
                Assert.Throws<CorruptDataException>(() => Texts(files, name));
            }

            files.SetBytes(path, bytes);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"version": 2, "ulid": "x", "minTime": 0, "maxTime": 1}""")]
    [InlineData("""{"version": 1, "ulid": "x", "minTime": "0", "maxTime": 1}""")]
    public void A_meta_file_that_is_none_is_named(string text)
    {
        FaultyFiles files = Load(OfFloats);
        files.SetBytes("/" + OfFloats + "/meta.json", System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal("/" + OfFloats + "/meta.json", Assert.Throws<CorruptDataException>(() => PrometheusBlock.Open(files, "/" + OfFloats)).File);
    }

    [Fact]
    public void Every_chunk_of_garbage_is_refused_or_read_and_nothing_else()
    {
        var random = new Random(5);
        using var into = new SampleColumns();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] data = new byte[random.Next(64)];
            random.NextBytes(data);
            if (data.Length > 2)
            {
                data[0] = 0;
                data[1] = (byte)random.Next(5);
            }

            into.Clear();
            try
            {
                PrometheusChunk.Read(random.Next(5), data, into);
            }
            catch (FormatException)
            {
                continue;
            }
        }
    }

    private static List<string> Texts(FaultyFiles files, string name)
    {
        using PrometheusBlock block = PrometheusBlock.Open(files, "/" + name);
        return [.. Everything(block).SelectMany(static series => BlockMaker.Words(series.Run).Prepend(series.Labels.ToString()))];
    }

    private static FaultyFiles Load(string name)
    {
        var files = new FaultyFiles();
        string root = Path.Combine(s_golden, name);
        foreach (string path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            string to = "/" + name + "/" + Path.GetRelativePath(root, path);
            files.Create(to).Dispose();
            files.SetBytes(to, File.ReadAllBytes(path));
        }

        return files;
    }

    private static List<(Labels Labels, SampleColumns Run)> Everything(PrometheusBlock block, TimeRange? range = null)
    {
        var found = new List<(Labels, SampleColumns)>();
        using PrometheusSeriesReader reader = block.Read();
        while (reader.MoveNext())
        {
            var run = new SampleColumns();
            reader.ReadSamples(range ?? TimeRange.All, run);
            found.Add((reader.Labels(), run));
        }

        return found;
    }

    private static string Words(Labels labels) =>
        "{" + string.Join(", ", labels.Select(static label => $"{label.Name}=\"{label.Value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"")) + "}";
}
