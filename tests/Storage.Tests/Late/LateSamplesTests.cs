using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Samples out of order: within the window they are there, each once, in order; beyond it and against what is there they are refused.</summary>
public sealed class LateSamplesTests
{
    private static readonly Labels s_a = Named("a", ("instance", "x"));
    private static readonly Labels s_b = Named("b", ("instance", "x"));

    [Fact]
    public void Within_the_window_late_samples_are_taken_and_read_in_order()
    {
        ShardDriver driver = With(window: 100);
        driver.Append((s_a, 1000, 1), (s_b, 1010, 1));
        using ShardView before = driver.Shard.View();
        AppendCounts counts = driver.Append((s_a, 950, 2), (s_a, 980, 3), (s_a, 910, 4), (s_a, 1020, 5));
        Assert.Equal((4, 3, 0), (counts.Accepted, counts.Late, counts.OutOfOrder));
        Assert.Equal([(910L, 4.0), (950L, 2.0), (980L, 3.0), (1000L, 1.0), (1020L, 5.0)], Of(driver.Shard, s_a));
        Assert.Equal([(1000L, 1.0)], Everything(before)[s_a]);
        using ShardView view = driver.Shard.View();
        Assert.Equal([(950L, 2.0), (980L, 3.0)], Read(view, [new Matcher(LabelName.MetricName, MatchKind.Equal, "a")], new TimeRange(910, 999))[s_a]);
    }

    [Fact]
    public void At_the_edge_of_the_window_one_is_taken_and_one_is_not()
    {
        ShardDriver driver = With(window: 100);
        driver.Append((s_a, 1000, 1), (s_b, 1010, 1));
        Assert.Equal(1, driver.Append((s_a, 910, 1)).Late);
        AppendCounts counts = driver.Append((s_a, 909, 1));
        Assert.Equal((0, 1, 0), (counts.Accepted, counts.BeyondWindow, counts.OutOfOrder));
        driver.Shard.OutOfOrderWindowMs = 0;
        counts = driver.Append((s_a, 990, 1));
        Assert.Equal((0, 0, 1), (counts.Accepted, counts.BeyondWindow, counts.OutOfOrder));
    }

    [Fact]
    public void What_is_there_already_is_a_duplicate_or_a_conflict_wherever_it_is()
    {
        var node = Node(window: 10_000);
        for (int time = 1; time <= 300; time++)
        {
            node.WriteOne(s_a, time * 10, time);
        }

        node.WriteOne(s_a, 15, 7);
        node.Seal(1000);
        node.WriteOne(s_a, 1015, 8);
        foreach ((long time, double value) in ((long, double)[])[(15, 7), (20, 2), (1015, 8), (1020, 102), (2990, 299), (3000, 300)])
        {
            Assert.Equal(1, node.WriteOne(s_a, time, value).Duplicates);
            Assert.Equal(1, node.WriteOne(s_a, time, value + 1).Conflicting);
        }

        node.Check();
    }

    [Fact]
    public void Rows_under_way_are_known_and_a_twin_outlives_the_failure_of_the_first()
    {
        ShardDriver driver = With(window: 1000);
        driver.Append((s_a, 1000, 1));
        using SampleBatch one = driver.Batch((s_a, 1010, 1), (s_a, 990, 2));
        PreparedBatch first = driver.Shard.Prepare(one);
        using SampleBatch two = driver.Batch((s_a, 1005, 1), (s_a, 990, 2), (s_a, 990, 3), (s_a, 1010, 1));
        PreparedBatch second = driver.Shard.Prepare(two);
        Assert.Equal((1, 1, 2, 1), (second.Counts.Accepted, second.Counts.Late, second.Counts.Duplicates, second.Counts.Conflicting));
        driver.Shard.Apply(first);
        driver.Shard.Apply(second);
        Assert.Equal([(990L, 2.0), (1000L, 1.0), (1005L, 1.0), (1010L, 1.0)], Of(driver.Shard, s_a));

        using SampleBatch three = driver.Batch((s_a, 980, 4), (s_b, 960, 1), (s_b, 950, 1));
        PreparedBatch doomed = driver.Shard.Prepare(three);
        driver.Shard.Abort(doomed);
        Assert.Equal(1, driver.Append((s_a, 980, 5)).Late);
        Assert.Equal(980, Of(driver.Shard, s_a)[0].Time);
    }

    [Fact]
    public void Histograms_and_start_timestamps_come_late_as_well()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, shardCount: 1) { OutOfOrderWindowMs = 1000 };
        node.Start();
        Shard shard = node.Data.Shards[0];
        var histogram = new NativeHistogram { Count = 3, PositiveSpans = [new BucketSpan(0, 2)], PositiveBuckets = [1, 2] };
        AppendCounts Append(Action<SampleBatch, SeriesKey> add)
        {
            using var batch = new SampleBatch(shard.Id);
            add(batch, new SeriesKey(s_a));
            PreparedBatch prepared = shard.Prepare(batch);
            AppendCounts counts = prepared.Counts;
            if (!prepared.IsEmpty)
            {
                node.Data.Log.AppendAsync(shard.Id, 1, prepared.Seq, prepared.Payload).AsTask();
                node.Data.Log.FlushOnce();
            }

            shard.Apply(prepared);
            return counts;
        }

        Append((batch, key) => batch.Add(key, 1000, 1));
        Assert.Equal(1, Append((batch, key) => batch.Add(key, 900, histogram)).Late);
        Assert.Equal(1, Append((batch, key) => batch.Add(key, 900, histogram)).Duplicates);
        Assert.Equal(1, Append((batch, key) => batch.Add(key, 900, 5)).Conflicting);
        string[] expected = [$"900 {histogram} 0", $"1000 {BitConverter.DoubleToUInt64Bits(1):x} 0"];
        Assert.Equal(expected, Words(shard));
        node.Snapshot();
        foreach (bool seals in (bool[])[false, true, false])
        {
            node.Kill();
            node.Start();
            shard = node.Data.Shards[0];
            Assert.Equal(expected, Words(shard));
            if (seals)
            {
                node.Seal(2000);
                Assert.Equal(expected, Words(shard));
            }
        }
    }

    [Fact]
    public void More_late_samples_of_a_series_than_may_be_are_refused_until_the_next_block()
    {
        var driver = new ShardDriver(new ShardSettings { LateSamplesMax = 3 });
        driver.Shard.OutOfOrderWindowMs = 1000;
        driver.Append((s_a, 1000, 1), (s_b, 1000, 1));
        AppendCounts counts = driver.Append((s_a, 901, 1), (s_a, 902, 1), (s_a, 903, 1), (s_a, 904, 1), (s_b, 901, 1));
        Assert.Equal((4, 1, 1), (counts.Late, counts.OutOfOrder, counts.LateOverLimit));
        Assert.Equal(1, driver.Append((s_a, 905, 1)).LateOverLimit);
    }

    [Fact]
    public void More_late_samples_of_a_shard_than_may_be_are_refused_until_the_next_block()
    {
        var node = new LedgerNode(new FaultyFiles(), shardCount: 1) { OutOfOrderWindowMs = 1000, ShardSettings = new ShardSettings { LateSamplesOfShardMax = 3 } };
        node.Start();
        node.Write((s_a, 1000, 1), (s_b, 1000, 1));
        Assert.Equal(1, node.WriteOne(s_a, 901, 1).Late);
        Assert.Equal(1, node.WriteOne(s_a, 902, 1).Late);
        Assert.Equal(1, node.WriteOne(s_b, 903, 1).Late);
        AppendCounts counts = node.WriteOne(s_b, 904, 1);
        Assert.Equal((0, 1, 1), (counts.Late, counts.OutOfOrder, counts.LateOverLimit));
        Assert.Equal(3, node.Data.Shards[0].LateCount);
        node.Snapshot();
        node.Kill();
        node.Start();
        Assert.Equal(3, node.Data.Shards[0].LateCount);
        Assert.Equal(1, node.WriteOne(s_a, 904, 1).LateOverLimit);
        node.Seal(950);
        Assert.Equal(0, node.Data.Shards[0].LateCount);
        Assert.Equal(1, node.WriteOne(s_a, 960, 1).Late);
        node.Check();
    }

    [Fact]
    public void A_late_sample_that_was_deleted_and_written_again_while_a_block_was_written_is_there()
    {
        foreach (double again in (double[])[2, 3])
        {
            LedgerNode node = Node(window: 10_000);
            node.WriteOne(s_a, 1000, 1);
            node.WriteOne(s_a, 900, 2);
            node.WriteOne(s_a, 910, 2);
            Shard shard = node.Data.Shards[0];
            SealJob job = shard.BeginSeal(2000);
            Assert.True(node.Delete([new Matcher(LabelName.MetricName, MatchKind.Equal, "a")], 890, 905));
            Assert.Equal(1, node.WriteOne(s_a, 900, again).Late);
            shard.CompleteSeal(job, node.Data.Blocks[0].Write(job));
            node.Check();
            Assert.Equal([(900L, again), (910L, 2.0), (1000L, 1.0)], Of(shard, s_a));
            Assert.Equal(1, shard.LateCount);
            node.Kill();
            node.Start();
            node.Check();
        }
    }

    [Fact]
    public void Samples_come_in_any_order_and_a_view_keeps_what_it_had()
    {
        var random = new Random(7);
        ShardDriver driver = With(window: 1_000_000);
        driver.Append((s_a, 1_000_000, 0));
        var expected = new SortedDictionary<long, double> { [1_000_000] = 0 };
        var views = new List<(ShardView View, (long, double)[] Then)>();
        for (int batch = 0; batch < 60; batch++)
        {
            bool ascends = random.Next(2) == 0;
            long[] times = [.. Enumerable.Range(0, 1 + random.Next(20)).Select(i => ascends ? 500_000 + (batch * 100) + i : random.NextInt64(1, 1_000_000)).Distinct()];
            driver.Append([.. times.Where(time => expected.TryAdd(time, time)).Select(time => (s_a, time, (double)time))]);
            views.Add((driver.Shard.View(), [.. expected.Select(static pair => (pair.Key, pair.Value))]));
            Assert.Equal(expected.Count - 1, driver.Shard.LateCount);
        }

        foreach ((ShardView view, (long, double)[] then) in views)
        {
            Assert.Equal(then, Everything(view)[s_a]);
            view.Dispose();
        }
    }

    [Fact]
    public void A_late_sample_of_a_series_that_is_only_in_blocks_goes_between_the_others()
    {
        LedgerNode node = Node(window: 1000);
        for (int time = 1; time <= 50; time++)
        {
            node.WriteOne(s_a, time * 10, time);
        }

        node.WriteOne(s_b, 700, 1);
        node.Seal(600);
        Assert.Equal(1, node.Data.Shards[0].SeriesCount);
        Assert.Equal(1, node.WriteOne(s_a, 255, -1).Late);
        Assert.Equal(1, node.WriteOne(s_a, 256, -1).Late);
        Assert.Equal(1, node.WriteOne(s_a, 520, 1).Accepted);
        node.Check();
        Assert.Equal(53, Of(node.Data.Shards[0], s_a).Count);
        node.Snapshot();
        node.Kill();
        node.Start();
        node.Check();
        node.Seal(1000);
        node.Check();
        Assert.Equal(0, node.Data.Shards[0].SeriesCount);
        node.Kill();
        node.Start();
        node.Check();
        Assert.Equal(0, node.Data.Shards[0].SeriesCount);
        Assert.Equal(53, Of(node.Data.Shards[0], s_a).Count);
    }

    [Fact]
    public void What_was_deleted_may_be_written_again_at_the_same_times()
    {
        LedgerNode node = Node(window: 10_000);
        for (int time = 1; time <= 50; time++)
        {
            node.WriteOne(s_a, time * 10, time);
        }

        node.Seal(300);
        Assert.True(node.Delete([new Matcher(LabelName.MetricName, MatchKind.Equal, "a")], 200, long.MaxValue));
        foreach (long time in (long[])[250, 400, 500])
        {
            Assert.Equal(1, node.WriteOne(s_a, time, -1).Accepted);
        }

        node.Check();
        node.Kill();
        node.Start();
        node.Check();
        node.Seal(1000);
        node.Clean();
        node.Check();
        node.Kill();
        node.Start();
        node.Check();
        Assert.Equal(22, Of(node.Data.Shards[0], s_a).Count);
    }

    [Fact]
    public void What_was_acknowledged_and_deleted_and_is_written_again_is_there_though_nothing_else_may_come_late()
    {
        LedgerNode node = Node(window: 0);
        for (int time = 1; time <= 50; time++)
        {
            node.WriteOne(s_a, time * 10, time);
        }

        node.WriteOne(s_b, 700, 1);
        node.Seal(600);
        Assert.True(node.Delete([new Matcher(LabelName.MetricName, MatchKind.Equal, "a")], 500, long.MaxValue));
        Shard shard = node.Data.Shards[0];
        using var batch = new SampleBatch(shard.Id) { WasAcknowledged = true };
        batch.Add(new SeriesKey(s_a), 500, 50);
        PreparedBatch prepared = shard.Prepare(batch);
        Assert.Equal((1, 0), (prepared.Counts.Accepted, prepared.Counts.Duplicates));
        shard.Abort(prepared);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Whatever_happens_in_whatever_order_every_sample_is_taken_or_refused_for_its_reason_and_read_once(int seed)
    {
        const long window = 300;
        var random = new Random(seed);
        var files = new FaultyFiles(seed);
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 8192 }, shardCount: 1) { OutOfOrderWindowMs = window };
        node.Start();
        Labels[] labels = [.. Enumerable.Range(0, 6).Select(static i => Named("m" + (i / 2), ("instance", "host" + (i % 2))))];
        var views = new List<(ShardView View, Dictionary<(Labels, long), double> Then)>();
        long now = 1000;
        for (int step = 0; step < 500; step++)
        {
            switch (random.Next(16))
            {
                case < 10:
                    for (int i = 0; i < 6; i++)
                    {
                        Labels series = labels[random.Next(labels.Length)];
                        long time = random.Next(2) == 0 ? now + random.Next(5) : now - random.Next(400);
                        double value = random.Next(3);
                        AssertJudged(node, series, time, value, window, $"seed {seed}, step {step}: {series} {time} {value}");
                    }

                    now += random.Next(12);
                    break;
                case 10:
                    node.Snapshot();
                    break;
                case 11:
                    node.Seal(now - random.Next(300));
                    break;
                case 12:
                    node.Compact(100, now - 300);
                    break;
                case 13:
                    long from = now - random.Next(500);
                    Assert.True(node.Delete([new Matcher("instance", MatchKind.Equal, "host" + random.Next(2))], from, from + random.Next(200)));
                    break;
                case 14:
                    views.Add((node.Data.Shards[0].View(), node.Acknowledged.ToDictionary()));
                    break;
                default:
                    foreach ((ShardView view, _) in views)
                    {
                        view.Dispose();
                    }

                    views.Clear();
                    if (random.Next(2) == 0)
                    {
                        node.Clean();
                    }
                    else
                    {
                        node.Kill();
                        files.Restart(keepsUnflushed: random.Next(2) == 0);
                        node.Start();
                        Assert.False(node.Data.Report.HasLosses);
                    }

                    break;
            }

            node.Check();
            foreach ((ShardView view, Dictionary<(Labels, long), double> then) in views)
            {
                Dictionary<(Labels, long), double> read = Everything(view)
                    .SelectMany(static pair => pair.Value.Select(sample => ((pair.Key, sample.Time), sample.Value))).ToDictionary();
                Assert.True(read.Count == then.Count && then.All(pair => read.TryGetValue(pair.Key, out double value) && value == pair.Value), $"seed {seed}, step {step}: an old view has changed");
            }
        }

        foreach ((ShardView view, _) in views)
        {
            view.Dispose();
        }
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCutTorn)]
    public void Whatever_call_fails_no_late_sample_that_was_acknowledged_is_lost(Fault fault)
    {
        int failAt = 1;
        for (; ; failAt++)
        {
            Assert.True(failAt < 4000, "the story ends");
            var files = new FaultyFiles(failAt) { FailAt = failAt, Fault = fault };
            var node = new LedgerNode(files, shardCount: 1) { OutOfOrderWindowMs = 100_000 };
            bool ended = Tell(node);
            node.Kill();
            if (ended && !files.HasFailed)
            {
                break;
            }

            files.Restart(keepsUnflushed: fault is not Fault.PowerCutTorn);
            node.Start();
            node.Check();
            node.Seal(long.MaxValue);
            node.Check();
            node.Kill();
            files.Restart(keepsUnflushed: false);
            node.Start();
            node.Check();
            node.Kill();
        }

        Assert.True(failAt > 40, $"only {failAt} calls were made to fail");
    }

    // Writes forwards and backwards, snapshots, seals; returns false where a failure ended it early.
    private static bool Tell(LedgerNode node)
    {
        try
        {
            node.Start();
            for (int round = 1; round <= 6; round++)
            {
                long time = round * 100;
                node.Begin((s_a, time, round), (s_b, time, round));
                node.Begin((s_a, time - 30, round), (s_b, time - 95, round), (s_a, time - 60, round));
                node.Flush();
                if (node.Data.Log.Failure is not null)
                {
                    return false;
                }

                if (round % 2 == 0)
                {
                    node.Snapshot();
                    node.Seal(time - 50);
                    node.Compact(100, time - 50);
                }
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void AssertJudged(LedgerNode node, Labels series, long time, double value, long window, string what)
    {
        Shard shard = node.Data.Shards[0];
        double? there = node.Acknowledged.TryGetValue((series, time), out double known) ? known : null;
        long newest = Math.Max(shard.NewestTime, shard.BlockExtents.Select(static block => block.MaxTime).DefaultIfEmpty(long.MinValue).Max());
        AppendCounts counts = node.WriteOne(series, time, value);
        Assert.True(counts.OutOfOrder + counts.TooOld + counts.SeriesOverLimit + counts.Invalid == 0, $"{what}: {counts}");
        if (counts.BeyondWindow > 0)
        {
            Assert.True(time < newest - window, $"{what} was refused as too old, the newest being {newest}");
        }
        else
        {
            Assert.True(
                there is null ? counts.Accepted == 1 : there == value ? counts.Duplicates == 1 : counts.Conflicting == 1, $"{what}, there is {there}: {counts}");
        }
    }

    private static ShardDriver With(long window)
    {
        var driver = new ShardDriver();
        driver.Shard.OutOfOrderWindowMs = window;
        return driver;
    }

    private static LedgerNode Node(long window)
    {
        var node = new LedgerNode(new FaultyFiles(), shardCount: 1) { OutOfOrderWindowMs = window };
        node.Start();
        return node;
    }

    private static List<(long Time, double Value)> Of(Shard shard, Labels series)
    {
        using ShardView view = shard.View();
        return Everything(view)[series];
    }

    private static List<string> Words(Shard shard)
    {
        using ShardView view = shard.View();
        using SeriesCursor cursor = view.Select(new SelectRequest([new Matcher(LabelName.MetricName, MatchKind.Equal, "a")], TimeRange.All), CancellationToken.None);
        using var columns = new SampleColumns();
        Assert.True(cursor.MoveNext());
        cursor.Read(columns);
        return BlockMaker.Words(columns);
    }
}
