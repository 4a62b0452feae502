using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors.Tests;

public sealed class QueryTrackingTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("pleiad-query-").FullName;
    private readonly ShardNode _node;
    private readonly ShardDirectory _shards;
    private readonly Engine _engine = new(new EngineSettings(), TimeProvider.System);

    public QueryTrackingTests()
    {
        _node = new ShardNode(_path);
        _node.Append(("up", 1000, 1), ("down", 1000, 0));
        _shards = new ShardDirectory(new ShardMap(1), [_node.Shard]);
    }

    public void Dispose()
    {
        _node.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public async Task A_query_that_ended_is_remembered_with_its_cost()
    {
        using QueryFrontend queries = Frontend(new QuerySettings());
        await queries.InstantAsync("sum({__name__=~\"up|down\"})", new Timestamp(2000), default, CancellationToken.None);
        QueryRecord record = Assert.Single(queries.Queries());
        Assert.Equal((1, QueryState.Done, QueryTimes.At(new Timestamp(2000))), (record.Id, record.State, record.Times));
        Assert.Equal((2, 2, 0), (record.SeriesRead, record.SamplesTotal, record.SamplesHeld));
        Assert.True(record.SamplesPeak > 0, "it held nothing");
    }

    [Fact]
    public async Task Only_so_many_ended_queries_are_remembered_the_newest_first()
    {
        using QueryFrontend queries = Frontend(new QuerySettings { RecentMax = 2 });
        foreach (string query in (string[])["1", "2", "up("])
        {
            try
            {
                await queries.InstantAsync(query, new Timestamp(2000), default, CancellationToken.None);
            }
            catch (QueryException)
            {
                Assert.Equal("up(", query);
            }
        }

        Assert.Equal([("up(", QueryState.Failed), ("2", QueryState.Done)], queries.Queries().Select(record => (record.Query, record.State)));
        Assert.Contains("parse error", queries.Queries()[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_that_runs_is_cancelled_by_its_number_and_another_one_has_its_place()
    {
        using QueryFrontend queries = Frontend(new QuerySettings { ConcurrencyMax = 1 });

        Task<QueryResult> endless = await BeginEndlessAsync(queries);
        Task<QueryResult> next = queries.InstantAsync("up", new Timestamp(2000), default, CancellationToken.None);
        Assert.Equal([QueryState.Running, QueryState.Waiting], queries.Queries().Select(record => record.State));
        Assert.True(queries.Cancel(1));
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => endless);
        Assert.Equal(QueryErrorKind.Canceled, error.Kind);
        Assert.IsType<VectorValue>((await next).Value);
        Assert.False(queries.Cancel(1));

        // The first one gives its turn back before it is in the list of those that ended, so either may be there first.
        Assert.Equal([QueryState.Canceled, QueryState.Done], queries.Queries().OrderBy(record => record.Id).Select(record => record.State));
    }

    [Fact]
    public async Task A_query_that_waits_is_cancelled_too()
    {
        using QueryFrontend queries = Frontend(new QuerySettings { ConcurrencyMax = 1 });
        Task<QueryResult> endless = await BeginEndlessAsync(queries);
        Task<QueryResult> waiting = queries.InstantAsync("up", new Timestamp(2000), default, CancellationToken.None);
        Assert.True(queries.Cancel(2));
        Assert.Equal(QueryErrorKind.Canceled, (await Assert.ThrowsAsync<QueryException>(() => waiting)).Kind);
        Assert.True(queries.Cancel(1));
        await Assert.ThrowsAsync<QueryException>(() => endless);
    }

    [Fact]
    public async Task A_plan_comes_with_what_it_cost()
    {
        using QueryFrontend queries = Frontend(new QuerySettings());
        QueryExplanation explained = await queries.ExplainAsync("up", QueryTimes.At(new Timestamp(2000)), run: true, default, CancellationToken.None);
        Assert.Equal((1, 1), (explained.Plan.Cost!.Series, explained.Plan.Cost.Samples));
        Assert.IsType<VectorValue>(explained.Result!.Value);
    }

    // Minutes of work, all of it on one series: 20 000 times the median of 200 000 values. Not on this thread: where the view is at hand, a query is
    // evaluated on the thread that asks.
    private static async Task<Task<QueryResult>> BeginEndlessAsync(QueryFrontend queries)
    {
        Task<QueryResult> endless = Task.Run(() => queries.RangeAsync(
            "quantile_over_time(0.5, vector(1)[200000s:1s])", new Timestamp(0), new Timestamp(20_000_000), TimeSpan.FromSeconds(1), default,
            CancellationToken.None));
        using var hang = new CancellationTokenSource(TestActorSystem.HangGuard);
        while (queries.Queries() is not [{ State: QueryState.Running }])
        {
            hang.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return endless;
    }

    private QueryFrontend Frontend(QuerySettings settings) => new(_engine, _shards, settings, TimeProvider.System, new MemoryState());
}
