using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>A hundred queries of death at once: each ends by a limit, the node goes on scraping, keeps its memory, and answers afterwards.</summary>
/// <remarks>
/// A longer run: <c>PLEIAD_DEATH_ALONE=1 PLEIAD_DEATH_ROUNDS=10 PLEIAD_DEATH_INTERVAL=1 dotnet test tests/System.Tests --filter QueriesOfDeath</c>.
/// Runs while no other test of this project does, because it takes all processors. That no scrape misses its slot is asserted where the machine is
/// known to do nothing else: the targets are served by this process, and a slot that they miss is nobody's fault.
/// </remarks>
[Collection(nameof(QueriesOfDeathTests))]
[CollectionDefinition(nameof(QueriesOfDeathTests), DisableParallelization = true)]
public sealed class QueriesOfDeathTests(ITestOutputHelper output)
{
    private const int Targets = 50;
    private const int SeriesEach = 40;
    private const int Queries = 100;
    private const long ResidentBytesMax = 3L << 30;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>What is asked, and the words of the limit that ends it; null where it may have an answer, being bait that does not bite.</summary>
    private static readonly (string Query, string? Ends)[] Deaths =
    [
        ("quantile_over_time(0.5, vector(1)[200000s:1s])", "timed out"),
        ("sum(quantile_over_time(0.9, death_0_total[1d:1s]))", null),
        ("max_over_time(vector(1)[10y:1ms])", "too many samples"),
        ("{__name__=~\".+\"} * on () group_left () {__name__=~\".+\"}", "many-to-many"),
        ("count(" + Many(30, "{__name__=~\".+\"}", " or ") + ")", null),
        (Nested(300, "(", "1", ")"), "nested deeper"),
        (Nested(240, "label_replace(", "up", ", \"instance\", \"$1$1$1$1$1$1\", \"instance\", \"(.*)\")"), "would make a label value"),
        ("count({instance=~\"(1+)+(2+)+(.*)*(7.0)*x\"})", null),
        ("count_values(\"v\", rate(death_1_total[1h:100ms]) + time() + on () group_left () vector(1))", null),
        ("quantile(0.5, {__name__=~\".+\"} or {__name__=~\".+\"} offset 1s) / " + Nested(200, "abs(", "sum(death_0_total)", ")"), null),
    ];

    private static bool IsAlone => Number("PLEIAD_DEATH_ALONE", 0) != 0;

    private static int Interval => Number("PLEIAD_DEATH_INTERVAL", 5);

    [Fact]
    public async Task Each_ends_by_a_limit_and_the_node_goes_on()
    {
        await using PageServer server = await PageServer.StartAsync();
        for (int target = 0; target < Targets; target++)
        {
            server.Serve($"/t{target.ToString(CultureInfo.InvariantCulture)}", () => Page());
        }

        using var scratch = new Scratch();
        string seconds = Interval.ToString(CultureInfo.InvariantCulture);
        string config = scratch.File("prometheus.yml", $"global: {{scrape_interval: {seconds}s, scrape_timeout: {seconds}s}}\nscrape_configs:\n"
            + string.Concat(Enumerable.Range(0, Targets).Select(target =>
                $"  - {{job_name: t{target}, metrics_path: /t{target}, static_configs: [{{targets: ['{server.Address}']}}]}}\n")));
        string limits = scratch.File("limits.conf", "pleiad.query { timeout = 2s, samples-max = 2000000, memory-max = 256MiB }\n");
        await using var pleiad = new PleiadServer(scratch.Folder("data"), config, RunningProgram.FreePort(), $"--conf={limits}");
        await pleiad.ReadyAsync(Limit);
        await Pause.UntilAsync(async () => await UpAsync(pleiad) == Targets, Limit, () => "not all targets are up: " + pleiad.Output);

        double missedBefore = await MetricAsync(pleiad, "pleiad_actors_scrape_slots_missed");
        double failedBefore = await MetricAsync(pleiad, "pleiad_actors_scrapes_failed");
        pleiad.ForgetResidentBytesPeak();
        var watch = Stopwatch.StartNew();
        for (int round = Number("PLEIAD_DEATH_ROUNDS", 1); round > 0; round--)
        {
            await Task.WhenAll(Enumerable.Range(0, Queries).Select(number => Task.Run(() => DieAsync(pleiad, Deaths[number % Deaths.Length], number))));
        }

        double stormSeconds = watch.Elapsed.TotalSeconds;
        double missed = await MetricAsync(pleiad, "pleiad_actors_scrape_slots_missed") - missedBefore;
        double failed = await MetricAsync(pleiad, "pleiad_actors_scrapes_failed") - failedBefore;
        long peak = pleiad.ResidentBytesPeak;
        output.WriteLine($"{Queries} queries at once took {stormSeconds:F1} s; {missed} slots missed, {failed} scrapes failed, {peak >> 20} MB resident at most");
        if (IsAlone)
        {
            Assert.Equal(0, missed);
            Assert.Equal(0, failed);
        }

        Assert.True(peak < ResidentBytesMax, $"{peak >> 20} MB resident");

        // Nothing is left of them: the limits count, queries are answered, all targets are up.
        Assert.True(await MetricAsync(pleiad, "pleiad_actors_queries_limited") > 0, "no limit was counted");
        await Pause.UntilAsync(
            async () => (await pleiad.Client.DataAsync("/api/v1/queries")).GetProperty("running").GetArrayLength() == 0, Limit, () => "queries go on: " + pleiad.Output);

        // A scrape that failed meanwhile is made good by the next.
        await Pause.UntilAsync(
            async () => await UpAsync(pleiad) == Targets
                && (await pleiad.Client.VectorAsync("count({__name__=~\"death_.*\"})")).Values.SingleOrDefault() == (Targets * SeriesEach).ToString(CultureInfo.InvariantCulture),
            Limit,
            () => "not all targets are back: " + pleiad.Output);
    }

    private static async Task DieAsync(PleiadServer pleiad, (string Query, string? Ends) death, int number)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var http = new HttpClient { BaseAddress = pleiad.Client.Http.BaseAddress, Timeout = Limit };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["query"] = death.Query,
            ["start"] = (now - 10_000).ToString(CultureInfo.InvariantCulture),
            ["end"] = now.ToString(CultureInfo.InvariantCulture),
            ["step"] = "1",
        });
        using HttpResponseMessage answer = await http.PostAsync("/api/v1/query_range", form);
        string body = await answer.Content.ReadAsStringAsync();
        if (death.Ends is null && answer.StatusCode == HttpStatusCode.OK)
        {
            return;
        }

        using JsonDocument json = JsonDocument.Parse(body);
        string what = $"query {number}, {death.Query[..Math.Min(80, death.Query.Length)]}: {(int)answer.StatusCode} {body[..Math.Min(400, body.Length)]}";
        Assert.True(json.RootElement.GetProperty("status").GetString() == "error", what);
        string type = json.RootElement.GetProperty("errorType").GetString()!;
        string error = json.RootElement.GetProperty("error").GetString()!;

        // Each may also wait in the queue until its time is over, or find that all of them together hold too much.
        bool waited = error.StartsWith("query timed out in", StringComparison.Ordinal) || error.Contains("would hold more than", StringComparison.Ordinal);
        Assert.True(waited || death.Ends is null || error.Contains(death.Ends, StringComparison.Ordinal), what);
        Assert.True(((int)answer.StatusCode, type) is (400, "bad_data") or (422, "execution") or (503, "timeout") or (503, "unavailable"), what);
    }

    private static string Page()
    {
        var page = new StringBuilder();
        for (int series = 0; series < SeriesEach; series++)
        {
            page.Append(CultureInfo.InvariantCulture, $"death_{series % 4}_total{{n=\"{series}\"}} {Environment.TickCount64}\n");
        }

        return page.ToString();
    }

    private static async Task<int> UpAsync(PleiadServer pleiad) => (await pleiad.Client.VectorAsync("up == 1")).Count;

    private static async Task<double> MetricAsync(PleiadServer pleiad, string name)
    {
        string page = await pleiad.Client.Http.GetStringAsync("/metrics");
        return page.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private static string Nested(int levels, string before, string core, string behind) =>
        string.Concat(Enumerable.Repeat(before, levels)) + core + string.Concat(Enumerable.Repeat(behind, levels));

    private static string Many(int count, string part, string between) => string.Join(between, Enumerable.Repeat(part, count));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
