using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>What is told of a rate of something that may not be a counter: by its name, or by its type where types are labels.</summary>
public sealed class CounterNamesTests
{
    private static readonly ISeriesSource Data = new MemorySource()
        .With("a", 60_000, 1, 2, 3)
        .With("a_total", 60_000, 1, 2, 3)
        .With("b{__type__=\"counter\"}", 60_000, 1, 2, 3)
        .With("c_total{__type__=\"gauge\"}", 60_000, 1, 2, 3);

    [Theory]
    [InlineData("rate(a[5m])", PromQLFeatures.None, "name does not end in _total/_sum/_count/_bucket: \"a\" (1:6)")]
    [InlineData("rate(a_total[5m])", PromQLFeatures.None, null)]
    [InlineData("rate(c_total[5m])", PromQLFeatures.None, null)]
    [InlineData("increase(b[5m])", PromQLFeatures.TypeAndUnitLabels, null)]
    [InlineData("increase(a_total[5m])", PromQLFeatures.TypeAndUnitLabels, "__type__ label is not set to \"counter\" or \"histogram\", got \"\": \"a_total\" (1:10)")]
    [InlineData("rate(c_total[5m])", PromQLFeatures.TypeAndUnitLabels, "__type__ label is not set to \"counter\" or \"histogram\", got \"gauge\": \"c_total\" (1:6)")]
    [InlineData("delta(c_total[5m])", PromQLFeatures.TypeAndUnitLabels, null)]
    public async Task A_rate_of_no_counter_is_told(string query, PromQLFeatures features, string? told)
    {
        QueryResult result = await new Engine(new EngineSettings { Features = features }, TimeProvider.System).InstantAsync(
            query, new Timestamp(120_000), Data, QueryRunOptions.Default, CancellationToken.None);
        Assert.Equal(told is null ? [] : ["PromQL info: metric might not be a counter, " + told], result.Infos);
    }

    [Theory]
    [InlineData("clamp_min(vector(NaN), Inf)", double.PositiveInfinity)]
    [InlineData("clamp_max(vector(NaN), -Inf)", double.NegativeInfinity)]
    [InlineData("clamp(vector(NaN), 0, 1)", double.NaN)]
    [InlineData("vector(max_of(NaN, Inf))", double.PositiveInfinity)]
    [InlineData("vector(min_of(NaN, 1))", double.NaN)]
    public async Task An_infinity_that_wins_wins_over_NaN(string query, double expected)
    {
        var engine = new Engine(new EngineSettings { Features = PromQLFeatures.ExperimentalFunctions }, TimeProvider.System);
        QueryResult result = await engine.InstantAsync(query, new Timestamp(0), Data, QueryRunOptions.Default, CancellationToken.None);
        Assert.Equal(expected, Assert.Single(((VectorValue)result.Value).Samples).Value);
    }
}
