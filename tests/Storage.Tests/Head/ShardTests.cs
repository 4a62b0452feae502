using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class ShardTests
{
    private static readonly Labels s_up = Named("up", ("instance", "a"), ("job", "j"));
    private static readonly Labels s_down = Named("down", ("instance", "a"), ("job", "j"));

    [Fact]
    public void What_was_appended_is_read_over_many_chunks()
    {
        var driver = new ShardDriver();
        var expected = new List<(long, double)>();
        for (int i = 0; i < 1000; i++)
        {
            expected.Add((15_000L * i, Math.Sin(i)));
            Assert.Equal(1, driver.Append((s_up, 15_000L * i, Math.Sin(i))).Accepted);
        }

        using ShardView view = driver.Shard.View();
        Assert.Equal(expected, Everything(view)[s_up]);
        Assert.Equal(1000, view.Seq);
    }

    [Fact]
    public void A_range_is_open_on_the_left_and_closed_on_the_right()
    {
        var driver = new ShardDriver();
        for (int i = 0; i < 500; i++)
        {
            driver.Append((s_up, i, i));
        }

        using ShardView view = driver.Shard.View();
        foreach ((long after, long through) in new[] { (0L, 10L), (100L, 350L), (119L, 120L), (239L, 240L), (-5L, 0L), (498L, 1000L), (500L, 600L) })
        {
            List<(long Time, double)> read = Read(view, [new Matcher("__name__", MatchKind.Equal, "up")], new TimeRange(after, through)).GetValueOrDefault(s_up) ?? [];
            long[] wanted = [.. Enumerable.Range(0, 500).Select(i => (long)i).Where(t => t > after && t <= through)];
            Assert.Equal(wanted, read.Select(sample => sample.Time));
        }
    }

    [Fact]
    public void The_newest_sample_of_a_range_is_the_last_of_all_in_it()
    {
        var driver = new ShardDriver();
        var views = new List<ShardView>();
        for (int i = 1; i <= 250; i++)
        {
            driver.Append((s_up, 10 * i, i % 7 == 0 ? StaleMarker.Value : i));
            if (i % 40 == 0)
            {
                views.Add(driver.Shard.View());
            }
        }

        views.Add(driver.Shard.View());
        int found = 0;
        foreach (ShardView view in views)
        {
            for (long through = 5; through < 2600; through += 95)
            {
                var request = new SelectRequest([new Matcher("__name__", MatchKind.Equal, "up")], new TimeRange(through - 50, through));
                (long, long)? all = Last(view, request);
                Assert.Equal(all, Last(view, request with { NewestOnly = true }));
                found += all is null ? 0 : 1;
            }

            view.Dispose();
        }

        Assert.True(found > 50, $"only {found} ranges had a sample");
    }

    [Fact]
    public void Each_sample_that_cannot_be_stored_is_counted_by_its_reason()
    {
        var driver = new ShardDriver(new ShardSettings { SeriesMax = 1 });
        Assert.Equal(new AppendCounts(2, 0, 0, 0, 0, 0, 0), driver.Append((s_up, 10, 1), (s_up, 20, 2)));
        Assert.Equal(new AppendCounts(0, 1, 1, 0, 1, 1, 0), driver.Append((s_up, 20, 2), (s_up, 15, 9), (s_up, 20, 3), (s_down, 20, 1)));
        driver.Shard.DropBefore(25);
        Assert.Equal(new AppendCounts(1, 0, 0, 1, 0, 0, 0), driver.Append((s_up, 24, 2), (s_up, 25, 2)));
    }

    [Fact]
    public void A_view_does_not_change_while_the_shard_goes_on()
    {
        var driver = new ShardDriver();
        driver.Append((s_up, 1, 1));
        using ShardView first = driver.Shard.View();
        for (int i = 2; i < 400; i++)
        {
            driver.Append((s_up, i, i), (s_down, i, i));
        }

        using ShardView second = driver.Shard.View();
        driver.Append((s_up, 1000, 1));
        Assert.Equal([(1L, 1.0)], Everything(first)[s_up]);
        Assert.Single(Everything(first));
        Assert.Equal(399, Everything(second)[s_up].Count);
        Assert.Equal(398, Everything(second)[s_down].Count);
        Assert.Equal(["up"], first.LabelValues("__name__", [], TimeRange.All, CancellationToken.None));
        Assert.Equal(["down", "up"], second.LabelValues("__name__", [], TimeRange.All, CancellationToken.None));
    }

    [Fact]
    public void An_aborted_batch_was_never_there_and_its_number_is_used_again()
    {
        var driver = new ShardDriver();
        driver.Append((s_up, 10, 1));
        using SampleBatch second = driver.Batch((s_up, 20, 2), (s_down, 20, 2));
        using SampleBatch third = driver.Batch((s_up, 30, 3), (s_down, 30, 3));
        PreparedBatch two = driver.Shard.Prepare(second);
        PreparedBatch three = driver.Shard.Prepare(third);
        Assert.Equal(2, two.Seq);
        driver.Shard.Abort(two);
        using SampleBatch again = driver.Batch((s_up, 20, 2), (s_down, 20, 2));
        PreparedBatch repeated = driver.Shard.Prepare(again);
        Assert.Equal(2, repeated.Seq);
        Assert.Equal(2, repeated.Counts.Accepted);
        driver.Shard.Abort(three);
        driver.Shard.Apply(repeated);
        using ShardView view = driver.Shard.View();
        Assert.Equal([(10L, 1.0), (20L, 2.0)], Everything(view)[s_up]);
        Assert.Equal([(20L, 2.0)], Everything(view)[s_down]);
    }

    [Fact]
    public void Records_replayed_give_the_shard_they_came_from()
    {
        var driver = new ShardDriver();
        var records = new List<byte[]>();
        for (int i = 0; i < 300; i++)
        {
            using SampleBatch batch = driver.Batch((s_up, i * 1000, i), (s_down, (i * 1000) + (i % 3), i * 0.1));
            PreparedBatch prepared = driver.Shard.Prepare(batch);
            records.Add(prepared.Payload.ToArray());
            driver.Shard.Apply(prepared);
        }

        var copy = new Shard(new ShardId(0), new ShardSettings());
        for (int i = 0; i < records.Count; i++)
        {
            copy.Replay(i + 1, records[i]);
        }

        using ShardView left = driver.Shard.View();
        using ShardView right = copy.View();
        Assert.Equal(Everything(left), Everything(right));
        Assert.Equal(301, copy.NextSeq);
    }

    [Fact]
    public void A_series_survives_the_loss_of_the_record_that_defined_it_first()
    {
        var driver = new ShardDriver();
        var records = new List<byte[]>();
        for (int i = 1; i <= 3; i++)
        {
            using SampleBatch batch = driver.Batch((s_up, i, i));
            PreparedBatch prepared = driver.Shard.Prepare(batch);
            records.Add(prepared.Payload.ToArray());
            driver.Shard.Apply(prepared);
        }

        var copy = new Shard(new ShardId(0), new ShardSettings());
        copy.SkipTo(1);
        copy.Replay(2, records[1]);
        copy.Replay(3, records[2]);
        using ShardView view = copy.View();
        Assert.Equal([(2L, 2.0), (3L, 3.0)], Everything(view)[s_up]);
        Assert.Equal(0, copy.UnplacedSamples);
    }

    [Fact]
    public void What_is_older_than_retention_goes_with_its_series_and_labels_when_no_view_sees_it()
    {
        var driver = new ShardDriver();
        for (int i = 0; i < 300; i++)
        {
            driver.Append((s_up, i, i));
        }

        driver.Append((s_down, 10, 1));
        ShardView before = driver.Shard.View();
        driver.Shard.DropBefore(150);
        using (ShardView after = driver.Shard.View())
        {
            Assert.Equal(150, Everything(after)[s_up][0].Time);
            Assert.Single(Everything(after));
        }

        Assert.Equal(300, Everything(before)[s_up].Count);
        Assert.Equal(2, driver.Shard.SeriesCount);
        before.Dispose();
        driver.Append((s_up, 1000, 0));
        Assert.Equal(1, driver.Shard.SeriesCount);
        using ShardView now = driver.Shard.View();
        Assert.Equal(["up"], now.LabelValues("__name__", [], TimeRange.All, CancellationToken.None));
        Assert.Equal(1, driver.Append((s_down, 1000, 1)).Accepted);
        Assert.Equal(2, driver.Shard.SeriesCount);
        using ShardView again = driver.Shard.View();
        Assert.Equal([(1000L, 1.0)], Everything(again)[s_down]);
    }

    [Fact]
    public void A_label_pair_outlives_its_last_series_while_a_new_one_that_has_it_is_under_way()
    {
        var driver = new ShardDriver();
        driver.Append((s_up, 10, 1));
        using SampleBatch batch = driver.Batch((s_down, 100, 1));
        PreparedBatch prepared = driver.Shard.Prepare(batch);
        driver.Shard.DropBefore(50);
        Assert.Equal(1, driver.Shard.SeriesCount);
        using SampleBatch other = driver.Batch((Named("other", ("zone", "z")), 100, 1));
        PreparedBatch second = driver.Shard.Prepare(other);
        driver.Shard.Apply(prepared);
        driver.Shard.Apply(second);
        using ShardView view = driver.Shard.View();
        Assert.Equal([(100L, 1.0)], Read(view, [new Matcher("instance", MatchKind.Equal, "a")], TimeRange.All)[s_down]);
    }

    [Fact]
    public void A_warm_append_allocates_nothing_per_sample()
    {
        var driver = new ShardDriver();
        var keys = new SeriesKey[1000];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new SeriesKey(Named("m" + i, ("instance", "a")));
        }

        long time = 0;
        void Round(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                time += 15_000;
                using var batch = new SampleBatch(driver.Shard.Id, 1024);
                for (int i = 0; i < keys.Length; i++)
                {
                    batch.Add(keys[i], time, i + round);
                }

                driver.Append(batch);
            }
        }

        Round(400);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round(60);
        long perSample = (GC.GetAllocatedBytesForCurrentThread() - before) / (60 * keys.Length);
        Assert.Equal(0, perSample);
    }

    private static (long Time, long Bits)? Last(ShardView view, SelectRequest request)
    {
        using SeriesCursor cursor = view.Select(request, CancellationToken.None);
        using var columns = new SampleColumns();
        if (cursor.MoveNext())
        {
            cursor.Read(columns);
        }

        return columns.Count == 0 ? null : (columns.Times[^1], BitConverter.DoubleToInt64Bits(columns.Values[^1]));
    }
}
