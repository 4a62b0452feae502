using System.Globalization;
using Pleiad.Model;
using Xunit;

namespace Pleiad.PromQL.Tests;

public sealed class EngineTests
{
    private static readonly Engine TheEngine = new(
        new EngineSettings { Features = PromQLFeatures.ExperimentalFunctions, SamplesMax = 10_000 }, TimeProvider.System);

    private static readonly MemorySource Requests = new MemorySource()
        .With("""requests_total{job="api", instance="0"}""", 60_000, [.. Enumerable.Range(0, 11).Select(i => (double?)(i * 60))])
        .With("""requests_total{job="api", instance="1"}""", 60_000, [.. Enumerable.Range(0, 11).Select(i => (double?)(i * 120))])
        .With("""requests_total{job="web", instance="0"}""", 60_000, [.. Enumerable.Range(0, 11).Select(i => (double?)(i * 180))]);

    [Fact]
    public async Task A_sum_of_rates_folds_series_into_their_groups() =>
        Assert.Equal(
            ["{job=\"api\"} 3@300000 3@360000", "{job=\"web\"} 3@300000 3@360000"],
            await Range("sum by (job) (rate(requests_total[5m]))", 300, 360, 60));

    [Fact]
    public async Task A_selector_finds_the_newest_sample_within_the_lookback_and_not_at_its_very_edge()
    {
        var source = new MemorySource().With("up", 60_000, 1);

        Assert.Single(await Instant("up", 299, source));
        Assert.Empty(await Instant("up", 300, source));
    }

    [Fact]
    public async Task A_query_over_its_samples_limit_fails_in_the_words_of_Prometheus()
    {
        var source = new MemorySource().With("many", 1_000, [.. Enumerable.Range(0, 10_001).Select(i => (double?)i)]);

        QueryException error = await Assert.ThrowsAsync<QueryException>(() => Instant("increase(many[4h])", 11_000, source));

        Assert.Equal("query processing would load too many samples into memory in query execution", error.Message);
    }

    [Fact]
    public async Task A_cancelled_query_ends_as_cancelled()
    {
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => TheEngine.InstantAsync(
            "requests_total", new Timestamp(0), Requests, QueryRunOptions.Default, new CancellationToken(canceled: true)));

        Assert.Equal(QueryErrorKind.Canceled, error.Kind);
    }

    private static async Task<List<string>> Instant(string query, long atSeconds, ISeriesSource source)
    {
        QueryResult result = await TheEngine.InstantAsync(
            query, new Timestamp(atSeconds * 1000), source, QueryRunOptions.Default, CancellationToken.None);
        return [.. ((VectorValue)result.Value).Samples.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Labels} {s.Value}"))];
    }

    private static async Task<List<string>> Range(string query, long from, long through, int stepSeconds)
    {
        QueryResult result = await TheEngine.RangeAsync(
            query, new Timestamp(from * 1000), new Timestamp(through * 1000), TimeSpan.FromSeconds(stepSeconds), Requests,
            QueryRunOptions.Default, CancellationToken.None);
        return [.. ((MatrixValue)result.Value).Series.Select(s => s.Labels + string.Concat(
            s.Times.Zip(s.Values).Select(p => string.Create(CultureInfo.InvariantCulture, $" {p.Second}@{p.First}"))))];
    }
}
