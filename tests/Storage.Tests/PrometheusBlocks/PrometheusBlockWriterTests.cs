using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Blocks for Prometheus are as it writes them, and what is written is what is read.</summary>
public sealed class PrometheusBlockWriterTests
{
    private const string Name = "01JDZZZZZZZZZZZZZZZZZZZZZZ";
    private static readonly string s_golden = Path.Combine(Golden.Formats, "..", "prometheus-2.42");

    [Fact]
    public void A_chunk_that_Prometheus_wrote_is_written_again_to_the_last_bit()
    {
        int floats = 0;
        int histograms = 0;
        foreach (string path in Directory.GetFiles(s_golden, "000001", SearchOption.AllDirectories))
        {
            byte[] file = File.ReadAllBytes(path);
            var reader = new ByteReader(file.AsSpan(8));
            while (reader.Left > 0)
            {
                int length = reader.Count(int.MaxValue, 0);
                byte encoding = reader.Byte();
                byte[] data = reader.Bytes(length).ToArray();
                reader.Bytes(4);
                using var run = new SampleColumns();
                PrometheusChunk.Read(encoding, data, run);
                var writer = new PrometheusChunkWriter();
                Assert.Equal((run.Count, encoding), writer.Encode(run, 0));
                if (encoding != PrometheusChunk.Floats)
                {
                    // That no reset came before is left to be found by comparing.
                    data[2] = (byte)(data[2] >> 6 == 1 ? data[2] & 0x3F : data[2]);
                }

                Assert.Equal(data, writer.Written.ToArray());
                floats += encoding == PrometheusChunk.Floats ? 1 : 0;
                histograms += encoding == PrometheusChunk.Floats ? 0 : 1;
            }
        }

        Assert.True(floats > 10 && histograms > 0, $"{floats} chunks of floats, {histograms} of histograms");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_written_is_read_again(int seed)
    {
        var random = new Random(seed);
        var files = new FaultyFiles();
        SortedDictionary<Labels, SampleColumns> series = Series(random, 30);
        Write(files, series, segmentBytesMax: 4000);
        Assert.Contains(Path.Combine("/out", Name, "chunks", "000002"), files.Paths);
        Check(files, series);
    }

    [Fact]
    public void A_series_of_nothing_is_none_and_a_block_of_none_is_not_there()
    {
        var files = new FaultyFiles();
        using (var block = new PrometheusBlockWriter(files, "/out", Name))
        {
            using var run = new SampleColumns();
            block.Add(Named("empty", ("instance", "a")), run);
            block.Finish();
            Assert.Equal(0, block.SeriesCount);
        }

        Assert.Empty(files.Paths);
    }

    [Fact]
    public void Whichever_call_fails_there_is_no_block_or_a_whole_one()
    {
        SortedDictionary<Labels, SampleColumns> series = Series(new Random(5), 5);
        bool isWhole = false;
        int failed = 0;
        for (int call = 1; !isWhole; call++)
        {
            var files = new FaultyFiles { FailAt = call, Fault = Fault.Error };
            try
            {
                Write(files, series, segmentBytesMax: 2000);
            }
            catch (IOException)
            {
                failed++;
            }

            isWhole = !files.HasFailed;
            if (isWhole)
            {
                Check(files, series);
            }
            else
            {
                Assert.Empty(files.Paths);
            }
        }

        Assert.True(failed > 10, $"{failed} calls failed");
    }

    private static void Write(FaultyFiles files, SortedDictionary<Labels, SampleColumns> series, long segmentBytesMax)
    {
        using var block = new PrometheusBlockWriter(files, "/out", Name, segmentBytesMax);

        // Not in their order.
        foreach ((Labels labels, SampleColumns run) in series.Reverse())
        {
            block.Add(labels, run);
        }

        block.Finish();
        Assert.Equal(series.Values.Sum(static run => run.Count), block.Samples);
    }

    private static void Check(FaultyFiles files, SortedDictionary<Labels, SampleColumns> series)
    {
        using PrometheusBlock block = PrometheusBlock.Open(files, Path.Combine("/out", Name));
        Assert.Equal(series.Values.Min(static run => run.Times[0]), block.MinTime);
        Assert.Equal(series.Values.Max(static run => run.Times[^1]) + 1, block.MaxTime);
        using PrometheusSeriesReader reader = block.Read();
        foreach ((Labels labels, SampleColumns run) in series)
        {
            Assert.True(reader.MoveNext());
            Assert.Equal(labels, reader.Labels());
            using var found = new SampleColumns();
            reader.ReadSamples(TimeRange.All, found);
            Assert.Equal(run.Times.ToArray(), found.Times.ToArray());
            for (int i = 0; i < run.Count; i++)
            {
                NativeHistogram? histogram = run.HasHistograms ? run.Histograms[i] : null;
                NativeHistogram? again = found.HasHistograms ? found.Histograms[i] : null;
                if (histogram is null)
                {
                    Assert.Null(again);
                    Assert.Equal(BitConverter.DoubleToInt64Bits(run.Values[i]), BitConverter.DoubleToInt64Bits(found.Values[i]));
                }
                else if (histogram.IsStale)
                {
                    Assert.True(again!.IsStale);
                }
                else
                {
                    // A reset is said where a chunk begins with it, which it does.
                    Assert.Equal(Text(histogram), Text(again!));
                    bool isSaid = histogram.ResetHint is CounterResetHint.Reset or CounterResetHint.Gauge;
                    Assert.Equal(isSaid ? histogram.ResetHint : CounterResetHint.Unknown, again!.ResetHint);
                }
            }
        }

        Assert.False(reader.MoveNext());
    }

    private static string Text(NativeHistogram histogram)
    {
        var bytes = new ByteWriter();
        HistogramCodec.Write(bytes, histogram.WithHint(CounterResetHint.Unknown));
        return Convert.ToHexString(bytes.Written);
    }

    private static SortedDictionary<Labels, SampleColumns> Series(Random random, int count)
    {
        var series = new SortedDictionary<Labels, SampleColumns>();
        for (int number = 0; number < count; number++)
        {
            var run = new SampleColumns();
            long time = random.Next(2) == 0 ? random.Next(1_000_000) : -random.Next(1_000_000);
            int kind = number % 5;
            int samples = 1 + random.Next(400);
            for (int i = 0; i < samples; i++)
            {
                time += random.Next(9) switch { 0 => 1 + random.NextInt64(1L << 40), 1 => 1 + random.Next(200_000), _ => 15_000 };
                if (kind < 3 || (kind == 4 && random.Next(40) == 0))
                {
                    run.Add(time, Value(random, kind, i));
                }
                else
                {
                    run.Add(time, Histogram(random, isInteger: number % 2 == 0, i));
                }
            }

            series.Add(Named($"metric_{number % 7}", ("instance", $"host-{number}"), ("größe", "日本"), ("zone", number % 3 == 0 ? "a" : "b")), run);
        }

        return series;
    }

    private static double Value(Random random, int kind, int i) => random.Next(30) switch
    {
        0 => StaleMarker.Value,
        1 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => -0.0,
        3 => double.NegativeInfinity,
        _ => kind == 0 ? i * 3 : kind == 1 ? Math.Round(random.NextDouble() * 100, 2) : random.NextDouble(),
    };

    private static NativeHistogram Histogram(Random random, bool isInteger, int i)
    {
        if (random.Next(25) == 0)
        {
            return new NativeHistogram { Sum = StaleMarker.Value };
        }

        bool isCustom = i / 50 % 3 == 2;
        double part = isInteger ? 0 : 0.25;
        int wide = 1 + (i / 70 % 3);
        double fresh = random.Next(20) == 0 ? 0 : i * 4;
        return new NativeHistogram
        {
            Schema = isCustom ? NativeHistogram.CustomBucketsSchema : (i / 90 % 2) + 3,
            ResetHint = random.Next(30) == 0 ? CounterResetHint.Reset : i / 60 % 2 == 1 ? CounterResetHint.Gauge : CounterResetHint.Unknown,
            ZeroThreshold = isCustom ? 0 : (i / 40 % 3) switch { 0 => 0, 1 => Math.ScaleB(1, -128), _ => 0.001 },
            ZeroCount = isCustom ? 0 : fresh + part,
            Count = (fresh + part) * (isCustom ? wide : 1 + wide + 1) + random.Next(3),
            Sum = i * 1.25,
            PositiveSpans = isCustom ? [new BucketSpan(0, (uint)wide)] : [new BucketSpan(-3, 1), new BucketSpan(2 + wide, (uint)wide - 1)],
            PositiveBuckets = [.. Enumerable.Range(0, wide).Select(bucket => fresh + part + (bucket * random.Next(2)))],
            NegativeSpans = isCustom ? [] : [new BucketSpan(7, 1)],
            NegativeBuckets = isCustom ? [] : [fresh + part],
            CustomBounds = isCustom ? [0.005, 1.5, 2.000001, 1e9] : [],
        };
    }
}
