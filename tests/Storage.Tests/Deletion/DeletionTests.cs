using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>What is deleted stays deleted, whatever moves afterwards; nothing else is missing.</summary>
public sealed class DeletionTests
{
    private static readonly Labels s_a = Named("a", ("instance", "x"));
    private static readonly Labels s_b = Named("b", ("instance", "x"));
    private static readonly Matcher[] s_onlyA = [new(LabelName.MetricName, MatchKind.Equal, "a")];

    [Fact]
    public void A_view_of_before_keeps_what_is_deleted_and_one_of_after_does_not_have_it()
    {
        LedgerNode node = Filled(300, sealedBefore: 150);
        using ShardView before = node.Data.Shards[0].View();
        Assert.True(node.Delete(s_onlyA, 100, 200));
        Assert.Equal(300, Everything(before)[s_a].Count);
        using (ShardView after = node.Data.Shards[0].View())
        {
            Assert.Equal(199, Everything(after)[s_a].Count);
            Assert.Equal(300, Everything(after)[s_b].Count);
            Assert.DoesNotContain(Read(after, s_onlyA, new TimeRange(99, 200)), static pair => pair.Value.Count > 0);
            Assert.Equal(0, after.CountSeries(s_onlyA, new TimeRange(120, 130), CancellationToken.None));
        }

        node.Check();
        node.Seal(301);
        Assert.Equal(300, Everything(before)[s_a].Count);
        node.Check();
    }

    // In a replay the head still has what it had let go of when it was deleted: after an explosion of labels a million series of the same end.
    [Fact]
    public void Series_that_end_at_the_same_time_share_what_is_deleted_of_them()
    {
        LedgerNode node = Filled(300, sealedBefore: 0);
        Shard shard = node.Data.Shards[0];
        Assert.True(node.Delete([new Matcher(LabelName.MetricName, MatchKind.Regex, "a|b")], 100, 400));
        using ShardView view = shard.View();
        TimeSpans[] deleted = [.. Enumerable.Range(0, view.Reader.End).Select(view.Reader.DeletedOf).OfType<TimeSpans>()];
        Assert.Equal(2, deleted.Length);
        Assert.Equal([(100L, 300L)], deleted[0].Spans.ToArray());
        Assert.Same(deleted[0], deleted[1]);
        node.Check();
    }

    [Fact]
    public void A_series_that_is_deleted_whole_is_gone_from_the_head_and_may_come_again()
    {
        LedgerNode node = Filled(300, sealedBefore: 0);
        Shard shard = node.Data.Shards[0];
        Assert.Equal(2, shard.SeriesCount);
        Assert.True(node.Delete(s_onlyA, long.MinValue, long.MaxValue));
        Assert.Equal(1, shard.SeriesCount);
        Assert.True(node.Write((s_a, 301, 1), (s_b, 301, 1)));
        node.Check();
        Assert.Equal(2, shard.SeriesCount);

        // Nothing is left of what was there before, so older samples are new ones.
        Assert.True(node.Delete(s_onlyA, long.MinValue, long.MaxValue));
        Assert.True(node.Write((s_a, 5, 5)));
        Again(node);
        Assert.Equal(1, Count(node, s_a));
    }

    [Fact]
    public void What_comes_between_the_deletion_and_its_being_durable_is_kept()
    {
        LedgerNode node = Filled(10, sealedBefore: 0);
        Shard shard = node.Data.Shards[0];
        var tombstone = new Tombstone(1, s_onlyA, long.MinValue, long.MaxValue);
        PreparedBatch deletion = shard.PrepareDeletion(tombstone);
        var key = new SeriesKey(s_a);
        using var batch = new SampleBatch(shard.Id);
        batch.Add(key, 11, 11);
        PreparedBatch behind = shard.Prepare(batch);
        shard.Apply(deletion);
        using (ShardView view = shard.View())
        {
            Assert.DoesNotContain(s_a, Everything(view).Keys);
        }

        shard.Apply(behind);
        using ShardView after = shard.View();
        Assert.Equal([(11L, 11.0)], Everything(after)[s_a]);
    }

    [Fact]
    public void A_sample_sent_again_behind_a_deletion_does_not_end_in_the_series_that_gets_the_slot()
    {
        var driver = new ShardDriver();
        Shard shard = driver.Shard;
        using SampleBatch one = driver.Batch((s_a, 10, 1));
        PreparedBatch first = shard.Prepare(one);
        PreparedBatch deletion = shard.PrepareDeletion(new Tombstone(1, s_onlyA, long.MinValue, long.MaxValue));
        using SampleBatch two = driver.Batch((s_a, 10, 1));
        PreparedBatch twin = shard.Prepare(two);
        Assert.Equal(1, twin.Counts.Duplicates);
        shard.Apply(first);
        shard.Apply(deletion);
        using SampleBatch three = driver.Batch((s_b, 20, 2));
        PreparedBatch other = shard.Prepare(three);
        shard.Apply(twin);
        shard.Apply(other);
        using (ShardView view = shard.View())
        {
            Assert.Equal([s_b], Everything(view).Keys);
            Assert.Equal([(20L, 2.0)], Everything(view)[s_b]);
        }

        Assert.Equal(1, driver.Append((s_a, 10, 1)).Accepted);
    }

    [Fact]
    public void A_sample_sent_again_that_retention_overtakes_does_not_end_in_the_series_that_gets_the_slot()
    {
        var driver = new ShardDriver();
        Shard shard = driver.Shard;
        using SampleBatch one = driver.Batch((s_a, 10, 1));
        PreparedBatch first = shard.Prepare(one);
        PreparedBatch twin = shard.Prepare(one);
        shard.Apply(first);
        shard.DropBefore(15);
        using SampleBatch three = driver.Batch((s_b, 20, 2));
        PreparedBatch other = shard.Prepare(three);
        shard.Apply(twin);
        shard.Apply(other);
        using (ShardView view = shard.View())
        {
            Assert.Equal([(20L, 2.0)], Everything(view)[s_b]);
        }

        // Once it is applied nothing holds the series any more.
        shard.DropBefore(16);
        Assert.Equal(1, shard.SeriesCount);
    }

    [Fact]
    public void What_is_deleted_of_the_head_is_forgotten_when_blocks_have_the_rest()
    {
        LedgerNode node = Filled(300, sealedBefore: 0);
        Shard shard = node.Data.Shards[0];
        Assert.True(node.Delete(s_onlyA, 20, 30));
        node.Snapshot();
        node.Seal(250);
        Assert.Equal(1, shard.DeletedSpanCount);
        int time = 300;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 130; i++)
            {
                time++;
                Assert.True(node.Write((s_a, time, 1), (s_b, time, 1)));
            }

            node.Seal(time - 10);
            node.Snapshot();
        }

        Assert.Equal(0, shard.DeletedSpanCount);
        Again(node);

        // What deletes the last sample stays: it decides whether the sample may come again.
        Assert.True(node.Delete(s_onlyA, time - 5, long.MaxValue));
        node.Seal(time + 1);
        node.Snapshot();
        Again(node);
    }

    [Fact]
    public void A_sample_that_comes_while_a_block_is_written_outlives_what_was_deleted_before()
    {
        LedgerNode node = Filled(300, sealedBefore: 0);
        Shard shard = node.Data.Shards[0];
        Assert.True(node.Write((s_b, 1000, 1)));
        Assert.True(node.Delete(s_onlyA, 2, long.MaxValue));
        SealJob job = shard.BeginSeal(1001);
        Assert.True(node.Write((s_a, 400, 4)));
        shard.CompleteSeal(job, node.Data.Blocks[0].Write(job));
        Assert.True(node.Write((s_a, 401, 4)));
        node.Check();
        Again(node);
        Assert.Equal(3, Count(node, s_a));
    }

    [Fact]
    public void Cleaning_writes_the_blocks_anew_and_drops_the_tombstones()
    {
        LedgerNode node = Filled(300, sealedBefore: 301);
        Shard shard = node.Data.Shards[0];
        long before = shard.BlockBytes;
        Assert.True(node.Delete(s_onlyA, long.MinValue, 290));
        Assert.Equal(1, shard.Tombstones.Count);
        node.DropTombstones(shard);
        Assert.Equal(1, shard.Tombstones.Count);
        node.Clean();
        Assert.Equal(0, shard.Tombstones.Count);
        Assert.True(shard.BlockBytes < before);
        Again(node);
        Assert.Equal(10, Count(node, s_a));
        Assert.True(node.Delete(s_onlyA, long.MinValue, long.MaxValue));
        Assert.True(node.Delete([new Matcher(LabelName.MetricName, MatchKind.Equal, "b")], long.MinValue, long.MaxValue));
        node.Clean();
        Assert.Equal(0, node.Data.Shards[0].BlockCount);
        Again(node);
        Assert.Equal(0, node.Data.Shards[0].BlockCount);
    }

    [Fact]
    public void Tombstones_stay_as_long_as_a_block_of_before_lies_on_the_disk()
    {
        LedgerNode node = Filled(300, sealedBefore: 301);
        Shard shard = node.Data.Shards[0];
        using (shard.View())
        {
            Assert.True(node.Delete(s_onlyA, long.MinValue, long.MaxValue));
            node.Clean();
            Assert.Equal(1, shard.Tombstones.Count);
        }

        Assert.True(node.Write((s_b, 1000, 1)));
        node.DropTombstones(shard);
        Assert.Equal(0, shard.Tombstones.Count);
        Again(node);
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
    public void Whatever_happens_in_whatever_order_what_is_deleted_stays_deleted(int seed)
    {
        var random = new Random(seed);
        var files = new FaultyFiles(seed);
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 8192 }, shardCount: 1);
        node.Start();
        Labels[] labels = [.. Enumerable.Range(0, 16).Select(static i => Named("m" + (i / 4), ("instance", "host" + (i % 4))))];
        var lastTimes = new long[labels.Length];
        var views = new List<ShardView>();
        long now = 1000;
        long lastSeal = 0;
        for (int step = 0; step < 400; step++)
        {
            switch (random.Next(14))
            {
                case < 6:
                    var rows = new List<(Labels, long, double)>();
                    for (int i = 0; i < labels.Length; i++)
                    {
                        long time = i % 5 == 4 ? lastTimes[i] + 1 + random.Next(40) : now + random.Next(10);
                        if (random.Next(i % 3 == 0 ? 20 : 2) == 0 && time > lastTimes[i] && time <= now + 10)
                        {
                            rows.Add((labels[i], time, random.Next(100) / 4.0));
                            lastTimes[i] = time;
                        }
                    }

                    Assert.True(rows.Count == 0 || node.Write([.. rows]));
                    now += random.Next(30);
                    break;
                case 6 or 7:
                    Matcher[] matchers = random.Next(3) switch
                    {
                        0 => [new Matcher(LabelName.MetricName, MatchKind.Equal, "m" + random.Next(5))],
                        1 => [new Matcher("instance", MatchKind.Regex, $"host[0-{random.Next(4)}]"), new Matcher(LabelName.MetricName, MatchKind.NotEqual, "m1")],
                        _ => [new Matcher("instance", MatchKind.Equal, "host" + random.Next(4))],
                    };
                    long from = random.Next(4) == 0 ? long.MinValue : now - random.Next(1500);
                    long through = random.Next(4) == 0 ? long.MaxValue : Math.Max(from, now - 1500) + random.Next(600);
                    Assert.True(node.Delete(matchers, from, through));
                    break;
                case 8:
                    node.Snapshot();
                    break;
                case 9:
                    lastSeal = Math.Max(lastSeal, now - random.Next(400));
                    node.Seal(random.Next(10) == 0 ? now + 100 : lastSeal);
                    break;
                case 10:
                    node.Compact(200, lastSeal);
                    break;
                case 11:
                    node.Clean();
                    break;
                case 12:
                    views.Add(node.Data.Shards[0].View());
                    break;
                default:
                    foreach (ShardView view in views)
                    {
                        view.Dispose();
                    }

                    views.Clear();
                    if (random.Next(3) == 0)
                    {
                        node.Kill();
                        files.Restart(keepsUnflushed: random.Next(2) == 0);
                        node.Start();
                        Assert.False(node.Data.Report.HasLosses);
                    }

                    break;
            }

            node.Check();
        }

        Assert.True(node.Data.Shards[0].Tombstones.LastNumber > 20);
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.DiskFull)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCut)]
    [InlineData(Fault.PowerCutTorn)]
    public void Whatever_call_fails_what_was_said_to_be_deleted_is_and_the_rest_is_there(Fault fault)
    {
        int failAt = 1;
        for (; ; failAt++)
        {
            Assert.True(failAt < 4000, "the story ends");
            var files = new FaultyFiles(failAt) { FailAt = failAt, Fault = fault };
            var node = new LedgerNode(files);
            bool ended = Tell(node);
            node.Kill();
            if (ended && !files.HasFailed)
            {
                break;
            }

            files.Restart(keepsUnflushed: fault is not (Fault.PowerCut or Fault.PowerCutTorn));
            node.Start();
            node.Check();
            Assert.True(node.Delete([new Matcher("instance", MatchKind.Equal, "host0")], long.MinValue, long.MaxValue), "the node goes on");
            node.Clean();
            node.Check();
            node.Kill();
            files.Restart(keepsUnflushed: false);
            node.Start();
            node.Check();
            node.Kill();
        }

        Assert.True(failAt > 60, $"only {failAt} calls were made to fail");
    }

    [Fact]
    public void A_deletion_that_failed_takes_nothing_that_comes_after_it()
    {
        int failures = 0;
        for (int call = 1; ; call++)
        {
            var files = new FaultyFiles();
            var node = new LedgerNode(files, shardCount: 1);
            node.Start();
            Assert.True(node.Write((s_a, 1, 1), (s_b, 1, 1)));
            files.FailAt = files.Calls + call;
            try
            {
                // Of all time: what comes later is meant as well, as it is where a request names no end.
                node.Delete([new Matcher(LabelName.MetricName, MatchKind.NotEqual, string.Empty)], long.MinValue, long.MaxValue);
                break;
            }
            catch (IOException)
            {
                failures++;
            }

            Assert.True(node.Write((s_a, 2, 2), (s_b, 2, 2)));
            node.Seal(long.MaxValue);
            Again(node);
            node.Clean();
            Again(node);
            node.Kill();
        }

        Assert.True(failures >= 4, $"only {failures} calls were made to fail");
    }

    // Writes, deletes, snapshots, seals, merges, cleans; returns false where a failure ended it early.
    private static bool Tell(LedgerNode node)
    {
        try
        {
            node.Start();
            long time = 1000;
            for (int round = 0; round < 6; round++)
            {
                for (int batch = 0; batch < 3; batch++)
                {
                    time += 10;
                    node.Begin([.. Enumerable.Range(0, 9).Select(i => (Named("m" + i, ("instance", "host" + (i % 3))), time, time + (double)i))]);
                }

                node.Flush();
                node.Delete([new Matcher(LabelName.MetricName, MatchKind.Equal, "m" + round)], time - 45, time - 5);
                if (node.Data.Log.Failure is not null)
                {
                    return false;
                }

                if (round % 3 == 2)
                {
                    node.Data.Log.Roll();
                    node.Snapshot();
                }

                if (round % 2 == 1)
                {
                    node.Seal(time - 15);
                    node.Compact(40, time - 15);
                    node.Clean();
                }
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static LedgerNode Filled(int count, long sealedBefore)
    {
        var node = new LedgerNode(new FaultyFiles(), shardCount: 1);
        node.Start();
        for (int time = 1; time <= count; time++)
        {
            Assert.True(node.Write((s_a, time, Math.Sin(time)), (s_b, time, -time)));
        }

        if (sealedBefore > 0)
        {
            node.Seal(sealedBefore);
        }

        return node;
    }

    private static void Again(LedgerNode node)
    {
        node.Check();
        node.Kill();
        node.Start();
        node.Check();
    }

    private static int Count(LedgerNode node, Labels series)
    {
        using ShardView view = node.Data.Shards[0].View();
        return Everything(view).TryGetValue(series, out List<(long, double)>? samples) ? samples.Count : 0;
    }
}
