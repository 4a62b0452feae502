using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

public sealed class ExplainTests
{
    private static readonly Engine Engine = new(new EngineSettings(), TimeProvider.System);
    private static readonly IFragmentRunner Shards = new ShardedData(seed: 1, isExact: true).On(4, threads: 2);

    [Fact]
    public async Task What_the_shards_did_adds_up_to_what_the_nodes_did()
    {
        QueryExplanation explained = await ExplainAsync("sum by (job) (c_total)", run: true);

        ExplainedNode exchange = Assert.Single(explained.Plan.Inputs);
        ExplainedNode select = exchange.Inputs[0].Inputs[0];
        Assert.Equal([0, 1, 2, 3], exchange.Shards.Select(shard => shard.Shard));
        Assert.Equal(exchange.Cost!.Series, exchange.Shards.Sum(shard => shard.Series));
        Assert.Equal(select.Cost!.Samples, exchange.Shards.Sum(shard => shard.SamplesRead));
        Assert.Equal(explained.Result!.Stats.SeriesRead, exchange.Shards.Sum(shard => shard.SeriesRead));
        Assert.Equal(((VectorValue)explained.Result.Value).Samples.Count, explained.Plan.Cost!.Series);
        Assert.True(select.Cost.Samples > 0 && select.Cost.Bytes == 8 * select.Cost.Samples, $"{select.Cost}");
    }

    [Fact]
    public async Task Measuring_changes_no_answer()
    {
        foreach (string query in (string[])["rate(c_total[5m])", "a * on (instance, mode) group_left c_total", "a * scalar(sum(b))", "max_over_time(sum(a)[10m:1m])"])
        {
            QueryResult plain = await Engine.InstantAsync(query, new Timestamp(1_200_000), Shards, QueryRunOptions.Default, CancellationToken.None);
            QueryResult measured = (await ExplainAsync(query, run: true)).Result!;
            Assert.Equal(
                ((VectorValue)plain.Value).Samples.Select(s => (s.Labels, s.Value)), ((VectorValue)measured.Value).Samples.Select(s => (s.Labels, s.Value)));
        }
    }

    [Fact]
    public async Task A_plan_that_did_not_run_has_no_figures()
    {
        QueryExplanation explained = await ExplainAsync("sum(a)", run: false);

        Assert.Null(explained.Result);
        Assert.Null(explained.Plan.Cost);
        Assert.Equal("exchange with 4 shards", Assert.Single(explained.Plan.Inputs).Operation);
    }

    private static Task<QueryExplanation> ExplainAsync(string query, bool run) => Engine.ExplainAsync(
        query, new Timestamp(1_200_000), new Timestamp(1_200_000), null, Shards, QueryRunOptions.Default, run, CancellationToken.None);
}
