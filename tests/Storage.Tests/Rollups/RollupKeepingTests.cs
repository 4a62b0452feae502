using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>What only rollups have is listed, and samples wait for their rollups.</summary>
public sealed class RollupKeepingTests
{
    private static readonly Matcher[] s_all = [new(LabelName.MetricName, MatchKind.Regex, ".+")];
    private static readonly Matcher[] s_counters = [new(LabelName.MetricName, MatchKind.Equal, "counter_total")];

    [Fact]
    public void Series_and_labels_of_which_only_rollups_are_left_are_listed_where_they_lie_in_the_range()
    {
        RollupNode node = Filled(new FaultyFiles(), 150);
        node.Settle();
        SortedSet<string> names = Texts(node, TimeRange.All, static (view, range, into) => view.AddLabelNames(s_all, range, into, CancellationToken.None));
        SortedSet<string> hosts = Texts(node, TimeRange.All, static (view, range, into) => view.AddLabelValues("instance", s_counters, range, into, CancellationToken.None));
        SortedSet<string> series = Series(node, s_all, TimeRange.All, lists: true);
        Assert.Equal(6, series.Count);

        // While the samples are there nothing is said twice.
        Assert.Equal(series, Series(node, s_all, TimeRange.All, lists: false));
        long through = RollupsThrough(node);
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            shard.DropBefore(node.Time + 100);
        }

        Assert.Empty(Series(node, s_all, TimeRange.All, lists: false));
        Assert.Equal(series, Series(node, s_all, TimeRange.All, lists: true));
        Assert.Equal(3, Series(node, s_counters, TimeRange.All, lists: true).Count);
        Assert.Equal(names, Texts(node, TimeRange.All, static (view, range, into) => view.AddLabelNames(s_all, range, into, CancellationToken.None)));
        Assert.Equal(hosts, Texts(node, TimeRange.All, static (view, range, into) => view.AddLabelValues("instance", s_counters, range, into, CancellationToken.None)));

        // Not before the first bucket and not behind the last one.
        Assert.Equal(6, Series(node, s_all, new TimeRange(through - 1, through + 50), lists: true).Count);
        foreach (TimeRange outside in (TimeRange[])[new TimeRange(0, 800), new TimeRange(through, through + 5000)])
        {
            Assert.Empty(Series(node, s_all, outside, lists: true));
            Assert.Empty(Texts(node, outside, static (view, range, into) => view.AddLabelNames([], range, into, CancellationToken.None)));
        }

        // What is deleted of rollups is not listed.
        Assert.True(node.Storage.Delete(s_counters, 0, 1_000_000));
        Assert.Empty(Series(node, s_counters, TimeRange.All, lists: true));
        Assert.Equal(3, Series(node, s_all, TimeRange.All, lists: true).Count);
        node.Storage.Kill();
    }

    [Fact]
    public void Beside_series_with_samples_those_come_once_that_are_expired_by_their_own_time()
    {
        RollupNode node = Filled(new FaultyFiles(), 150);
        node.Settle();
        SortedSet<string> series = Series(node, s_all, TimeRange.All, lists: true);
        var policy = new RetentionPolicy(TimeSpan.Zero, [new RetentionRule(s_counters, TimeSpan.FromMilliseconds(1))]);
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            shard.Retain(policy.At(node.Time + 100));
        }

        Assert.Equal(3, Series(node, s_all, TimeRange.All, lists: false).Count);
        Assert.Equal(series, Series(node, s_all, TimeRange.All, lists: true));
        node.Storage.Kill();
    }

    [Fact]
    public void Samples_that_are_not_rolled_up_are_kept_for_longer_and_no_longer_than_that()
    {
        RollupNode node = Filled(new FaultyFiles(), 150);
        node.Storage.Seal(node.Time + 10);
        RollupSettings settings = RollupNode.Settings with { RetentionWait = TimeSpan.FromMilliseconds(500) };
        TimeSpan keep = TimeSpan.FromMilliseconds(100);
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            // Nothing is written yet: all of it is needed.
            long oldest = shard.BlockExtents[0].MinTime;
            Assert.Equal(node.Time - 500, shard.RetentionTime(settings, keep, node.Time));
            Assert.Equal(node.Time, shard.RetentionTime(RollupSettings.Off, keep, node.Time));
            Assert.Equal(node.Time, shard.RetentionTime(settings, TimeSpan.Zero, node.Time));
            Assert.Equal(node.Time, shard.RetentionTime(settings, TimeSpan.FromMilliseconds(node.Time - oldest), node.Time));
        }

        node.RollUp();
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            // The window that is not complete is needed, and with it all that is younger.
            long covered = shard.RollupExtents.Min(static rollup => rollup.MaxTime);
            long now = covered + 100;
            Assert.Equal(now, shard.RetentionTime(settings, keep, now));
            long later = covered + 350;
            long needed = Math.Max(covered + 1, shard.BlockExtents.Where(block => block.MaxTime > covered).Select(static block => block.MinTime).DefaultIfEmpty(later).Min());
            Assert.Equal(Math.Min(later, needed + 100), shard.RetentionTime(settings, keep, later));
        }

        node.Storage.Kill();
    }

    [Fact]
    public void Rules_do_not_wait_for_rollups_and_what_was_gone_once_stays_so()
    {
        RollupNode node = Filled(new FaultyFiles(), 150);
        node.Storage.Seal(node.Time + 10);
        RollupSettings settings = RollupNode.Settings with { RetentionWait = TimeSpan.FromMilliseconds(5000) };
        var policy = new RetentionPolicy(
            TimeSpan.FromMilliseconds(100),
            [
                new RetentionRule(s_counters, TimeSpan.FromMilliseconds(50)),
                new RetentionRule([new Matcher(LabelName.MetricName, MatchKind.Equal, "gauge"), new Matcher("instance", MatchKind.Equal, "host2")], TimeSpan.FromMilliseconds(9000)),
            ]);
        string[] kept = [RollupNode.Series(5).ToString()];
        string[] waiting = [RollupNode.Series(1).ToString(), RollupNode.Series(3).ToString(), .. kept];

        // Nothing is rolled up yet: of the default all samples are still needed.
        Retain(settings);
        Assert.Equal(waiting, Series(node, s_all, TimeRange.All, lists: false));
        Retain(RollupSettings.Off);
        Assert.Equal(kept, Series(node, s_all, TimeRange.All, lists: false));
        Retain(settings);
        Assert.Equal(kept, Series(node, s_all, TimeRange.All, lists: false));
        node.Storage.Kill();

        void Retain(RollupSettings rollups)
        {
            foreach (Shard shard in node.Storage.Data.Shards)
            {
                shard.Retain(policy, rollups, node.Time + 200);
            }
        }
    }

    [Theory]
    [InlineData(100, "")]
    [InlineData(60, "0:10")]
    [InlineData(40, "0:20")]
    [InlineData(39, "0:20")]
    [InlineData(29, "0:20 5:5")]
    [InlineData(22, "0:20 5:10")]
    [InlineData(21, "0:20 5:10 60:10")]
    [InlineData(0, "0:20 5:10 60:10")]
    public void Of_a_size_the_oldest_of_the_finest_go_first_and_the_newest_of_each_stays(long bytesMax, string cuts)
    {
        // 50 bytes of samples, 12 of the finer rollups, 8 of the coarser ones.
        BlockExtent[] blocks =
        [
            new(1, 10, 4) { ResolutionMs = 60 }, new(1, 10, 20), new(11, 20, 4) { ResolutionMs = 60 }, new(11, 20, 20),
            new(1, 5, 4) { ResolutionMs = 5 }, new(21, 30, 10), new(6, 10, 4) { ResolutionMs = 5 }, new(11, 20, 4) { ResolutionMs = 5 },
        ];
        Assert.Equal(cuts, string.Join(' ', SizeRetention.Cuts(blocks, bytesMax, 10).Select(static cut => $"{cut.Key}:{cut.Value}")));
    }

    [Fact]
    public void Whatever_the_sizes_a_level_keeps_half_of_what_finer_ones_leave_or_all_it_has()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            BlockExtent[] blocks = [.. Enumerable.Range(0, 40).Select(_ => Extent(random))];
            long bytesMax = random.Next(1500);
            IReadOnlyDictionary<long, long> cuts = SizeRetention.Cuts(blocks, bytesMax, 10);
            long left = bytesMax;
            bool isOver = false;
            foreach (IGrouping<long, BlockExtent> level in blocks.GroupBy(static block => block.ResolutionMs).OrderBy(static level => level.Key))
            {
                BlockExtent[] kept = [.. level.Where(block => !cuts.TryGetValue(level.Key, out long through) || block.MaxTime > through)];
                BlockExtent newest = level.MaxBy(static block => block.MaxTime);
                Assert.Contains(newest, kept);
                long next = level.Except(kept).Select(static block => block.MaxTime).DefaultIfEmpty(long.MinValue).Max();
                long bytes = kept.Sum(static block => block.Bytes);

                // The newest of what has gone would not have fitted into the half.
                Assert.True(
                    next == long.MinValue || bytes + level.Where(block => block.MaxTime == next).Sum(static block => block.Bytes) > left / 2,
                    $"seed {seed}: level {level.Key} has {bytes} of {left}");
                isOver |= kept.Any(block => block.MaxTime < newest.MinTime) && bytes > left;
                left -= bytes;
            }

            Assert.False(isOver, $"seed {seed}: more is kept than may be and than has to be");
        }

        static BlockExtent Extent(Random random)
        {
            long from = random.Next(1000);
            return new BlockExtent(from, from + random.Next(50), 1 + random.Next(60)) { ResolutionMs = random.Next(3) * 5 };
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_window_of_the_newest_sample_is_rolled_up_when_nothing_comes_any_more_and_again_when_something_does(int seed)
    {
        var random = new Random(seed);
        RollupNode node = Filled(new FaultyFiles(), 60 + (10 * seed));
        node.Settle();
        long newest = node.Storage.Data.Shards.Max(static shard => shard.NewestTime);
        long end = RollupGrid.Ceiling(newest, 200);
        Assert.True(RollupsThrough(node) < newest);

        // Not before the window is over by the clock.
        node.RollUp(quietMs: end);
        Assert.True(RollupsThrough(node) < newest);
        node.RollUp(quietMs: end + 10_000);
        Assert.Equal(end, RollupsThrough(node));
        node.CheckAgainstSamples(random);

        // Whoever comes back finds the window rolled up: in order and late.
        for (int i = 0; i < 5; i++)
        {
            node.Write(random, stepMax: 3);
            node.WriteLate(random);
        }

        node.Settle();
        node.CheckAgainstSamples(random);
        node.RollUp(quietMs: node.Time + 10_000);
        node.CheckAgainstSamples(random);
        Assert.Equal(RollupGrid.Ceiling(node.Storage.Data.Shards.Max(static shard => shard.NewestTime), 200), RollupsThrough(node));
        node.Storage.Kill();
    }

    private static RollupNode Filled(FaultyFiles files, int writes)
    {
        var random = new Random(11);
        var node = new RollupNode(files);
        node.Storage.Start();
        for (int i = 0; i < writes; i++)
        {
            node.Write(random);
        }

        return node;
    }

    private static long RollupsThrough(RollupNode node) => node.Storage.Data.Shards.Max(static shard => shard.RollupExtents.Max(static rollup => rollup.MaxTime));

    private static SortedSet<string> Series(RollupNode node, Matcher[] matchers, TimeRange range, bool lists)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            using ShardView view = shard.View();
            using SeriesCursor cursor = view.Select(new SelectRequest(matchers, range) { ListsRollups = lists }, CancellationToken.None);
            while (cursor.MoveNext())
            {
                Assert.True(found.Add(cursor.Labels.ToString()), $"{cursor.Labels} comes twice");
            }
        }

        return found;
    }

    private static SortedSet<string> Texts(RollupNode node, TimeRange range, Action<ShardView, TimeRange, TextUnion> add)
    {
        var found = new TextUnion();
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            using ShardView view = shard.View();
            add(view, range, found);
        }

        return new SortedSet<string>(found.Sorted(), StringComparer.Ordinal);
    }
}
