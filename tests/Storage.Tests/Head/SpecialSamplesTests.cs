using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Histograms, start timestamps, and what becomes of both through log and snapshot.</summary>
public sealed class SpecialSamplesTests
{
    private static readonly Labels s_labels = Named("h", ("instance", "a"));

    [Fact]
    public void Histograms_floats_and_start_timestamps_come_back_through_chunks_log_and_snapshot()
    {
        var files = new FaultyFiles();
        var driver = new ShardDriver();
        var records = new List<byte[]>();
        var expected = new List<(long Time, double Value, NativeHistogram? Histogram, long Start)>();
        var random = new Random(3);
        for (int i = 0; i < 700; i++)
        {
            // Stretches of each kind, so that chunks of each are sealed, and changes between them.
            int kind = i < 300 ? i / 150 : i < 500 ? 2 : random.Next(3);
            (long Time, double Value, NativeHistogram? Histogram, long Start) row = kind switch
            {
                0 => (i * 1000L, i * 0.5, null, 0),
                1 => (i * 1000L, i, null, i % 10 == 0 ? 0 : i * 1000L - 5000 - (i / 40)),
                _ => (i * 1000L, 0, Histogram(random, i), i % 3 == 0 ? 77 : 0),
            };
            expected.Add(row);
            using var batch = new SampleBatch(driver.Shard.Id);
            Add(batch, driver.Key(s_labels), row);
            PreparedBatch prepared = driver.Shard.Prepare(batch);
            Assert.Equal(1, prepared.Counts.Accepted);
            records.Add(prepared.Payload.ToArray());
            driver.Shard.Apply(prepared);
        }

        Check(driver.Shard, expected);

        var replayed = new Shard(new ShardId(0), new ShardSettings());
        for (int i = 0; i < records.Count; i++)
        {
            replayed.Replay(i + 1, records[i]);
        }

        Check(replayed, expected);

        var store = new SnapshotStore(files, "/data/shards/0000", "/data/quarantine", driver.Shard.Id);
        SnapshotJob job = driver.Shard.BeginSnapshot();
        driver.Shard.CompleteSnapshot(job, store.Write(job));
        Shard loaded = new SnapshotStore(files, "/data/shards/0000", "/data/quarantine", driver.Shard.Id).Load(new ShardSettings());
        Check(loaded, expected);

        // A twin of the last sample is known as such after the restart.
        using var twin = new SampleBatch(driver.Shard.Id);
        Add(twin, new SeriesKey(s_labels), expected[^1]);
        PreparedBatch again = loaded.Prepare(twin);
        Assert.Equal(1, again.Counts.Duplicates);
        Assert.True(again.IsEmpty);
    }

    [Fact]
    public void A_histogram_whose_spans_and_buckets_disagree_is_refused()
    {
        var driver = new ShardDriver();
        using var batch = new SampleBatch(driver.Shard.Id);
        batch.Add(driver.Key(s_labels), 1, new NativeHistogram { PositiveSpans = [new BucketSpan(0, 3)], PositiveBuckets = [1, 2] });
        Assert.Equal(1, driver.Append(batch).Invalid);
    }

    private static void Add(SampleBatch batch, SeriesKey key, (long Time, double Value, NativeHistogram? Histogram, long Start) row)
    {
        if (row.Histogram is { } histogram)
        {
            batch.Add(key, row.Time, histogram);
        }
        else
        {
            batch.Add(key, row.Time, row.Value);
        }

        if (row.Start != 0)
        {
            batch.SetStartTime(row.Start);
        }
    }

    private static NativeHistogram Histogram(Random random, int i)
    {
        int buckets = random.Next(0, 40);
        return new NativeHistogram
        {
            Schema = i % 7 == 0 ? NativeHistogram.CustomBucketsSchema : (i % 13) - 4,
            ResetHint = (CounterResetHint)(i % 4),
            ZeroThreshold = 1e-128,
            ZeroCount = i,
            Count = i * 10,
            Sum = i % 11 == 0 ? StaleMarker.Value : -i * 0.1,
            PositiveSpans = buckets == 0 ? [] : [new BucketSpan(-3, (uint)(buckets / 2)), new BucketSpan(2, (uint)(buckets - (buckets / 2)))],
            PositiveBuckets = [.. Enumerable.Range(0, buckets).Select(bucket => bucket * 1.5)],
            NegativeSpans = [new BucketSpan(1, 2)],
            NegativeBuckets = [1, 2],
            CustomBounds = i % 7 == 0 ? [0.1, 0.5, 1] : [],
        };
    }

    private static void Check(Shard shard, List<(long Time, double Value, NativeHistogram? Histogram, long Start)> expected)
    {
        using ShardView view = shard.View();
        using SeriesCursor cursor = view.Select(new SelectRequest([new Matcher("__name__", MatchKind.Equal, "h")], TimeRange.All), CancellationToken.None);
        using var columns = new SampleColumns();
        Assert.True(cursor.MoveNext());
        cursor.Read(columns);
        Assert.Equal(expected.Count, columns.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Time, columns.Times[i]);
            Assert.Equal(expected[i].Start, columns.StartTimes[i]);
            Assert.Equal(expected[i].Histogram is null, columns.Histograms[i] is null);
            if (expected[i].Histogram is { } histogram)
            {
                Assert.Equal(Bytes(histogram), Bytes(columns.Histograms[i]!));
            }
            else
            {
                Assert.Equal(expected[i].Value, columns.Values[i]);
            }
        }
    }

    // Field by field, independent of the codec under test.
    private static string Bytes(NativeHistogram histogram) => string.Join(
        '|',
        histogram.Schema,
        histogram.ResetHint,
        Hex(histogram.ZeroThreshold),
        Hex(histogram.ZeroCount),
        Hex(histogram.Count),
        Hex(histogram.Sum),
        string.Join(',', histogram.PositiveSpans),
        string.Join(',', histogram.PositiveBuckets.Select(Hex)),
        string.Join(',', histogram.NegativeSpans),
        string.Join(',', histogram.NegativeBuckets.Select(Hex)),
        string.Join(',', histogram.CustomBounds.Select(Hex)));

    private static string Hex(double value) => BitConverter.DoubleToUInt64Bits(value).ToString("x");
}
