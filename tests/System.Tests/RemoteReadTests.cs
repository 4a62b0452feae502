namespace Pleiad.Outside.Tests;

/// <summary>Debian's Prometheus 2.42 has nothing of its own and reads everything from Pleiad, as a stream of chunks.</summary>
public sealed class RemoteReadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Prometheus_answers_queries_with_what_it_reads_here()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        await using PageServer exporter = await PageServer.StartAsync();
        int pages = 0;
        exporter.Serve("/metrics", () =>
        {
            int page = Interlocked.Increment(ref pages);
            return $"page_total {page}\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"wave{{i=\"{i}\"}} {Math.Sin(page * i):R}\n"));
        });
        using var scratch = new Scratch();
        int port = RunningProgram.FreePort();
        string scraping = scratch.File("scraping.yml", $$"""
            global: {scrape_interval: 100ms, scrape_timeout: 100ms}
            scrape_configs:
              - job_name: read
                static_configs: [{targets: ['{{exporter.Address}}']}]
            """);
        string reading = scratch.File("reading.yml", $$"""
            global: {scrape_interval: 1h}
            remote_read:
              - url: http://127.0.0.1:{{port}}/api/v1/read
                read_recent: true
            """);
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), scraping, port);
        await using var prometheus = new PrometheusServer(scratch.Folder("prometheus"), reading, RunningProgram.FreePort());
        await pleiad.ReadyAsync(Limit);
        await prometheus.ReadyAsync(Limit);

        // More than one chunk of 120 samples, up to the newest page that is there whole.
        double until = 0;
        await Pause.UntilAsync(
            async () =>
            {
                List<(long TimeMs, string Value)>? samples = (await pleiad.Client.RawAsync(
                    "page_total[1h]", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0)).Values.FirstOrDefault();
                until = samples?.Count > 130 ? samples[^1].TimeMs / 1000.0 : 0;
                return until > 0;
            },
            Limit,
            () => "too few samples: " + pleiad.Output);
        foreach (string selector in (string[])["page_total[1h]", "wave{i=~\"1.*\"}[1h]", "{job=\"read\",__name__!~\"wave|scrape.*\"}[1h]"])
        {
            Dictionary<string, List<(long TimeMs, string Value)>> ours = await pleiad.Client.RawAsync(selector, until);
            Dictionary<string, List<(long TimeMs, string Value)>> theirs = await prometheus.Client.RawAsync(selector, until);
            Assert.NotEmpty(ours);
            Assert.Equal(ours.Keys.Order(StringComparer.Ordinal), theirs.Keys.Order(StringComparer.Ordinal));
            Assert.All(ours, series => Assert.Equal(series.Value, theirs[series.Key]));
        }
    }
}
