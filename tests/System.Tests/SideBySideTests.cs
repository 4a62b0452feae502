using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>Pleiad and Debian's Prometheus 2.42 scrape the same pages; both must hold the same series with the same values.</summary>
public sealed class SideBySideTests(ITestOutputHelper output)
{
    private static readonly TimeSpan ScrapesLimit = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Static_expositions_of_real_exporters_give_the_same_series_and_values()
    {
        string? folder = Repository.Conformance("exporters");
        Skip.If(folder is null, "the conformance data (../shared/conformance/exporters) is not there");
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        string[] pages = [.. Directory.GetFiles(folder, "*.prom").Order(StringComparer.Ordinal)];

        await using PageServer exporter = await PageServer.StartAsync();
        foreach (string page in pages)
        {
            string text = await File.ReadAllTextAsync(page);
            exporter.Serve("/" + Path.GetFileNameWithoutExtension(page), () => text);
        }

        string[] jobs = [.. pages.Select(page => Path.GetFileNameWithoutExtension(page)!)];
        using var scratch = new Scratch();
        string config = scratch.File("prometheus.yml", Config(exporter.Address, jobs));
        await using var prometheus = new PrometheusServer(scratch.Folder("prometheus"), config, RunningProgram.FreePort());
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), config, RunningProgram.FreePort());
        await BothUpAsync(prometheus, pleiad, jobs.Length);

        output.WriteLine("| page | series | scrape_samples_scraped | equal |");
        foreach (string job in jobs)
        {
            await CompareAsync(prometheus, pleiad, $"{{job=\"{job}\"}}", job);
        }
    }

    [SkippableFact]
    public async Task A_live_node_exporter_gives_the_same_series_and_the_same_values_at_the_same_page()
    {
        string? program = RunningProgram.Find("prometheus-node-exporter");
        Skip.If(program is null, "Debian's prometheus-node-exporter is not installed");
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        int port = RunningProgram.FreePort();
        await using var node = new RunningProgram(program, [$"--web.listen-address=127.0.0.1:{port}"]);
        using var http = new HttpClient();
        await Pause.UntilAsync(() => AnswersAsync(http, port), TimeSpan.FromSeconds(20), () => "node_exporter does not answer: " + node.Output);

        // Both servers must see the same page: a page of the live exporter is taken, numbered, and served until the next is taken.
        await using PageServer shared = await PageServer.StartAsync();
        string held = string.Empty;
        shared.Serve("/metrics", () => held);
        async Task TakeAsync(int generation) => held =
            await http.GetStringAsync($"http://127.0.0.1:{port}/metrics")
            + $"page_generation {generation.ToString(CultureInfo.InvariantCulture)}\n";
        await TakeAsync(1);

        using var scratch = new Scratch();
        string config = scratch.File("prometheus.yml", $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: node
                static_configs: [{targets: ['{{shared.Address}}']}]
            """);
        await using var prometheus = new PrometheusServer(scratch.Folder("prometheus"), config, RunningProgram.FreePort());
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), config, RunningProgram.FreePort());
        await BothUpAsync(prometheus, pleiad, 1);
        for (int generation = 2; generation <= 4; generation++)
        {
            await TakeAsync(generation);
            string wanted = generation.ToString(CultureInfo.InvariantCulture);
            await Pause.UntilAsync(
                async () => await HasGenerationAsync(prometheus, wanted) && await HasGenerationAsync(pleiad, wanted),
                ScrapesLimit,
                () => $"page {wanted} did not reach both servers.\n{pleiad.Output}");
            await CompareAsync(prometheus, pleiad, "{job=\"node\"}", $"node_exporter, page {wanted}");
        }
    }

    private static async Task<bool> HasGenerationAsync(PromServer server, string wanted) =>
        (await server.Client.VectorAsync("page_generation")).Values.FirstOrDefault() == wanted;

    private static async Task<bool> AnswersAsync(HttpClient http, int port)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync($"http://127.0.0.1:{port}/metrics");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Config(string address, IEnumerable<string> jobs) =>
        "global: {scrape_interval: 2s, scrape_timeout: 2s}\nscrape_configs:\n" + string.Concat(jobs.Select(job =>
            $"  - job_name: {job}\n    metrics_path: /{job}\n    honor_timestamps: false\n    static_configs: [{{targets: ['{address}'], labels: {{page: {job}}}}}]\n"));

    private static async Task BothUpAsync(PrometheusServer prometheus, PleiadServer pleiad, int targets)
    {
        await prometheus.ReadyAsync(ScrapesLimit);
        await pleiad.ReadyAsync(ScrapesLimit);
        foreach (PromServer server in (PromServer[])[prometheus, pleiad])
        {
            await Pause.UntilAsync(
                async () => (await server.Client.VectorAsync("count(up == 1)")).Values.FirstOrDefault() == targets.ToString(CultureInfo.InvariantCulture),
                ScrapesLimit,
                () => $"not all {targets} targets of {server.GetType().Name} are up.\n{server.Output}");
        }
    }

    private async Task CompareAsync(PrometheusServer prometheus, PleiadServer pleiad, string selector, string title)
    {
        // scrape_duration_seconds and scrape_series_added tell of the scrape, not of the page.
        const string OfTheScrape = "scrape_duration_seconds|scrape_series_added";
        string query = selector[..^1] + $",__name__!~\"{OfTheScrape}\"}}";
        long began = Stopwatch.GetTimestamp();
        Dictionary<string, string> theirs = await prometheus.Client.VectorAsync(query);
        Dictionary<string, string> ours = await pleiad.Client.VectorAsync(query);
        string[] missing = [.. theirs.Keys.Except(ours.Keys)];
        string[] extra = [.. ours.Keys.Except(theirs.Keys)];
        string[] differing = [.. theirs.Where(pair => ours.TryGetValue(pair.Key, out string? value) && !SameNumber(pair.Value, value))
            .Select(pair => $"{pair.Key}: {pair.Value} there, {ours[pair.Key]} here")];
        Assert.True(
            missing.Length + extra.Length + differing.Length == 0,
            $"{title}: {missing.Length} series missing, {extra.Length} too many, {differing.Length} values differ\n"
            + string.Join('\n', missing.Take(5).Select(series => "missing " + series))
            + string.Join('\n', extra.Take(5).Select(series => "extra " + series))
            + string.Join('\n', differing.Take(5)));
        string scraped = ours.First(pair => pair.Key.StartsWith("__name__=scrape_samples_scraped", StringComparison.Ordinal)).Value;
        output.WriteLine($"| {title} | {ours.Count} | {scraped} | yes, compared in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms |");
    }

    private static bool SameNumber(string left, string right) =>
        left == right || double.Parse(left, CultureInfo.InvariantCulture).Equals(double.Parse(right, CultureInfo.InvariantCulture));
}
