using System.Collections.Concurrent;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>The answer over N shards equals the answer over one.</summary>
public sealed class OneAnswerTests
{
    private const int Queries = 20_000;
    private const int Seed = 20_261_129;
    private const int Datasets = 8;
    private const double SumTolerance = 1e-12;

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

            string? difference = Difference(one.Value, many.Value) ?? Difference("warnings", one.Warnings, many.Warnings) ?? Difference("infos", one.Infos, many.Infos);
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

        private string? Difference(QueryValue one, QueryValue many)
        {
            switch (one, many)
            {
                case (ScalarValue a, ScalarValue b):
                    return Same(a.Value, b.Value) ? null : $"{a.Value:R} became {b.Value:R}";
                case (VectorValue a, VectorValue b):
                    bool isOrdered = _query.StartsWith("sort", StringComparison.Ordinal)
                        || _query.StartsWith("topk", StringComparison.Ordinal)
                        || _query.StartsWith("bottomk", StringComparison.Ordinal);
                    return Difference(
                        [.. a.Samples.Select(One)], [.. b.Samples.Select(One)], isOrdered);
                case (MatrixValue a, MatrixValue b):
                    return Difference(a.Series, b.Series, isOrdered: true);
                default:
                    return $"{one.GetType().Name} became {many.GetType().Name}";
            }
        }

        private static MatrixSeries One(VectorSample sample) =>
            new(sample.Labels, [sample.At.Milliseconds], [sample.Value], sample.Histogram is null ? null : [sample.Histogram]);

        private string? Difference(IReadOnlyList<MatrixSeries> one, IReadOnlyList<MatrixSeries> many, bool isOrdered)
        {
            if (one.Count != many.Count)
            {
                return $"{one.Count} series became {many.Count}";
            }

            MatrixSeries[] left = isOrdered ? [.. one] : [.. one.OrderBy(s => s.Labels)];
            MatrixSeries[] right = isOrdered ? [.. many] : [.. many.OrderBy(s => s.Labels)];
            for (int i = 0; i < left.Length; i++)
            {
                if (!left[i].Labels.Equals(right[i].Labels))
                {
                    return $"{left[i].Labels} became {right[i].Labels}";
                }

                if (!left[i].Times.SequenceEqual(right[i].Times))
                {
                    return $"{left[i].Labels} at [{string.Join(' ', left[i].Times)}] became [{string.Join(' ', right[i].Times)}]";
                }

                for (int at = 0; at < left[i].Times.Length; at++)
                {
                    NativeHistogram? a = left[i].Histograms?[at];
                    NativeHistogram? b = right[i].Histograms?[at];
                    if (a is null != b is null || (a is null ? !Same(left[i].Values[at], right[i].Values[at]) : !Same(a, b!)))
                    {
                        return $"{left[i].Labels} at {left[i].Times[at]}: {a?.ToString() ?? $"{left[i].Values[at]:R}"} became {b?.ToString() ?? $"{right[i].Values[at]:R}"}";
                    }
                }
            }

            return null;
        }

        private bool Same(NativeHistogram a, NativeHistogram b) => _addsUp ? a.NearlyEquals(b, SumTolerance) : a.Equals(b);

        // -0 and 0 are one value: which of the two a maximum meets first is nobody's promise.
        private bool Same(double a, double b) =>
            a == b || (double.IsNaN(a) && double.IsNaN(b)) || (_addsUp && Math.Abs(a - b) <= SumTolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b))));

        private static string? Difference(string what, IReadOnlyList<string> one, IReadOnlyList<string> many) =>
            one.Order(StringComparer.Ordinal).SequenceEqual(many.Order(StringComparer.Ordinal)) ? null
                : $"{what} [{string.Join("; ", one)}] became [{string.Join("; ", many)}]";
    }
}
