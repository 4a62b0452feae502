using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>
/// Samples touched, as Prometheus counts them: a selector each sample it finds, a range its windows, what is evaluated once for all steps at
/// each of them, and what a subquery reads not at all, because its windows are counted.
/// </summary>
public sealed class StepCountsTests
{
    // Two series of 11 samples, 10 s apart from 0 on.
    private static readonly ISeriesSource Data = new MemorySource()
        .With("a{instance=\"x\"}", 10_000, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
        .With("a{instance=\"y\"}", 10_000, null, null, null, 3, 4, 5, 6, 7, 8, 9, 10);

    [Theory]
    [InlineData("a", "1 1 2 2")]
    [InlineData("a + a", "2 2 4 4")]
    [InlineData("1", "0 0 0 0")]
    [InlineData("sum(a)", "1 1 2 2")]
    [InlineData("sum_over_time(a[20s])", "1 2 4 4")]
    [InlineData("sum_over_time(a[20s] @ 60)", "4 4 4 4")]
    [InlineData("a @ 60", "2 2 2 2")]
    [InlineData("a + a @ 60", "3 3 4 4")]
    [InlineData("sum_over_time(a[20s:5s])", "1 4 7 8")]
    [InlineData("sum_over_time(sum_over_time(a[100s])[20s:10s])", "1 2 4 4")]
    [InlineData("max_over_time(sum(a)[20s:10s])", "1 2 2 2")]
    public async Task Each_step_counts_the_samples_it_touches(string query, string expected)
    {
        QueryStats stats = await StatsAsync(query, Data);
        Assert.Equal(expected, string.Join(' ', stats.SamplesByStep.Select(step => step.Samples)));
        Assert.Equal([0, 20_000, 40_000, 60_000], stats.SamplesByStep.Select(step => step.At.Milliseconds));
        Assert.Equal(stats.SamplesByStep.Sum(step => step.Samples), stats.SamplesTotal);
    }

    [Fact]
    public async Task Shards_count_together_what_one_counts_alone()
    {
        var data = new ShardedData(seed: 3, isExact: true);
        foreach (string query in (string[])
                 ["a", "sum by (job) (rate(c_total[5m]))", "quantile(0.5, a)", "max_over_time(sum(a)[5m:1m])", "nh", "rate(nh[5m])", "a + on (instance, mode) c_total"])
        {
            QueryStats one = await StatsAsync(query, data.Whole);
            QueryStats many = await StatsAsync(query, data.On(4, threads: 2));
            Assert.Equal((query, one.SamplesTotal), (query, many.SamplesTotal));
            Assert.Equal(one.SamplesByStep, many.SamplesByStep);
            Assert.Equal([0, 1, 2, 3], many.Shards.Select(shard => shard.Shard));
            Assert.Equal(many.SeriesRead, many.Shards.Sum(shard => shard.SeriesRead));
        }
    }

    [Fact]
    public async Task Nothing_is_counted_by_step_unless_asked()
    {
        QueryResult result = await new Engine(new EngineSettings(), TimeProvider.System).RangeAsync(
            "a", new Timestamp(0), new Timestamp(60_000), TimeSpan.FromSeconds(20), Data, QueryRunOptions.Default, CancellationToken.None);
        Assert.Empty(result.Stats.SamplesByStep);
        Assert.Equal(6, result.Stats.SamplesTotal);
    }

    private static async Task<QueryStats> StatsAsync(string query, ISeriesSource source) =>
        (await new Engine(new EngineSettings(), TimeProvider.System).RangeAsync(
            query, new Timestamp(0), new Timestamp(60_000), TimeSpan.FromSeconds(20), source, new QueryRunOptions { CountsSteps = true },
            CancellationToken.None)).Stats;
}
