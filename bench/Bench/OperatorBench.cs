// Run: dotnet run -c Release --project bench/Bench -- --inProcess --filter '*OperatorBench*' --warmupCount 2 --iterationCount 5
// A family of operators alone: --filter '*OperatorBench.Aggregations*'; the families are the methods below.
// Each operator of PromQL once, as a range query of 61 steps over an hour at 15 s that lies in one shard: what selecting, decoding and the
// operator cost together, without HTTP. Take "selectors" away from the others to see an operator alone.
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Bench;

[MemoryDiagnoser]
[Config(typeof(WholeQueries))]
public class OperatorBench
{
    private readonly Engine _engine = new(new EngineSettings { Features = PromQLFeatures.AllForScripts }, TimeProvider.System);
    private ShardView? _view;
    private ISeriesSource _source = null!;

    public static IEnumerable<string> Selectors => OperatorCases.Selectors;

    public static IEnumerable<string> RangeFunctions => OperatorCases.RangeFunctions;

    public static IEnumerable<string> VectorFunctions => OperatorCases.VectorFunctions;

    public static IEnumerable<string> LabelFunctions => OperatorCases.LabelFunctions;

    public static IEnumerable<string> HistogramFunctions => OperatorCases.HistogramFunctions;

    public static IEnumerable<string> Aggregations => OperatorCases.Aggregations;

    public static IEnumerable<string> BinaryOperators => OperatorCases.BinaryOperators;

    public static IEnumerable<string> Subqueries => OperatorCases.Subqueries;

    [GlobalSetup]
    public void Setup()
    {
        OperatorCases.RequireAll();
        _view = OperatorData.Load().View();
        _source = new ShardedSource([_view], new ShardMap(1), threads: 1);
    }

    [GlobalCleanup]
    public void Cleanup() => _view?.Dispose();

    [Benchmark, ArgumentsSource(nameof(Selectors))]
    public Task<QueryResult> SelectorsAsync(string query) => RunAsync(query);

    [Benchmark, ArgumentsSource(nameof(RangeFunctions))]
    public Task<QueryResult> RangeFunctionsAsync(string query) => RunAsync(query);

    [Benchmark, ArgumentsSource(nameof(VectorFunctions))]
    public Task<QueryResult> VectorFunctionsAsync(string query) => RunAsync(query);

    [Benchmark, ArgumentsSource(nameof(LabelFunctions))]
    public Task<QueryResult> LabelFunctionsAsync(string query) => RunAsync(query);

    [Benchmark, ArgumentsSource(nameof(HistogramFunctions))]
    public Task<QueryResult> HistogramFunctionsAsync(string query) => RunAsync(query);

    [Benchmark, ArgumentsSource(nameof(Aggregations))]
    public Task<QueryResult> AggregationsAsync(string query) => RunAsync(query);

    [Benchmark, ArgumentsSource(nameof(BinaryOperators))]
    public Task<QueryResult> BinaryOperatorsAsync(string query) => RunAsync(query);

    [Benchmark, ArgumentsSource(nameof(Subqueries))]
    public Task<QueryResult> SubqueriesAsync(string query) => RunAsync(query);

    /// <summary>Queries are not cut short in the table.</summary>
    private sealed class WholeQueries : ManualConfig
    {
        public WholeQueries() => SummaryStyle = SummaryStyle.Default.WithMaxParameterColumnWidth(100);
    }

    private Task<QueryResult> RunAsync(string query) => _engine.RangeAsync(
        query, new Timestamp(0), new Timestamp(60 * 60_000), TimeSpan.FromMinutes(1), _source, QueryRunOptions.Default, CancellationToken.None);
}
