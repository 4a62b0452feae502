using System.Collections.Concurrent;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>The answer over N shards equals the answer over one.</summary>
public sealed class OneAnswerTests
{
    private const int Queries = 20_000;
    private const int Seed = 20_261_129;
    private const int Datasets = 8;

    private static readonly int[] ShardCounts = [1, 2, 4, 8, 16];

    [Fact]
    public void Random_queries_over_shards_are_answered_as_over_one()
    {
        ShardedData[] exact = [.. Enumerable.Range(0, Datasets).Select(i => new ShardedData(i, isExact: true))];
        ShardedData[] rough = [.. Enumerable.Range(0, Datasets).Select(i => new ShardedData(i, isExact: false))];
        long[] seen = new long[4];
        var differences = new ConcurrentQueue<string>();
        Parallel.For(0, Queries, new ParallelOptions { MaxDegreeOfParallelism = 2 }, number =>
        {
            var random = new Random(Seed + number);
            bool isExact = random.Next(2) == 0;
            ShardedData data = (isExact ? exact : rough)[random.Next(Datasets)];
            var run = new Run(random, data, new QueryGenerator(random, isExact));
            Verdict verdict;
            try
            {
                verdict = run.Compare();
            }
            catch (Exception e) when (e is not QueryException)
            {
                verdict = new Verdict(AnswerKind.Error, e.ToString());
            }

            if (verdict.Difference is { } difference)
            {
                differences.Enqueue($"query {number} of seed {Seed}, {run}: {difference}");
            }

            Interlocked.Increment(ref seen[(int)verdict.Kind]);
            Interlocked.Add(ref seen[3], run.IsDistributed ? 1 : 0);
        });

        Assert.True(differences.IsEmpty, $"{differences.Count} answers differ:\n{string.Join('\n', differences.Take(20))}");

        // Most of what was asked was spread, and had an answer: else the comparison shows nothing.
        string kinds = $"{seen[0]} with series, {seen[1]} empty, {seen[2]} failed; {seen[3]} spread";
        Assert.True(seen[(int)AnswerKind.Series] > Queries / 3, kinds);
        Assert.True(seen[3] > Queries / 2, kinds);
    }

    private enum AnswerKind
    {
        Series,
        Empty,
        Error,
    }

    private readonly record struct Verdict(AnswerKind Kind, string? Difference);

    private sealed class Run
    {
        private readonly Engine _engine;
        private readonly EngineSettings _settings;
        private readonly ISeriesSource _whole;
        private readonly IFragmentRunner _shards;
        private readonly string _query;
        private readonly bool _isRange;
        private readonly bool _addsUp;
        private readonly Timestamp _start;
        private readonly Timestamp _end;

        public Run(Random random, ShardedData data, QueryGenerator generator)
        {
            PromQLFeatures features = PromQLFeatures.ExperimentalFunctions | PromQLFeatures.FillModifiers;
            _settings = new EngineSettings { Features = random.Next(2) == 0 ? features : features | PromQLFeatures.DelayedNameRemoval };
            _engine = new Engine(_settings, TimeProvider.System);
            _whole = data.Whole;
            _shards = data.On(ShardCounts[random.Next(ShardCounts.Length)], threads: random.Next(1, 3));
            _isRange = random.Next(2) == 0;
            _start = new Timestamp(random.Next(10, 25) * ShardedData.StepMs);
            _end = _isRange ? _start + TimeSpan.FromMinutes(random.Next(8)) : _start;
            _query = generator.Query();
            _addsUp = generator.AddsUp;
        }

        public bool IsDistributed => _shards.Shards.Count > 1;

        public override string ToString() =>
            $"`{_query}` from {_start.Milliseconds} to {_end.Milliseconds} ms over {_shards.Shards.Count} shards, features {_settings.Features}";

        public Verdict Compare()
        {
            (QueryResult? one, QueryException? oneError) = Answer(_whole);
            (QueryResult? many, QueryException? manyError) = Answer(_shards);
            if (one is null || many is null)
            {
                return new Verdict(
                    AnswerKind.Error,
                    oneError?.Kind == manyError?.Kind ? null : $"{oneError?.Message ?? "an answer"} became {manyError?.Message ?? "an answer"}");
            }

            string? difference = new AnswerComparison(_query, _addsUp).Difference(one, many);
            bool isEmpty = one.Value is VectorValue { Samples.Count: 0 } or MatrixValue { Series.Count: 0 };
            return new Verdict(isEmpty ? AnswerKind.Empty : AnswerKind.Series, difference);
        }

        private (QueryResult? Result, QueryException? Error) Answer(ISeriesSource source)
        {
            try
            {
                Task<QueryResult> run = _isRange
                    ? _engine.RangeAsync(_query, _start, _end, TimeSpan.FromMinutes(1), source, QueryRunOptions.Default, CancellationToken.None)
                    : _engine.InstantAsync(_query, _start, source, QueryRunOptions.Default, CancellationToken.None);
                return (run.GetAwaiter().GetResult(), null);
            }
            catch (QueryException error)
            {
                Assert.True(error.Kind == QueryErrorKind.Execution, $"{this}: {error.Kind} {error.Message}");
                return (null, error);
            }
        }
    }
}
