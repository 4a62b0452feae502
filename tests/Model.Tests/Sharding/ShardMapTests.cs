namespace Pleiad.Model.Tests;

public sealed class ShardMapTests
{
    // A change here sends series to other shards than those that hold their past: never change these numbers.
    private static readonly int[] s_shardsOfSixteen = [8, 13, 1, 2, 7, 5, 11, 13, 11, 13, 0, 9, 1, 4, 4, 3];

    [Fact]
    public void Routing_never_changes()
    {
        var map = new ShardMap(16);
        for (int i = 0; i < s_shardsOfSixteen.Length; i++)
        {
            Assert.Equal(s_shardsOfSixteen[i], map.OfInstance($"10.0.0.{i}:9100").Value);
        }

        Assert.Equal(13, map.OfInstance("localhost:9090").Value);
        Assert.Equal(77, new ShardMap(128).OfInstance("localhost:9090").Value);
        Assert.Equal(5, map.Of(Labels.From(("__name__", "up"), ("job", "x"))).Value);
        Assert.Equal(117, new ShardMap(128).Of(Labels.From(("__name__", "up"), ("job", "x"))).Value);
    }

    [Fact]
    public void All_series_of_an_instance_are_together()
    {
        var map = new ShardMap(64);
        ShardId shard = map.OfInstance("h:1");
        Assert.Equal(shard, map.Of(Labels.From(("__name__", "a"), ("instance", "h:1"))));
        Assert.Equal(shard, map.Of(Labels.From(("__name__", "b"), ("instance", "h:1"), ("x", "y"))));
    }

    [Fact]
    public void Without_an_instance_all_buckets_of_a_histogram_are_together()
    {
        var map = new ShardMap(64);
        ShardId shard = map.Of(Labels.From(("__name__", "h_count"), ("job", "j")));
        Assert.All(["0.1", "1", "+Inf"], le => Assert.Equal(shard, map.Of(Labels.From(("__name__", "h_bucket"), ("job", "j"), ("le", le)))));
    }

    [Fact]
    public void Instances_spread_evenly()
    {
        var map = new ShardMap(16);
        int[] counts = new int[16];
        for (int i = 0; i < 16_000; i++)
        {
            counts[map.OfInstance($"host-{i}.example.com:9100").Value]++;
        }

        Assert.All(counts, c => Assert.InRange(c, 850, 1150));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(8192)]
    public void A_number_of_shards_is_a_power_of_two_within_the_limit(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardMap(count));
}
