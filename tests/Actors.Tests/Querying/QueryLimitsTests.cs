using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors.Tests;

/// <summary>Every limit of a query that bites is counted by its name.</summary>
public sealed class QueryLimitsTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("pleiad-limits-").FullName;
    private readonly ShardNode _node;
    private readonly ShardDirectory _shards;
    private readonly ConcurrentBag<string> _counted = [];
    private readonly MeterListener _listener = new();

    public QueryLimitsTests()
    {
        _node = new ShardNode(_path);
        _node.Append(("up", 1000, 1), ("down", 1000, 0), ("flat", 1000, 0));
        _shards = new ShardDirectory(new ShardMap(1), [_node.Shard]);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument, ActorsMetrics.QueriesLimited))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _counted.Add((string)tags[0].Value!));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _node.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Theory]
    [InlineData("samples", "{__name__=~\".+\"}")]
    [InlineData("series", "up + down + flat")]
    [InlineData("bytes", "{__name__=~\".+\"}")]
    [InlineData("label-size", "label_replace(up, \"x\", \"$1$1\", \"instance\", \"(.*)\")")]
    [InlineData("memory", "up")]
    [InlineData("depth", "((((up))))")]
    [InlineData("nodes", "up + up + up")]
    [InlineData("size", "up                                  ")]
    [InlineData("timeout", "quantile_over_time(0.5, vector(1)[200000s:1s])")]
    public async Task Each_limit_has_its_own_count(string limit, string query)
    {
        var settings = new EngineSettings();
        settings = limit switch
        {
            "samples" => settings with { SamplesMax = 2 },
            "series" => settings with { SeriesMax = 2 },
            "bytes" => settings with { BytesMax = 20 },
            "label-size" => settings with { LabelCharsMax = 1 },
            "memory" => settings with { MemoryMax = 15 },
            "depth" => settings with { DepthMax = 4 },
            "nodes" => settings with { NodesMax = 4 },
            "size" => settings with { TextCharsMax = 30 },
            _ => settings with { Timeout = TimeSpan.FromMilliseconds(20) },
        };
        using var queries = new QueryFrontend(new Engine(settings, TimeProvider.System), _shards, new QuerySettings(), TimeProvider.System, new MemoryState());
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => queries.RangeAsync(
            query, new Timestamp(1000), new Timestamp(5_000_000), TimeSpan.FromSeconds(1), default, CancellationToken.None));
        Assert.Equal(limit, error.Limit);
        Assert.Contains(limit, _counted);
    }

    [Fact]
    public async Task A_full_queue_is_counted_as_well()
    {
        using var queries = new QueryFrontend(
            new Engine(new EngineSettings(), TimeProvider.System), new ShardDirectory(new ShardMap(1), [_node.Test.CreateProbe("silent").Ref]),
            new QuerySettings { ConcurrencyMax = 1, QueueMax = 0 }, TimeProvider.System, new MemoryState());
        using var client = new CancellationTokenSource();
        Task<QueryResult> running = queries.InstantAsync("up", new Timestamp(2000), default, client.Token);
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => queries.InstantAsync("up", new Timestamp(2000), default, CancellationToken.None));
        Assert.Equal((QueryErrorKind.Unavailable, "queue"), (refused.Kind, refused.Limit));
        Assert.Contains("queue", _counted);
        await client.CancelAsync();
        await Assert.ThrowsAsync<QueryException>(() => running);
    }

    [Fact]
    public async Task Lists_of_series_end_at_the_limit_of_series()
    {
        IReadOnlyList<IReadOnlyList<Matcher>> all = [[new Matcher(LabelName.MetricName, MatchKind.Regex, ".+")]];
        var engine = new Engine(new EngineSettings(), TimeProvider.System);
        using var enough = new QueryFrontend(engine, _shards, new QuerySettings { SeriesMax = 3 }, TimeProvider.System, new MemoryState());
        using var few = new QueryFrontend(engine, _shards, new QuerySettings { SeriesMax = 2 }, TimeProvider.System, new MemoryState());
        Assert.Equal(3, (await enough.SeriesAsync(all, TimeRange.All, 0, CancellationToken.None)).Items.Count);
        Assert.Equal(3, (await enough.NewestAsync(all, TimeRange.All, CancellationToken.None)).Items.Count);
        Assert.Equal(3, (await enough.ReadAsync(all[0], TimeRange.All, static (_, _) => 1, CancellationToken.None)).Count);
        foreach (Func<Task> ask in new Func<Task>[]
                 {
                     () => few.SeriesAsync(all, TimeRange.All, 0, CancellationToken.None),
                     () => few.NewestAsync(all, TimeRange.All, CancellationToken.None),
                     () => few.ReadAsync(all[0], TimeRange.All, static (_, _) => 1, CancellationToken.None),
                 })
        {
            Assert.Equal("series", (await Assert.ThrowsAsync<QueryException>(ask)).Limit);
        }

        Assert.True(_counted.Count(limit => limit == "series") >= 3);
    }

    [Fact]
    public void A_sort_that_nobody_waits_for_ends()
    {
        int[] items = [.. Enumerable.Range(0, 100_000).Select(i => i * 7919 % 100_003)];
        Assert.Equal(items.Order(), InterruptibleSort.Of(items, Comparer<int>.Default.Compare, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => InterruptibleSort.Of(items, Comparer<int>.Default.Compare, new CancellationToken(canceled: true)));
    }
}
