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
    [InlineData(100, null, null)]
    [InlineData(60, 10L, null)]
    [InlineData(40, 20L, null)]
    [InlineData(39, 20L, 5L)]
    [InlineData(20, 20L, 5L)]
    [InlineData(19, 20L, 20L)]
    [InlineData(0, 30L, 20L)]
    public void Of_a_size_samples_go_first_and_rollups_have_half(long bytesMax, long? samples, long? rollups)
    {
        // 50 bytes of samples, 20 of rollups.
        BlockExtent[] blocks = [new(1, 10, 20), new(11, 20, 20), new(21, 30, 10)];
        Assert.Equal((samples, rollups), SizeRetention.Cuts(blocks, [new(1, 5, 10), new(6, 20, 10)], bytesMax));
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
