using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Queries of death end by their budget, over one shard as over many.</summary>
public sealed class BudgetTests
{
    private const long SamplesMax = 200;

    private static readonly ShardedData Data = new(seed: 1, isExact: true);

    public static TheoryData<string> Deaths =>
    [
        "{__name__=~\".+\"}",
        "sum by (__name__, instance, job, mode, le, version) ({__name__=~\".+\"})",
        "count_over_time(a[1d:1m])",
        "max_over_time(vector(1)[10y:1ms])",
        "sort({__name__=~\"a|b|c_total|h_bucket|target_info\"})",
        "quantile(0.5, max_over_time(a[30m:10s]))",
        "{__name__=~\".+\"} or {__name__=~\".+\"}",
        "limitk(1000000, {__name__=~\".+\"})",
        "topk(1000000, {__name__=~\".+\"})",
        "count_values(\"v\", {__name__=~\".+\"})",
    ];

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task A_query_that_holds_too_much_ends_with_an_error(string query)
    {
        foreach (ISeriesSource source in (ISeriesSource[])[Data.Whole, Data.On(4, threads: 2)])
        {
            var engine = new Engine(new EngineSettings { SamplesMax = SamplesMax, Features = PromQLFeatures.ExperimentalFunctions }, TimeProvider.System);
            QueryException error = await Assert.ThrowsAsync<QueryException>(() => engine.RangeAsync(
                query, new Timestamp(0), new Timestamp(1_740_000), TimeSpan.FromMinutes(1), source, QueryRunOptions.Default, CancellationToken.None));
            Assert.StartsWith("query processing would load too many samples", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_budget_is_that_of_all_shards_together()
    {
        var query = "sum by (instance, mode) (a)";
        long peak = (await RunAsync(query, 1000)).Stats.SamplesPeak;
        Assert.IsType<VectorValue>((await RunAsync(query, peak)).Value);
        await Assert.ThrowsAsync<QueryException>(() => RunAsync(query, peak - 1));
    }

    private static Task<QueryResult> RunAsync(string query, long samplesMax) =>
        new Engine(new EngineSettings { SamplesMax = samplesMax }, TimeProvider.System).InstantAsync(
            query, new Timestamp(1_200_000), Data.On(4, threads: 1), QueryRunOptions.Default, CancellationToken.None);
}
