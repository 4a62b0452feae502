using System.Globalization;
using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class CardinalityTests
{
    private static readonly long s_late = (long)Cardinality.EndedAfter.TotalMilliseconds + 11;

    [Fact]
    public void It_says_which_labels_metrics_and_targets_have_how_many_series_and_which_have_ended()
    {
        using ShardView view = Some().Shard.View();
        Cardinality all = view.Cardinality([], "i", 11, CancellationToken.None);
        Assert.Equal((7, 4, 11), (all.Series, all.Ended, all.LabelPairs));
        Assert.Equal([("a", 6L, 4L), ("b", 1L, 0L)], all.Metrics.Select(Figures));
        Assert.Equal([("x", 6L, 4L), ("y", 1L, 0L)], all.Instances.Select(Figures));
        Assert.Equal([("node", 7L, 4L)], all.Jobs.Select(Figures));
        Assert.Equal([("0", 2L, 1L), ("1", 1L, 1L), ("2", 1L, 1L), ("3", 1L, 1L), ("4", 1L, 0L), ("5", 1L, 0L)], all.Focus.Select(Figures));
        Assert.Equal(["__name__", "i", "instance", "job"], all.Labels.Select(static label => label.Name));
        Assert.Equal([2L, 6L, 2L, 1L], all.Labels.Select(static label => label.Values));
        Assert.Equal([2L, 6L, 2L, 4L], all.Labels.Select(static label => label.TextBytes));
        Assert.Equal(all.LabelPairs, all.Pairs.Count);
        Assert.Equal([new PairCount("job", "node", 7), new PairCount("__name__", "a", 6), new PairCount("instance", "x", 6), new PairCount("i", "0", 2)], all.Pairs.Take(4));
        Assert.Equal(all.Bytes, all.Metrics.Sum(static metric => metric.Bytes));
        Assert.Equal(all.Bytes, all.Jobs.Sum(static job => job.Bytes));
        Assert.InRange(all.Bytes / 7, 100, 300);
    }

    [Fact]
    public void Lists_are_cut_and_sums_are_not()
    {
        using ShardView view = Some().Shard.View();
        Cardinality cut = view.Cardinality([], string.Empty, 1, CancellationToken.None);
        Assert.Equal([new PairCount("job", "node", 7)], cut.Pairs);
        Assert.Equal(("a", 11, 7), (cut.Metrics.Single().Name, cut.LabelPairs, cut.Series));
        Assert.Empty(cut.Focus);
    }

    [Fact]
    public void Only_series_that_match_are_counted()
    {
        using ShardView view = Some().Shard.View();
        Cardinality some = view.Cardinality([new Matcher("i", MatchKind.Regex, "[0-3]"), new Matcher("job", MatchKind.Equal, "node")], "i", 10, CancellationToken.None);
        Assert.Equal((5, 4), (some.Series, some.Ended));
        Assert.Equal([("a", 4L, 4L), ("b", 1L, 0L)], some.Metrics.Select(Figures));
        Assert.Equal(["0", "1", "2", "3"], some.Focus.Select(static value => value.Name));
        Cardinality none = view.Cardinality([new Matcher("job", MatchKind.Equal, "none")], "i", 10, CancellationToken.None);
        Assert.Equal((0, 0, 0L), (none.Series, none.LabelPairs, none.Bytes));
    }

    [Fact]
    public void The_largest_of_many_come_first()
    {
        var random = new Random(3);
        PairCount[] all = [.. Enumerable.Range(0, 500).Select(i => new PairCount("n", i.ToString(CultureInfo.InvariantCulture), random.NextInt64(20)))];
        foreach (int count in (int[])[0, 1, 7, 500, 1000])
        {
            var largest = new LargestOf<PairCount>(count, PairCount.MostSeriesFirst);
            foreach (PairCount item in all)
            {
                largest.Add(item);
            }

            Assert.Equal(all.OrderByDescending(static item => item.Series).ThenBy(static item => item.Value, StringComparer.Ordinal).Take(count), largest.Take());
        }
    }

    // Six series of one metric, of which the first four have ended, and one of another.
    private static ShardDriver Some()
    {
        var driver = new ShardDriver();
        for (int i = 0; i < 6; i++)
        {
            driver.Append((Of("a", "x", i), i < 4 ? 10 : s_late, 1));
        }

        driver.Append((Of("b", "y", 0), s_late, 1));
        return driver;
    }

    private static (string, long, long) Figures(SeriesCost cost) => (cost.Name, cost.Series, cost.Ended);

    private static Labels Of(string metric, string instance, int i) =>
        Named(metric, ("instance", instance), ("job", "node"), ("i", i.ToString(CultureInfo.InvariantCulture)));
}
