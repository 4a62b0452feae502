using System.Globalization;
using System.Text;
using Pleiad.TestKit;

namespace Pleiad.Outside.Tests;

/// <summary>History of Debian's Prometheus 2.42 comes along: as its own blocks, and as OpenMetrics; queries then say the same.</summary>
public sealed class BackfillTests
{
    private const int Hours = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Blocks_of_Prometheus_answer_as_they_did_there()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        await using PageServer exporter = await PageServer.StartAsync();
        int pages = 0;
        exporter.Serve("/metrics", async context =>
        {
            context.Response.ContentType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
            await context.Response.Body.WriteAsync(HistogramPage(Interlocked.Increment(ref pages)));
        });
        using var scratch = new Scratch();
        string config = scratch.File(
            "prometheus.yml",
            $"global: {{scrape_interval: 100ms, scrape_timeout: 100ms}}\nscrape_configs:\n  - job_name: live\n    static_configs: [{{targets: ['{exporter.Address}']}}]\n");
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        long start = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 3600 * 3600) - (48 * 3600);
        string history = scratch.File("history.om", History(start));
        string theirs = scratch.Folder("prometheus");
        await RunAsync(RunningProgram.Find("promtool")!, 0, "tsdb", "create-blocks-from", "openmetrics", history, theirs);

        await using var prometheus = new PrometheusServer(
            theirs, config, RunningProgram.FreePort(), "--enable-feature=native-histograms", "--web.enable-admin-api");
        await prometheus.ReadyAsync(Limit);
        await Pause.UntilAsync(
            async () => (await prometheus.Client.VectorAsync("count_over_time(latency[1h]) > 20")).Count == 1, Limit, () => "no histograms: " + prometheus.Output);
        string gone = string.Create(
            CultureInfo.InvariantCulture, $"/api/v1/admin/tsdb/delete_series?match[]=temp&start={start + 3600}&end={start + 7200}");
        using (await prometheus.Client.Http.PostAsync(gone, null))
        {
        }

        using HttpResponseMessage copied = await prometheus.Client.Http.PostAsync("/api/v1/admin/tsdb/snapshot", null);
        Assert.True(copied.IsSuccessStatusCode, await copied.Content.ReadAsStringAsync());
        string snapshot = Directory.GetDirectories(Path.Combine(theirs, "snapshots")).Single();
        string ours = scratch.Folder("pleiad");
        string first = await RunAsync(PleiadServer.Binary, 0, "import", "blocks", snapshot, "--storage.path=" + ours);
        Assert.Contains("there already: 0", first, StringComparison.Ordinal);
        string second = await RunAsync(PleiadServer.Binary, 0, "import", "blocks", snapshot, "--storage.path=" + ours);
        Assert.Contains("written: 0 in 0 blocks", second, StringComparison.Ordinal);

        await using var pleiad = new PleiadServer(ours, none, RunningProgram.FreePort());
        await pleiad.ReadyAsync(Limit);
        Dictionary<string, List<(long TimeMs, string Value)>> floats = await pleiad.Client.RawAsync("{__name__=~\"temp|asked_total\"}[7h]", start + (6 * 3600));
        Assert.Equal(4, floats.Count);
        Assert.Equal(await prometheus.Client.RawAsync("{__name__=~\"temp|asked_total\"}[7h]", start + (6 * 3600)), floats);
        Assert.DoesNotContain(floats.Where(static pair => pair.Key.Contains("temp", StringComparison.Ordinal)).SelectMany(static pair => pair.Value), sample =>
            sample.TimeMs >= (start + 3600) * 1000 && sample.TimeMs <= (start + 7200) * 1000);
        double last = (await pleiad.Client.VectorAsync("max(max_over_time(timestamp(up)[1h:100ms]))")).Values.Select(static text => double.Parse(text, CultureInfo.InvariantCulture)).Single();

        // 2.42 counts a sample at the very beginning of a range, 3 does not: no range begins at one.
        HashSet<long> scraped = [.. (await pleiad.Client.RawAsync("up[1h]", last)).Values.SelectMany(static samples => samples).Select(static sample => sample.TimeMs)];
        long lastMs = (long)Math.Round(last * 1000);
        for (long atMs = lastMs - 1983; atMs <= lastMs; atMs += 250)
        {
            while (scraped.Contains(atMs - 1000))
            {
                atMs++;
            }

            double at = atMs / 1000.0;
            foreach (string query in (string[])["histogram_count(latency)", "histogram_sum(latency)", "histogram_count(rate(latency[1s]))", "up"])
            {
                Assert.Equal(await prometheus.Client.VectorAsync(query, at), await pleiad.Client.VectorAsync(query, at));
            }
        }
    }

    [SkippableFact]
    public async Task A_file_of_OpenMetrics_comes_in_and_goes_out_and_Prometheus_reads_it_alike()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        using var scratch = new Scratch();
        long start = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 3600 * 3600) - (60 * 24 * 3600);
        string text = History(start);
        string history = scratch.File("history.om", text);
        string ours = scratch.Folder("pleiad");
        string said = await RunAsync(PleiadServer.Binary, 0, "import", "openmetrics", history, "--storage.path=" + ours, "--samples-max=1000");
        Assert.Contains("--storage.tsdb.retention.time=61d", said, StringComparison.Ordinal);

        string cut = scratch.File("cut.om", text[..(text.Length / 2)] + "\nnonsense\n# EOF\n");
        string wrong = await RunAsync(PleiadServer.Binary, 1, "import", "openmetrics", cut, "--storage.path=" + ours);
        Assert.Contains("cut.om, line ", wrong, StringComparison.Ordinal);

        string all = Path.Combine(scratch.Path, "all.om");
        await RunAsync(PleiadServer.Binary, 0, "export", "--storage.path=" + ours, "--output=" + all);
        Assert.Equal(Samples(text).Order(StringComparer.Ordinal), Samples(await File.ReadAllTextAsync(all)).Order(StringComparer.Ordinal));
        string part = Path.Combine(scratch.Path, "part.om");
        string from = (start + 3600).ToString(CultureInfo.InvariantCulture);
        await RunAsync(PleiadServer.Binary, 0, "export", "--storage.path=" + ours, "--match=temp{zone=\"ä\"}", "--match={__name__=\"temp\"}", "--end=" + from, "-o", part);
        Assert.Equal(
            Samples(text).Where(line => line.StartsWith("temp", StringComparison.Ordinal) && double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture) <= start + 3600).Order(StringComparer.Ordinal),
            Samples(await File.ReadAllTextAsync(part)).Order(StringComparer.Ordinal));

        string theirs = scratch.Folder("prometheus");
        await RunAsync(RunningProgram.Find("promtool")!, 0, "tsdb", "create-blocks-from", "openmetrics", all, theirs);
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        await using var prometheus = new PrometheusServer(theirs, none, RunningProgram.FreePort(), "--storage.tsdb.retention.time=90d");
        await using var pleiad = new PleiadServer(ours, none, RunningProgram.FreePort(), "--storage.tsdb.retention.time=90d");
        await prometheus.ReadyAsync(Limit);
        await pleiad.ReadyAsync(Limit);
        Dictionary<string, List<(long TimeMs, string Value)>> found = await pleiad.Client.RawAsync("{__name__=~\".+\"}[7h]", start + (6 * 3600));
        Assert.Equal(4, found.Count);
        Assert.Equal(await prometheus.Client.RawAsync("{__name__=~\".+\"}[7h]", start + (6 * 3600)), found);
    }

    // Counters with resets and gauges with noise and odd times, five hours of them.
    private static string History(long start)
    {
        var text = new StringBuilder();
        var random = new Random(7);
        for (int series = 0; series < 2; series++)
        {
            long value = 0;
            for (long at = start; at < start + (Hours * 3600); at += 30)
            {
                value = random.Next(200) == 0 ? 0 : value + random.Next(90);
                text.Append(CultureInfo.InvariantCulture, $"asked_total{{code=\"{200 + series}\",instance=\"h{series}:80\"}} {value} {at}.000\n");
            }
        }

        for (int series = 0; series < 2; series++)
        {
            for (long at = start; at < start + (Hours * 3600); at += 60)
            {
                string zone = series == 0 ? "ä" : "b \\\"c\\\"";
                double value = Math.Round(20 + (random.NextDouble() * 9), 2 + (13 * series));
                text.Append(CultureInfo.InvariantCulture, $"temp{{zone=\"{zone}\"}} {value:R} {at}.{random.Next(1000):D3}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    private static IEnumerable<string> Samples(string text) => text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#');

    // A native histogram that grows in one bucket, then in another, and begins anew at each twentieth page.
    private static byte[] HistogramPage(int page)
    {
        int since = page % 20;
        ProtoMessage histogram = new ProtoMessage().Varint(1, 3 * since).Double(2, 1.25 * since).ZigZag(5, 1).Double(6, 0.001).Varint(7, since / 2)
            .Message(12, new ProtoMessage().ZigZag(1, -1).Varint(2, 2)).ZigZag(13, 2 * since).ZigZag(13, -(3 * since / 2));
        ProtoMessage latency = new ProtoMessage().Text(1, "latency").Text(2, "Latency.").Varint(3, 4)
            .Message(4, new ProtoMessage().Message(7, histogram));
        return new ProtoMessage().Message(1, latency).ToArray()[1..];
    }

    private static async Task<string> RunAsync(string program, int expected, params string[] arguments)
    {
        await using var run = new RunningProgram(program, arguments);
        int code = await run.WaitForExitAsync(Limit);
        Assert.True(code == expected, $"{program} {string.Join(' ', arguments)} ended with code {code}:\n{run.Output}");
        return run.Output;
    }
}
