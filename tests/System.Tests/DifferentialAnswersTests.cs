using System.Globalization;
using System.Net;
using System.Text.Json;
using Pleiad.PromQL.Tests;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>
/// The random queries of PromQL.Tests `Differential` once more, over HTTP: what reaches a client of Pleiad is what one of Debian's Prometheus
/// 2.42 gets from the same samples: status, kinds of errors and results, order of series, times as they are written, values.
/// </summary>
/// <remarks>A longer run: <c>PLEIAD_DIFFERENTIAL_QUERIES=5000 dotnet test tests/System.Tests --filter DifferentialAnswers</c>.</remarks>
public sealed class DifferentialAnswersTests(ITestOutputHelper output)
{
    private const int Queries = 250;
    private const int Seed = 20_261_130;
    private const double Tolerance = 1e-9;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Random_queries_are_answered_as_Prometheus_does()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        using var scratch = new Scratch();
        string none = scratch.File("none.yml", "global: {evaluation_interval: 1m}\n");
        string samples = scratch.File("data.om", DifferentialData.OpenMetrics());
        string theirs = scratch.Folder("prometheus");
        string ours = scratch.Folder("pleiad");
        await RunAsync(RunningProgram.Find("promtool")!, "tsdb", "create-blocks-from", "openmetrics", samples, theirs);
        await RunAsync(PleiadServer.Binary, "import", "openmetrics", samples, "--storage.path=" + ours);
        await using var prometheus = new PrometheusServer(theirs, none, RunningProgram.FreePort(), "--storage.tsdb.retention.time=100y");
        await using var pleiad = new PleiadServer(ours, none, RunningProgram.FreePort(), "--storage.tsdb.retention.time=36500d");
        await prometheus.ReadyAsync(Limit);
        await pleiad.ReadyAsync(Limit);

        int queries = int.TryParse(Environment.GetEnvironmentVariable("PLEIAD_DIFFERENTIAL_QUERIES"), CultureInfo.InvariantCulture, out int more) ? more : Queries;
        var differences = new List<string>();
        int withSeries = 0;
        for (int number = 0; number < queries; number++)
        {
            var random = new Random(Seed + number);
            string query = new OldLanguage(random).Query();
            bool isRange = random.Next(2) == 0;
            long start = DifferentialData.At(random.Next(12, 36));
            long end = isRange ? start + (random.Next(1, 6) * 60_000) : start;
            Answer there = await AskAsync(prometheus, query, isRange, start, end);
            Answer here = await AskAsync(pleiad, query, isRange, start, end);
            withSeries += there.Series.Count > 0 ? 1 : 0;
            if (Difference(there, here) is { } difference)
            {
                differences.Add($"query {number} of seed {Seed}, `{query}` from {start} to {end}: {difference}");
            }
        }

        output.WriteLine($"{queries} queries, {withSeries} of them with series, {differences.Count} differences");
        Assert.True(differences.Count == 0, $"{differences.Count} of {queries} answers differ:\n{string.Join('\n', differences.Take(20))}");
        Assert.True(withSeries > queries / 3, $"only {withSeries} of {queries} queries found series");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        await using var running = new RunningProgram(program, arguments);
        Assert.True(await running.WaitForExitAsync(Limit) == 0, running.Output);
    }

    private static async Task<Answer> AskAsync(PromServer server, string query, bool isRange, long start, long end)
    {
        var parameters = new Dictionary<string, string> { ["query"] = query };
        if (isRange)
        {
            (parameters["start"], parameters["end"], parameters["step"]) = (Seconds(start), Seconds(end), "60");
        }
        else
        {
            parameters["time"] = Seconds(start);
        }

        using var form = new FormUrlEncodedContent(parameters);
        using HttpResponseMessage response = await server.Client.Http.PostAsync(isRange ? "/api/v1/query_range" : "/api/v1/query", form);
        string type = response.Content.Headers.ContentType?.ToString() ?? string.Empty;
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        JsonElement root = body.RootElement;
        if (root.GetProperty("status").GetString() != "success")
        {
            return new Answer(response.StatusCode, type, "error " + root.GetProperty("errorType").GetString(), [], []);
        }

        JsonElement data = root.GetProperty("data");
        string kind = data.GetProperty("resultType").GetString()!;
        JsonElement result = data.GetProperty("result");
        var order = new List<string>();
        var series = new Dictionary<string, List<(string Time, string Value)>>();
        foreach (JsonElement one in kind is "scalar" or "string" ? [data] : result.EnumerateArray().AsEnumerable())
        {
            string labels = one.TryGetProperty("metric", out JsonElement metric) ? metric.GetRawText() : string.Empty;
            List<(string, string)> points = one.TryGetProperty("values", out JsonElement values)
                ? [.. values.EnumerateArray().Select(Point)]
                : [Point(one.TryGetProperty("value", out JsonElement value) ? value : result)];
            order.Add(labels);
            series.Add(labels, points);
        }

        return new Answer(response.StatusCode, type, kind, order, series);
    }

    private static (string Time, string Value) Point(JsonElement pair) => (pair[0].GetRawText(), pair[1].GetString()!);

    private static string Seconds(long ms) => (ms / 1000).ToString(CultureInfo.InvariantCulture);

    private static string? Difference(Answer there, Answer here)
    {
        if ((there.Status, there.Type, there.Kind) != (here.Status, here.Type, here.Kind))
        {
            return $"{(there.Status, there.Type, there.Kind)} became {(here.Status, here.Type, here.Kind)}";
        }

        // The order of an instant vector is nobody's promise unless it is sorted; a matrix is in order of its labels.
        IEnumerable<string> left = there.Kind == "matrix" ? there.Order : there.Order.Order(StringComparer.Ordinal);
        IEnumerable<string> right = here.Kind == "matrix" ? here.Order : here.Order.Order(StringComparer.Ordinal);
        if (!left.SequenceEqual(right))
        {
            return $"[{string.Join(' ', left.Take(5))}] became [{string.Join(' ', right.Take(5))}]";
        }

        foreach ((string labels, List<(string Time, string Value)> points) in there.Series)
        {
            List<(string Time, string Value)> mine = here.Series[labels];
            if (!points.Select(point => point.Time).SequenceEqual(mine.Select(point => point.Time)))
            {
                return $"{labels} at [{string.Join(' ', points.Select(point => point.Time))}] became [{string.Join(' ', mine.Select(point => point.Time))}]";
            }

            for (int i = 0; i < points.Count; i++)
            {
                if (!Same(points[i].Value, mine[i].Value))
                {
                    return $"{labels} at {points[i].Time}: {points[i].Value} became {mine[i].Value}";
                }
            }
        }

        return null;
    }

    // Equal numbers are written with the same digits.
    private static bool Same(string there, string here)
    {
        if (there == here)
        {
            return true;
        }

        return TryNumber(there, out double a) && TryNumber(here, out double b) && a != b
            && Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private sealed record Answer(
        HttpStatusCode Status, string Type, string Kind, IReadOnlyList<string> Order, Dictionary<string, List<(string Time, string Value)>> Series);
}
