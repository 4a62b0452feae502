using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>
/// What rollups answer, beside what samples answer: at a step T with a range r it is the answer of the samples at the last multiple of the
/// resolution at or before T, with r rounded up to whole buckets. docs/decisions/0013.
/// </summary>
public sealed class RollupAnswersTests : IDisposable
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Start = 400_000 * Hour;
    private const long End = Start + (30 * Hour);

    private static readonly string[] s_exact =
    [
        "m", "timestamp(m)", "count_over_time(m[R])", "present_over_time(m[R])", "min_over_time(m[R])", "max_over_time(m[R])", "first_over_time(m[R])",
        "last_over_time(m[R])", "ts_of_first_over_time(m[R])", "ts_of_last_over_time(m[R])", "resets(m[R])", "changes(m[R])", "delta(m[R])",
        "count_over_time(m[R] offset 1h)", "absent_over_time(m{kind=\"none\"}[R])", "sum by (kind) (count_over_time(m[R]))",
    ];

    private static readonly string[] s_rounded =
    [
        "rate(m[R])", "increase(m[R])", "sum_over_time(m[R])", "avg_over_time(m[R])", "sum(rate(m{kind=\"counter\"}[R]))",
    ];

    private readonly TempDirectory _place = new();
    private readonly Shard _shard = new(new ShardId(0), new ShardSettings());
    private readonly BlockStore _store;
    private readonly Engine _engine = new(new EngineSettings { Features = PromQLFeatures.ExperimentalFunctions }, TimeProvider.System);

    public RollupAnswersTests()
    {
        _store = new BlockStore(new DiskFiles(), Path.Combine(_place.Path, "shard"), Path.Combine(_place.Path, "quarantine"), new ShardId(0));
        Directory.CreateDirectory(Path.Combine(_place.Path, "shard"));
        _shard.AttachBlocks(_store);
    }

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Preferred_they_answer_as_samples_do_at_the_multiple_before(int seed)
    {
        var random = new Random(seed);
        Fill(random);
        RollUp();
        using ShardView view = _shard.View();
        int compared = 0;
        foreach (long resolution in (long[])[5 * Minute, Hour])
        {
            var use = new RollupUse(Prefers: true, [new RollupChoice(resolution, long.MinValue)]);
            foreach (string pattern in s_exact.Concat(s_rounded))
            {
                long range = (4 * resolution) + (random.Next(3) * resolution) + (random.Next(2) * random.Next((int)resolution) / 1000 * 1000);
                long step = resolution * (1 + random.Next(3));
                bool isAligned = random.Next(2) == 0 || pattern is "m" or "timestamp(m)";
                long from = RollupGrid.Floor(Start + (8 * Hour), Hour) + (isAligned ? 0 : random.Next((int)resolution));
                string query = pattern.Replace("[R]", $"[{range / 1000}s]", StringComparison.Ordinal);
                QueryResult found = await _engine.RangeAsync(
                    query, new Timestamp(from), new Timestamp(from + (6 * Hour)), TimeSpan.FromMilliseconds(step), view, new QueryRunOptions { Rollups = use },
                    CancellationToken.None);
                Assert.True(
                    found.Infos.Any(static info => info.Contains("rollups of", StringComparison.Ordinal)) || pattern.StartsWith("absent", StringComparison.Ordinal),
                    $"{query} did not use them");
                Dictionary<(string, long), double> values = Values(found);
                long whole = RollupGrid.Ceiling(range, resolution);
                string over = pattern.Replace("[R]", $"[{whole / 1000}s]", StringComparison.Ordinal);
                double scale = pattern.StartsWith("increase", StringComparison.Ordinal) || pattern.StartsWith("delta", StringComparison.Ordinal) ? (double)range / whole : 1;
                for (long at = from; at <= from + (6 * Hour); at += step)
                {
                    QueryResult samples = await _engine.InstantAsync(
                        over, new Timestamp(RollupGrid.Floor(at, resolution)), view, QueryRunOptions.Default, CancellationToken.None);
                    foreach (VectorSample sample in ((VectorValue)samples.Value).Samples)
                    {
                        Assert.True(values.Remove((sample.Labels.ToString(), at), out double value), $"seed {seed}: {query} has nothing at {at} for {sample.Labels}");
                        AssertSame(sample.Value * scale, value, scale == 1 && s_exact.Contains(pattern), $"seed {seed}: {query} at {at} for {sample.Labels}");
                        compared++;
                    }
                }

                Assert.True(values.Count == 0, $"seed {seed}: {query} has {values.Count} values that samples do not have");
            }
        }

        Assert.True(compared > 1000, $"only {compared} values were compared");
    }

    [Fact]
    public async Task Where_samples_are_there_the_answer_is_theirs_and_where_they_are_gone_it_is_that_of_before()
    {
        var random = new Random(3);
        Fill(random);
        RollUp();
        long cut = Start + (11 * Hour) + (17 * Minute);
        var use = new RollupUse(Prefers: false, [new RollupChoice(5 * Minute, long.MinValue)]);
        foreach (string pattern in s_exact.Concat(s_rounded))
        {
            string query = pattern.Replace("[R]", "[30m]", StringComparison.Ordinal);
            long from = Start + (4 * Hour);
            Dictionary<(string, long), double> before;
            using (ShardView whole = _shard.View())
            {
                // While all samples are there, that there are rollups changes no bit.
                before = Values(await RangeAsync(query, from, whole, null));
                QueryResult same = await RangeAsync(query, from, whole, use);
                Assert.Empty(same.Infos.Where(static info => info.Contains("rollups", StringComparison.Ordinal)));
                Assert.Equal(before, Values(same));
            }

            _before.Add(query, before);
        }

        _shard.DropBefore(cut);
        using ShardView view = _shard.View();
        foreach ((string query, Dictionary<(string Labels, long At), double> before) in _before)
        {
            Dictionary<(string Labels, long At), double> after = Values(await RangeAsync(query, Start + (4 * Hour), view, use));
            bool isExact = !query.Contains("rate(", StringComparison.Ordinal) && !query.Contains("increase(", StringComparison.Ordinal)
                && !query.StartsWith("sum_over", StringComparison.Ordinal) && !query.StartsWith("avg_over", StringComparison.Ordinal);

            // Up to the bucket that the cut goes through.
            foreach (((string labels, long at), double value) in before.Where(pair => pair.Key.At < cut - (5 * Minute) || pair.Key.At > cut + (3 * Hour)))
            {
                Assert.True(after.TryGetValue((labels, at), out double now), $"{query} has nothing at {at} for {labels}");
                AssertSame(value, now, isExact || at > cut + (3 * Hour), $"{query} at {at} for {labels}");
            }
        }

        // Without them there would be nothing.
        Assert.Empty(Values(await RangeAsync("m", Start + (4 * Hour), view, null)).Where(pair => pair.Key.At < cut));
    }

    [Fact]
    public async Task What_they_cannot_answer_they_do_not_and_the_plan_says_what_is_read()
    {
        Fill(new Random(4));
        RollUp();
        using ShardView view = _shard.View();
        var use = new RollupUse(Prefers: true, [new RollupChoice(5 * Minute, long.MinValue), new RollupChoice(Hour, long.MinValue)]);
        foreach (string query in (string[])["quantile_over_time(0.5, m[1h])", "stddev_over_time(m[1h])", "deriv(m[1h])", "irate(m[1h])", "rate(m[1m])", "rate(m[10m] offset 7s)"])
        {
            Assert.DoesNotContain("rollups", await ExplainAsync(query, view, use), StringComparison.Ordinal);
            Assert.Equal(Values(await RangeAsync(query, Start + (4 * Hour), view, null)), Values(await RangeAsync(query, Start + (4 * Hour), view, use)));
        }

        Assert.Contains("or rollups of 5m instead", await ExplainAsync("rate(m[30m])", view, use), StringComparison.Ordinal);
        Assert.Contains("or rollups of 1h instead", await ExplainAsync("rate(m[2h])", view, use), StringComparison.Ordinal);
        Assert.Contains("or rollups of 5m where samples are gone", await ExplainAsync("rate(m[10m] offset 7s)", view, use with { Prefers = false }), StringComparison.Ordinal);
    }

    private readonly Dictionary<string, Dictionary<(string Labels, long At), double>> _before = [];

    private static void AssertSame(double expected, double value, bool isExact, string what)
    {
        // Inside the bound of docs/decisions/0013 for sums of numbers of this size.
        bool isSame = isExact
            ? BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value)
            : expected.Equals(value) || Math.Abs(expected - value) <= 1e-9 * Math.Max(1, Math.Abs(expected));
        Assert.True(isSame, $"{what}: samples say {expected:R}, rollups {value:R}");
    }

    private static Dictionary<(string Labels, long At), double> Values(QueryResult result) =>
        ((MatrixValue)result.Value).Series.SelectMany(series => series.Times.Select((at, i) => (Key: (series.Labels.ToString(), at), Value: series.Values[i])))
            .ToDictionary(static pair => pair.Key, static pair => pair.Value);

    private Task<QueryResult> RangeAsync(string query, long from, ShardView view, RollupUse? use) => _engine.RangeAsync(
        query, new Timestamp(from), new Timestamp(from + (22 * Hour)), TimeSpan.FromHours(1), view, new QueryRunOptions { Rollups = use }, CancellationToken.None);

    private async Task<string> ExplainAsync(string query, ShardView view, RollupUse use)
    {
        QueryExplanation explained = await _engine.ExplainAsync(
            query, new Timestamp(Start + (4 * Hour)), new Timestamp(Start + (8 * Hour)), TimeSpan.FromHours(1), view, new QueryRunOptions { Rollups = use }, run: false,
            CancellationToken.None);
        return Words(explained.Plan);
    }

    private static string Words(ExplainedNode node) => node.Operation + "\n" + string.Concat(node.Inputs.Select(Words));

    private void Fill(Random random)
    {
        var counter = 0.0;
        foreach (string kind in (string[])["counter", "gauge", "sparse"])
        {
            var key = new SeriesKey(Labels.FromSortedPairs([LabelName.MetricName, "m", "kind", kind]));
            for (long at = Start + random.Next(20_000); at < End; at += kind == "sparse" ? random.Next((int)(2 * Hour)) : 15_000 + (random.Next(10) == 0 ? random.Next((int)(20 * Minute)) : random.Next(2) * 15_000))
            {
                counter = random.Next(300) == 0 ? random.Next(20) : counter + random.Next(9);
                double value = kind switch
                {
                    "counter" => counter,
                    _ when random.Next(60) == 0 => StaleMarker.Value,
                    "gauge" when random.Next(200) == 0 => double.NaN,
                    "gauge" => Math.Round(Math.Sin(at / 1e7) * 40, random.Next(6)),
                    _ => random.NextDouble() * 1000,
                };
                using var batch = new SampleBatch(_shard.Id);
                batch.Add(key, at, value);
                _shard.Apply(_shard.Prepare(batch));
            }
        }

        SealJob job = _shard.BeginSeal(End - Hour);
        _shard.CompleteSeal(job, _store.Write(job));
    }

    private void RollUp()
    {
        var settings = new RollupSettings
        {
            Tiers = [new RollupTier(TimeSpan.FromMinutes(5), TimeSpan.Zero), new RollupTier(TimeSpan.FromHours(1), TimeSpan.Zero)],
            Window = TimeSpan.FromHours(6),
        };
        while (_shard.BeginRollup(settings, _shard.OldestInHead()) is { } job)
        {
            _shard.CompleteRollup(job, _store.Rollups.Write(job));
        }

        Assert.True(_shard.RollupCount >= 2, "there are rollups");
    }
}
