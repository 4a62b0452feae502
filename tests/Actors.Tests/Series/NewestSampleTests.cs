using Pleiad.Model;

namespace Pleiad.Actors.Tests;

/// <summary>When a series was written last, as a target that has moved here asks it.</summary>
public sealed class NewestSampleTests
{
    private static readonly Labels Up = Labels.From((LabelName.MetricName, "up"), ("instance", "a"));

    [Fact]
    public async Task The_newest_sample_of_a_series_is_found_in_a_range_with_both_ends_or_not_at_all()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1), ("load", 3000, 1));
        node.Append(("up", 2000, StaleMarker.Value));
        var shards = new ShardDirectory(new ShardMap(1), [node.Shard]);
        Assert.Equal(new Timestamp(2000), await NewestAsync(Up, 0, 9000));
        Assert.Equal(new Timestamp(2000), await NewestAsync(Up, 2000, 2000));
        Assert.Equal(new Timestamp(1000), await NewestAsync(Up, 1000, 1999));
        Assert.Null(await NewestAsync(Up, 2001, 9000));
        Assert.Null(await NewestAsync(Labels.From((LabelName.MetricName, "up")), 0, 9000));
        Assert.Null(await NewestAsync(Labels.From((LabelName.MetricName, "up"), ("instance", "a"), ("job", "j")), 0, 9000));

        Task<Timestamp?> NewestAsync(Labels series, long from, long through) => shards.NewestSampleAsync(series, TimeRange.Closed(from, through), CancellationToken.None);
    }
}
