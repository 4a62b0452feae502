using System.Globalization;
using Pleiad.Model;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.PromQL.Tests;

/// <summary>Rules that the conformance scripts, with names dropped at the end and 10 000 samples, do not reach.</summary>
public sealed class RulesTests
{
    private static readonly MemorySource Source = new MemorySource()
        .With("""a_total{instance="0"}""", 60_000, 0, 60, 120, 180)
        .With("""b_total{instance="0"}""", 60_000, 0, 120, 240, 360)
        .With("""early{instance="0"}""", 60_000, 1, 1, null, null)
        .With("""late{instance="0"}""", 600_000, null, 2);

    [Fact]
    public async Task Without_delayed_removal_two_metrics_that_lose_their_names_collide() =>
        Assert.Equal(
            "vector cannot contain metrics with the same labelset",
            (await Assert.ThrowsAsync<QueryException>(() => RunAsync("rate({instance=\"0\"}[3m])", PromQLFeatures.None))).Message);

    [Theory]
    [InlineData(PromQLFeatures.None, "")]
    [InlineData(PromQLFeatures.DelayedNameRemoval, " for metric name \"a_total\"")]
    public async Task Names_that_go_at_once_are_not_told(PromQLFeatures features, string named) =>
        Assert.Equal(
            [$"PromQL warning: bucket label \"le\" is missing or has a malformed value of \"\"{named} (1:25)"],
            (await ResultAsync("histogram_quantile(0.5, a_total)", features)).Warnings);

    [Fact]
    public async Task Series_with_one_label_set_that_never_meet_become_one()
    {
        IReadOnlyList<MatrixSeries> series = await RunAsync("abs({__name__=~\"early|late\"})", PromQLFeatures.None);

        MatrixSeries only = Assert.Single(series);
        Assert.Equal([1, 1, 1, 1, 1, 1, 2], only.Values);
    }

    [Fact]
    public async Task A_join_with_two_partners_names_both()
    {
        QueryException error = await Assert.ThrowsAsync<QueryException>(
            () => RunAsync("a_total * on (instance) {__name__=~\".*_total\"}", PromQLFeatures.None));

        Assert.StartsWith(
            "found duplicate series for the match group {instance=\"0\"} on the right hand-side of the operation: [", error.Message,
            StringComparison.Ordinal);
        Assert.EndsWith("];many-to-many matching not allowed: matching labels must be unique on one side", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overlapping_windows_read_each_series_once()
    {
        int before = Source.Reads;

        await RunAsync("rate(a_total[3m])", PromQLFeatures.None);

        Assert.Equal(before + 1, Source.Reads);
    }

    [Fact]
    public async Task Annotations_come_with_line_and_column()
    {
        QueryResult result = await ResultAsync("1 +\n quantile(1.5, a_total)", PromQLFeatures.None);

        Assert.Equal(["PromQL warning: quantile value should be between 0 and 1, got 1.5 (2:11)"], result.Warnings);
    }

    [Fact]
    public async Task A_query_counts_the_samples_and_series_it_touched()
    {
        QueryStats stats = (await ResultAsync("a_total", PromQLFeatures.None)).Stats;

        Assert.Equal(1, stats.SeriesRead);

        // Samples at 0 to 3 min, each seen for less than 5 min, at steps of 1 min up to 10 min.
        Assert.Equal(8, stats.SamplesTotal);
        Assert.InRange(stats.SamplesPeak, 4, 16);
    }

    [Fact]
    public async Task A_query_past_its_time_limit_ends_as_timed_out()
    {
        var time = new VirtualTime();
        var engine = new Engine(new EngineSettings { Timeout = TimeSpan.FromSeconds(1) }, time);
        var source = new SlowSource(() => time.Advance(TimeSpan.FromSeconds(2)));

        QueryException error = await Assert.ThrowsAsync<QueryException>(
            () => engine.InstantAsync("sum(a_total)", new Timestamp(0), source, QueryRunOptions.Default, CancellationToken.None));

        Assert.Equal(QueryErrorKind.Timeout, error.Kind);
        Assert.StartsWith("query timed out in ", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<MatrixSeries>> RunAsync(string query, PromQLFeatures features) =>
        ((MatrixValue)(await ResultAsync(query, features)).Value).Series;

    private static Task<QueryResult> ResultAsync(string query, PromQLFeatures features) =>
        new Engine(new EngineSettings { Features = features }, TimeProvider.System).RangeAsync(
            query, new Timestamp(0), new Timestamp(600_000), TimeSpan.FromMinutes(1), Source, QueryRunOptions.Default, CancellationToken.None);

    /// <summary>A source whose every series takes its time.</summary>
    private sealed class SlowSource(Action delay) : ISeriesSource
    {
        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => new Cursor(delay);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        private sealed class Cursor(Action delay) : SeriesCursor
        {
            private int _at;

            public override Labels Labels => Labels.From(("__name__", "a_total"), ("i", _at.ToString(CultureInfo.InvariantCulture)));

            public override bool MoveNext()
            {
                delay();
                return ++_at < 5;
            }

            public override void Read(SampleColumns into) => into.Add(0, 1);
        }
    }
}
