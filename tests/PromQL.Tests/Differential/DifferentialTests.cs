using System.Globalization;
using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>
/// The same random queries over the same samples here and in Debian's Prometheus 2.42. What the two are known to differ in is left out of
/// data and language, with its reason, in <see cref="DifferentialData"/> and <see cref="OldLanguage"/>; annotations 2.42 does not have.
/// </summary>
/// <remarks>A longer run: <c>PLEIAD_DIFFERENTIAL_QUERIES=5000 dotnet test tests/PromQL.Tests --filter Differential</c>.</remarks>
public sealed class DifferentialTests
{
    private const int Queries = 500;
    private const int Seed = 20_261_130;
    private const double Tolerance = 1e-9;

    [SkippableFact]
    public async Task Random_queries_have_the_answers_of_Prometheus()
    {
        Skip.IfNot(ReferenceServer.IsInstalled, "Debian's prometheus is not installed");
        using ReferenceServer reference = await ReferenceServer.StartAsync(DifferentialData.OpenMetrics());
        IFragmentRunner shards = new ShardedData([.. DifferentialData.Series().Select(one => (Labels.From(one.Labels), one.Times, one.Values))]).On(8, threads: 2);
        var engine = new Engine(new EngineSettings(), TimeProvider.System);
        int queries = int.TryParse(Environment.GetEnvironmentVariable("PLEIAD_DIFFERENTIAL_QUERIES"), CultureInfo.InvariantCulture, out int more) ? more : Queries;
        var differences = new List<string>();
        int withSeries = 0;
        for (int number = 0; number < queries; number++)
        {
            var random = new Random(Seed + number);
            string query = new OldLanguage(random).Query();
            bool isRange = random.Next(2) == 0;
            Timestamp start = new(DifferentialData.At(random.Next(12, 36)));
            Timestamp end = isRange ? start + TimeSpan.FromMinutes(random.Next(1, 6)) : start;
            SortedDictionary<Labels, (long, double)[]>? theirs = Theirs(await AskAsync(reference, query, isRange, start, end));
            SortedDictionary<Labels, (long, double)[]>? ours = await OursAsync(engine, shards, query, isRange, start, end);
            withSeries += theirs?.Count > 0 ? 1 : 0;
            if (Difference(theirs, ours) is { } difference)
            {
                differences.Add($"query {number} of seed {Seed}, `{query}` from {start} to {end}: {difference}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {queries} answers differ:\n{string.Join('\n', differences.Take(20))}");
        Assert.True(withSeries > queries / 3, $"only {withSeries} of {queries} queries found series");
    }

    private static Task<JsonElement?> AskAsync(ReferenceServer reference, string query, bool isRange, Timestamp start, Timestamp end) => isRange
        ? reference.AskAsync("query_range", ("query", query), ("start", Seconds(start)), ("end", Seconds(end)), ("step", "60"))
        : reference.AskAsync("query", ("query", query), ("time", Seconds(start)));

    private static string Seconds(Timestamp at) => (at.Milliseconds / 1000).ToString(CultureInfo.InvariantCulture);

    private static async Task<SortedDictionary<Labels, (long Time, double Value)[]>?> OursAsync(
        Engine engine, ISeriesSource source, string query, bool isRange, Timestamp start, Timestamp end)
    {
        try
        {
            QueryResult result = isRange
                ? await engine.RangeAsync(query, start, end, TimeSpan.FromMinutes(1), source, QueryRunOptions.Default, CancellationToken.None)
                : await engine.InstantAsync(query, start, source, QueryRunOptions.Default, CancellationToken.None);
            var found = new SortedDictionary<Labels, (long, double)[]>();
            switch (result.Value)
            {
                case ScalarValue scalar:
                    found.Add(Labels.Empty, [(scalar.At.Milliseconds, scalar.Value)]);
                    break;
                case VectorValue vector:
                    foreach (VectorSample sample in vector.Samples)
                    {
                        found.Add(sample.Labels, [(sample.At.Milliseconds, sample.Value)]);
                    }

                    break;
                case MatrixValue matrix:
                    foreach (MatrixSeries series in matrix.Series)
                    {
                        found.Add(series.Labels, [.. series.Times.Zip(series.Values)]);
                    }

                    break;
            }

            return found;
        }
        catch (QueryException error) when (error.Kind == QueryErrorKind.Execution)
        {
            return null;
        }
    }

    private static SortedDictionary<Labels, (long Time, double Value)[]>? Theirs(JsonElement? data)
    {
        if (data is not { } answer)
        {
            return null;
        }

        var found = new SortedDictionary<Labels, (long, double)[]>();
        JsonElement result = answer.GetProperty("result");
        if (answer.GetProperty("resultType").GetString() == "scalar")
        {
            found.Add(Labels.Empty, [Sample(result)]);
            return found;
        }

        foreach (JsonElement series in result.EnumerateArray())
        {
            Labels labels = Labels.From([.. series.GetProperty("metric").EnumerateObject().Select(l => (l.Name, l.Value.GetString()!))]);
            found.Add(labels, series.TryGetProperty("value", out JsonElement value)
                ? [Sample(value)]
                : [.. series.GetProperty("values").EnumerateArray().Select(Sample)]);
        }

        return found;
    }

    private static (long Time, double Value) Sample(JsonElement pair)
    {
        string text = pair[1].GetString()!;
        double value = text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };
        return ((long)Math.Round(pair[0].GetDouble() * 1000), value);
    }

    private static string? Difference(
        SortedDictionary<Labels, (long Time, double Value)[]>? theirs, SortedDictionary<Labels, (long Time, double Value)[]>? ours)
    {
        if (theirs is null || ours is null)
        {
            return theirs is null && ours is null ? null : $"{(theirs is null ? "an error" : "an answer")} became {(ours is null ? "an error" : "an answer")}";
        }

        if (!theirs.Keys.SequenceEqual(ours.Keys))
        {
            return $"[{string.Join(' ', theirs.Keys.Except(ours.Keys).Take(3))}] became [{string.Join(' ', ours.Keys.Except(theirs.Keys).Take(3))}]";
        }

        foreach ((Labels labels, (long Time, double Value)[] samples) in theirs)
        {
            (long Time, double Value)[] mine = ours[labels];
            if (!samples.Select(s => s.Time).SequenceEqual(mine.Select(s => s.Time)))
            {
                return $"{labels} at [{string.Join(' ', samples.Select(s => s.Time))}] became [{string.Join(' ', mine.Select(s => s.Time))}]";
            }

            for (int i = 0; i < samples.Length; i++)
            {
                if (!Same(samples[i].Value, mine[i].Value))
                {
                    return $"{labels} at {samples[i].Time}: {samples[i].Value:R} became {mine[i].Value:R}";
                }
            }
        }

        return null;
    }

    private static bool Same(double a, double b) =>
        a == b || (double.IsNaN(a) && double.IsNaN(b)) || Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));
}
