using System.Globalization;
using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Beyond a limit new series are refused, each for its reason; those that are there go on, after a start as well.</summary>
public sealed class SeriesLimitsTests
{
    [Fact]
    public void Short_of_memory_a_shard_takes_samples_of_the_series_it_has_and_no_others()
    {
        var node = new LedgerNode(new FaultyFiles(), shardCount: 1);
        node.Start();
        Assert.True(node.Write((Of("a", "x", 1), 10, 1)));
        node.Data.Shards[0].TakesNewSeries = false;
        AppendCounts refused = node.WriteOne(Of("a", "x", 2), 10, 1);
        Assert.Equal((0, 1, 1), (refused.Accepted, refused.SeriesOverLimit, refused.ShortOfMemory));
        Assert.Contains("memory", node.Data.Shards[0].RefusedLast!.Value.Reason, StringComparison.Ordinal);
        Assert.Equal(1, node.WriteOne(Of("a", "x", 1), 20, 1).Accepted);
        node.Snapshot();
        node.Kill();
        node.Start();
        node.Data.Shards[0].TakesNewSeries = false;
        Assert.Equal(1, node.WriteOne(Of("a", "x", 1), 30, 1).Accepted);
        Assert.Equal(1, node.WriteOne(Of("a", "x", 2), 30, 1).ShortOfMemory);
        node.Data.Shards[0].TakesNewSeries = true;
        Assert.Equal(1, node.WriteOne(Of("a", "x", 2), 40, 1).Accepted);
        node.Check();
    }

    [Fact]
    public void A_target_has_as_many_series_as_it_may_within_one_batch_and_over_several()
    {
        var driver = new ShardDriver(new ShardSettings { Series = new SeriesLimits { OfTargetMax = 3 } });
        AppendCounts counts = driver.Append([.. Enumerable.Range(0, 4).Select(static i => (Of("a" + i, "x", i), 10L, 1.0)), (Of("a", "y", 0), 10, 1)]);
        Assert.Equal((4, 1, 1), (counts.Accepted, counts.SeriesOverLimit, counts.OverTarget));
        counts = driver.Append((Of("a1", "x", 1), 20, 1), (Of("b", "x", 0), 20, 1), (Of("a", "y", 0), 20, 1), (Named("no_target"), 20, 1));
        Assert.Equal((3, 1), (counts.Accepted, counts.OverTarget));

        // What retention takes makes room.
        driver.Shard.DropBefore(15);
        Assert.Equal(1, driver.Append((Of("b", "x", 0), 30, 1)).Accepted);
        Assert.Equal(1, driver.Append((Of("b", "x", 1), 30, 1)).Accepted);
        Assert.Equal(1, driver.Append((Of("b", "x", 2), 30, 1)).OverTarget);
    }

    [Fact]
    public void What_the_log_refused_is_counted_until_it_is_swept()
    {
        var driver = new ShardDriver(new ShardSettings { Series = new SeriesLimits { OfTargetMax = 1 } });
        using SampleBatch batch = driver.Batch((Of("a", "x", 0), 10, 1));
        driver.Shard.Abort(driver.Shard.Prepare(batch));
        Assert.Equal(1, driver.Append((Of("b", "x", 0), 20, 1)).OverTarget);
        driver.Shard.DropBefore(15);
        Assert.Equal(1, driver.Append((Of("b", "x", 0), 30, 1)).Accepted);
        Assert.Equal(1, driver.Append((Of("a", "x", 0), 30, 1)).OverTarget);
    }

    [Fact]
    public void A_metric_and_the_node_are_counted_over_all_shards()
    {
        var elsewhere = new Elsewhere { SeriesCount = 5 };
        var driver = new ShardDriver(new ShardSettings { Series = new SeriesLimits { OfMetricMax = 4, OfNodeMax = 10 } });
        driver.Shard.Neighbours = elsewhere;
        AppendCounts counts = driver.Append([.. Enumerable.Range(0, 3).Select(static i => (Of("a", "x" + i, i), 10L, 1.0)), (Of("b", "x", 0), 10, 1)]);
        Assert.Equal((3, 1, 1), (counts.Accepted, counts.SeriesOverLimit, counts.OverMetric));
        Assert.Equal(2, driver.Shard.SeriesOfMetric("a"));
        elsewhere.SeriesCount = 10;
        counts = driver.Append((Of("b", "x", 0), 20, 1), (Of("c", "x", 0), 20, 1));
        Assert.Equal((1, 1), (counts.Accepted, counts.OverNode));
        elsewhere.SeriesCount = 9;
        Assert.Equal(1, driver.Append((Of("c", "x", 0), 20, 1)).Accepted);
    }

    [Fact]
    public void Other_shards_are_asked_for_a_metric_once_a_batch_however_many_series_of_it_are_new()
    {
        var elsewhere = new Elsewhere { SeriesCount = 150 };
        var driver = new ShardDriver(new ShardSettings { Series = new SeriesLimits { OfMetricMax = 150 } });
        driver.Shard.Neighbours = elsewhere;
        AppendCounts counts = driver.Append([.. Enumerable.Range(0, 200).Select(static i => (Of(i % 2 == 0 ? "a" : "b", "x" + i, i), 10L, 1.0))]);
        Assert.Equal((200, 2), (counts.Accepted, elsewhere.Asked));
        driver.Append((Of("a", "x0", 0), 20, 1));
        Assert.Equal(2, elsewhere.Asked);
        counts = driver.Append([.. Enumerable.Range(200, 100).Select(static i => (Of("a", "x" + i, i), 30L, 1.0))]);
        Assert.Equal((48, 52, 3), (counts.Accepted, counts.OverMetric, elsewhere.Asked));
    }

    [Fact]
    public void Nobody_is_asked_while_the_whole_node_has_fewer_series_than_a_metric_may_have()
    {
        var elsewhere = new Elsewhere { SeriesCount = 149 };
        var driver = new ShardDriver(new ShardSettings { Series = new SeriesLimits { OfMetricMax = 150 } });
        driver.Shard.Neighbours = elsewhere;
        Assert.Equal(1, driver.Append((Of("a", "x", 0), 10, 1)).Accepted);
        Assert.Equal(0, elsewhere.Asked);
        elsewhere.SeriesCount = 150;
        Assert.Equal(1, driver.Append((Of("a", "x", 1), 10, 1)).Accepted);
        Assert.Equal(1, elsewhere.Asked);
    }

    private static Labels Of(string metric, string instance, int i) => Named(metric, ("instance", instance), ("i", i.ToString(CultureInfo.InvariantCulture)));

    // Other shards have two series of "a".
    private sealed class Elsewhere : ISeriesOfNode
    {
        // Of all shards, the one that asks among them.
        public long SeriesCount { get; set; }

        public int Asked { get; private set; }

        public long SeriesOfMetric(string metric, ShardId but)
        {
            Asked++;
            return metric == "a" ? 2 : 0;
        }
    }
}
