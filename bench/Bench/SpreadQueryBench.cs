// Run: dotnet run -c Release --project bench/Bench -- -i --filter '*SpreadQueryBench*'
// Queries over the shards of a node in memory: 16 shards, 100 instances x 400 series x 240 samples (1 h at 15 s), at the end of the data.
// "Merged" evaluates over all series as one source; "Spread1" and "Spread" evaluate fragments in the shards, on one thread and on all of
// them. Compare them within one run, as a ratio.
using BenchmarkDotNet.Attributes;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Bench;

[MemoryDiagnoser]
public class SpreadQueryBench
{
    private const int ShardCount = 16;
    private const int Instances = 100;
    private const int Samples = 240;
    private const int StepMs = 15_000;

    private readonly Engine _engine = new(new EngineSettings(), TimeProvider.System);
    private ShardView[] _views = [];
    private ISeriesSource _merged = null!;
    private ISeriesSource _spread1 = null!;
    private ISeriesSource _spread = null!;

    [Params(
        "count({job=\"node\"})",
        "count by (__name__) ({job=\"node\"})",
        "sum by (instance) (rate(cpu_seconds_total[5m]))",
        "topk(10, sum by (instance) (rate(cpu_seconds_total[5m])))",
        "histogram_quantile(0.99, sum by (le) (rate(duration_seconds_bucket[5m])))",
        "avg_over_time(load1[1h])",
        "load1 / ignoring (nothing) load5",
        "sum by (instance) (rate(cpu_seconds_total[5m])) * on (instance) group_left (release) uname_info",
        "range: sum by (instance) (rate(cpu_seconds_total[5m]))",
        "range: histogram_quantile(0.95, sum by (le, handler) (rate(duration_seconds_bucket[5m])))",
        "range: rate(cpu_seconds_total[5m]) / on (instance) group_left () load5")]
    public string Query { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        var map = new ShardMap(ShardCount);
        Shard[] shards = [.. Enumerable.Range(0, ShardCount).Select(i => new Shard(new ShardId(i), new ShardSettings()))];
        var random = new Random(1);
        foreach (int instance in Enumerable.Range(0, Instances))
        {
            SeriesKey[] keys = [.. SeriesOf($"host-{instance:D5}:9100").Select(labels => new SeriesKey(labels))];
            var values = new double[keys.Length];
            Shard shard = shards[map.Of(keys[0].Labels).Value];
            for (int sample = 0; sample < Samples; sample++)
            {
                using var batch = new SampleBatch(shard.Id);
                for (int i = 0; i < keys.Length; i++)
                {
                    values[i] += i % 5 == 0 ? random.Next(100) : 0;
                    batch.Add(keys[i], sample * StepMs, values[i]);
                }

                shard.Apply(shard.Prepare(batch));
            }
        }

        _views = [.. shards.Select(shard => shard.View())];
        _merged = new Plain(new ShardedSource(_views, map, threads: 1));
        _spread1 = new ShardedSource(_views, map, threads: 1);
        _spread = new ShardedSource(_views, map, Environment.ProcessorCount);
    }

    [GlobalCleanup]
    public void Cleanup() => Array.ForEach(_views, view => view.Dispose());

    [Benchmark(Baseline = true)]
    public Task<QueryResult> MergedAsync() => RunAsync(_merged);

    [Benchmark]
    public Task<QueryResult> Spread1Async() => RunAsync(_spread1);

    [Benchmark]
    public Task<QueryResult> SpreadAsync() => RunAsync(_spread);

    private Task<QueryResult> RunAsync(ISeriesSource source)
    {
        var end = new Timestamp(((Samples - 1) * StepMs) + 7000);
        return Query.StartsWith("range: ", StringComparison.Ordinal)
            ? _engine.RangeAsync(
                Query["range: ".Length..], new Timestamp(7000), end, TimeSpan.FromSeconds(60), source, QueryRunOptions.Default, CancellationToken.None)
            : _engine.InstantAsync(Query, end, source, QueryRunOptions.Default, CancellationToken.None);
    }

    private static IEnumerable<Labels> SeriesOf(string instance)
    {
        (string, string) job = ("job", "node");
        for (int cpu = 0; cpu < 8; cpu++)
        {
            foreach (string mode in (string[])["idle", "user", "system", "iowait", "irq", "softirq", "steal", "nice"])
            {
                yield return Labels.From(("__name__", "cpu_seconds_total"), ("instance", instance), job, ("cpu", $"{cpu}"), ("mode", mode));
            }
        }

        foreach (string handler in (string[])["/", "/api", "/graph", "/static", "/login", "/metrics", "/health", "/write"])
        {
            foreach (string le in (string[])["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "+Inf"])
            {
                yield return Labels.From(("__name__", "duration_seconds_bucket"), ("instance", instance), job, ("handler", handler), ("le", le));
            }
        }

        yield return Labels.From(("__name__", "load1"), ("instance", instance), job);
        yield return Labels.From(("__name__", "load5"), ("instance", instance), job);
        yield return Labels.From(("__name__", "uname_info"), ("instance", instance), job, ("release", "6.1.0"));
        for (int i = 0; i < 221; i++)
        {
            yield return Labels.From(("__name__", $"node_metric_{i}"), ("instance", instance), job);
        }
    }

    // Hides that there are shards.
    private sealed class Plain(ISeriesSource inner) : ISeriesSource
    {
        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => inner.Select(request, cancel);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
            inner.AddLabelNames(matchers, range, into, cancel);

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
            inner.AddLabelValues(name, matchers, range, into, cancel);
    }
}
