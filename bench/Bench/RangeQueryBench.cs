// Run: dotnet run -c Release --project bench/Bench -- --filter '*RangeQueryBench*'
// One query over series in memory: what the engine itself costs, without storage. The column "Mean" divided by Series x Samples is
// the cost of a sample read; 10 000 series x 240 samples (1 h at 15 s), 61 steps of 1 min unless the name says otherwise.
using BenchmarkDotNet.Attributes;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Bench;

[MemoryDiagnoser]
public class RangeQueryBench
{
    private const int Series = 10_000;
    private const int Samples = 240;
    private const int StepMs = 15_000;

    private static readonly Timestamp Start = new(0);
    private static readonly Timestamp End = new(60 * 60_000);

    private readonly Engine _engine = new(new EngineSettings(), TimeProvider.System);
    private readonly ColumnSource _source = new(Series, Samples, StepMs);

    [Params(
        "sum by (job) (rate(http_requests_total[5m]))",
        "http_requests_total > 1e9",
        "sum(http_requests_total)",
        "max by (job) (max_over_time(http_requests_total[30m]))",
        "sum by (job) (avg_over_time(http_requests_total[30m]))",
        "histogram_quantile(0.9, sum by (le, job) (rate(http_requests_total[5m])))",
        "sum by (job) (http_requests_total / on (instance, le, job) http_requests_total)")]
    public string Query { get; set; } = string.Empty;

    [Benchmark(OperationsPerInvoke = Series * Samples)]
    public Task<QueryResult> RangeQueryAsync() => _engine.RangeAsync(
        Query, Start, End, TimeSpan.FromMinutes(1), _source, QueryRunOptions.Default, CancellationToken.None);

    /// <summary>Counters in memory, read as whole columns.</summary>
    private sealed class ColumnSource : ISeriesSource
    {
        private readonly Labels[] _labels;
        private readonly long[] _times;
        private readonly double[][] _values;

        public ColumnSource(int series, int samples, int stepMs)
        {
            var random = new Random(1);
            _times = [.. Enumerable.Range(0, samples).Select(i => (long)i * stepMs)];
            _labels = new Labels[series];
            _values = new double[series][];
            for (int s = 0; s < series; s++)
            {
                _labels[s] = Labels.From(
                    ("__name__", "http_requests_total"), ("instance", $"host-{s / 100}:9100"), ("job", $"job-{s % 7}"),
                    ("le", $"{s % 100}"), ("handler", $"/api/v1/{s % 13}"));
                _values[s] = new double[samples];
                double value = 0;
                for (int i = 0; i < samples; i++)
                {
                    value = random.Next(1000) == 0 ? 0 : value + random.Next(10);
                    _values[s][i] = value;
                }
            }
        }

        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => new Cursor(this, request.Range);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        private sealed class Cursor(ColumnSource source, TimeRange range) : SeriesCursor
        {
            private int _at = -1;

            public override Labels Labels => source._labels[_at];

            public override bool MoveNext() => ++_at < source._labels.Length;

            public override void Read(SampleColumns into)
            {
                int first = PlaceAfter(range.After);
                int count = PlaceAfter(range.Through) - first;
                into.Reserve(count, out Span<long> times, out Span<double> values);
                source._times.AsSpan(first, count).CopyTo(times);
                source._values[_at].AsSpan(first, count).CopyTo(values);
                into.Advance(count);
            }

            private int PlaceAfter(long time)
            {
                int at = Array.BinarySearch(source._times, time);
                return at >= 0 ? at + 1 : ~at;
            }
        }
    }
}
