using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

public sealed class ClusterCardinalityTests
{
    private const int Shards = 4;

    // Shard 0 at node 0, the others at node 1, as views of heads that hold ten series of one metric each and one of another.
    private static ShardView[] Views() => [.. Enumerable.Range(0, Shards).Select(static number =>
    {
        var shard = new Shard(new ShardId(number), new ShardSettings());
        using var batch = new SampleBatch(shard.Id);
        for (int i = 0; i < 10; i++)
        {
            batch.Add(Key(("__name__", "wide"), ("job", "node"), ("instance", $"host-{number}"), ("i", $"{i}")), 1000, 1);
        }

        batch.Add(Key(("__name__", "up"), ("job", "node"), ("instance", $"host-{number}")), 1000, 1);
        shard.Apply(shard.Prepare(batch));
        return shard.View();
    })];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_series_cost_is_added_up_over_all_nodes_and_equal_values_are_one(int asked)
    {
        await using var nodes = new QueryNodes(Views(), [[0], [1], [1], [1]], nodes: 3);
        using QueryFrontend frontend = nodes[asked].Frontend();
        CardinalityReport report = await frontend.CardinalityAsync(new CardinalityRequest([], "i", 3), CancellationToken.None);
        Assert.Equal((44, 0, 2 + 1 + Shards + 10), (report.Series, report.Ended, report.LabelPairs));
        Assert.Equal([("__name__", 44L, 2L), ("instance", 44L, 4L), ("job", 44L, 1L)], report.Labels.Select(static label => (label.Name, label.Series, label.Values)));
        Assert.Equal([("wide", 40L), ("up", 4L)], report.Metrics.Select(static metric => (metric.Name, metric.Series)));
        Assert.Equal(["host-0", "host-1", "host-2"], report.Instances.Select(static instance => instance.Name));
        Assert.Equal(report.Bytes, report.Jobs.Single().Bytes);
        Assert.Equal([new NamedCount("job=node", 44), new NamedCount("__name__=wide", 40), new NamedCount("instance=host-0", 11)], report.Pairs);
        Assert.Equal([("0", 4L), ("1", 4L), ("2", 4L)], report.Focus!.Select(static value => (value.Name, value.Series)));
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public async Task The_status_of_the_storage_counts_a_value_of_several_nodes_once()
    {
        await using var nodes = new QueryNodes(Views(), [[0], [1], [1], [1]], nodes: 2);
        using QueryFrontend frontend = nodes[0].Frontend();
        StorageStatus status = await frontend.StorageAsync(2, CancellationToken.None);
        Assert.Equal((44, 17, 4), (status.Series, status.LabelPairs, status.Chunks));
        Assert.Equal([new NamedCount("i", 10), new NamedCount("instance", 4)], status.ValuesByLabel);
    }

    [Fact]
    public async Task Only_series_that_match_are_counted_on_every_node()
    {
        await using var nodes = new QueryNodes(Views(), [[0], [1], [1], [1]], nodes: 2);
        using QueryFrontend frontend = nodes[0].Frontend();
        CardinalityReport report = await frontend.CardinalityAsync(
            new CardinalityRequest([new Matcher("__name__", MatchKind.Equal, "up")], string.Empty, 10), CancellationToken.None);
        Assert.Equal(4, report.Series);
        Assert.Equal("up", report.Metrics.Single().Name);
        Assert.Null(report.Focus);
    }

    [Fact]
    public async Task Without_a_shard_there_is_no_answer()
    {
        await using var nodes = new QueryNodes(Views(), [[0], [1], [1], [1]], nodes: 2);
        await nodes[1].DisposeAsync();
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryException refused = await Assert.ThrowsAsync<QueryException>(
            () => frontend.CardinalityAsync(new CardinalityRequest([], string.Empty, 10), CancellationToken.None));
        Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
    }

    [Fact]
    public async Task Where_a_shard_cuts_its_lists_the_answer_says_so()
    {
        var shard = new Shard(new ShardId(0), new ShardSettings());
        using (var batch = new SampleBatch(shard.Id))
        {
            for (int i = 0; i < 20_001; i++)
            {
                batch.Add(Key(("__name__", "wide"), ("i", $"{i}")), 1000, 1);
            }

            shard.Apply(shard.Prepare(batch));
        }

        await using var nodes = new QueryNodes([shard.View()], [[0]], nodes: 1);
        using QueryFrontend frontend = nodes[0].Frontend();
        CardinalityReport report = await frontend.CardinalityAsync(new CardinalityRequest([], string.Empty, 1), CancellationToken.None);
        Assert.Equal((20_001, 20_002), (report.Series, report.LabelPairs));
        Assert.Equal(20_001, report.Labels.Single().Series);
        Assert.Single(report.Warnings);

        // A view is read once.
        await using var again = new QueryNodes([shard.View()], [[0]], nodes: 1);
        using QueryFrontend other = again[0].Frontend();
        Assert.Equal(report.Warnings, (await other.StorageAsync(1, CancellationToken.None)).Warnings);
    }

    private static SeriesKey Key(params (string, string)[] labels) => new(Labels.From(labels));
}
