using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>Debian's Prometheus 2.42 sends what it scrapes to Pleiad by remote write; both must hold the same samples.</summary>
public sealed class RemoteWriteTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task What_Prometheus_sends_is_what_it_has_itself_stale_markers_and_metadata_included()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        await using PageServer exporter = await PageServer.StartAsync();
        int pages = 0;
        exporter.Serve("/metrics", () =>
        {
            int page = Interlocked.Increment(ref pages);
            string passing = page <= 3 ? "passing 1\n" : string.Empty;
            return $"# HELP page_total Pages.\n# TYPE page_total counter\npage_total {page.ToString(CultureInfo.InvariantCulture)}\n{passing}"
                + "odd{value=\"NaN\",text=\"Küche \\\"🍲\\\"\\n\"} NaN\nodd{value=\"+Inf\"} +Inf\nodd{value=\"tiny\"} -4.9e-324\n"
                + string.Concat(Enumerable.Range(0, 500).Select(i => $"wave{{i=\"{i}\"}} {(page * 31 + i) % 97}.5\n"));
        });

        using var scratch = new Scratch();
        int port = RunningProgram.FreePort();
        string config = scratch.File("prometheus.yml", $$"""
            global:
              scrape_interval: 500ms
              scrape_timeout: 500ms
              external_labels: {from: debian}
            scrape_configs:
              - job_name: sent
                static_configs: [{targets: ['{{exporter.Address}}']}]
            remote_write:
              - url: http://127.0.0.1:{{port}}/api/v1/write
                metadata_config: {send_interval: 1s}
                queue_config: {min_shards: 4, max_shards: 4, batch_send_deadline: 200ms}
            """);
        string empty = scratch.File("empty.yml", "global: {scrape_interval: 1h}\n");
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), empty, port, "--web.enable-remote-write-receiver");
        await pleiad.ReadyAsync(Limit);
        await using var prometheus = new PrometheusServer(scratch.Folder("prometheus"), config, RunningProgram.FreePort());
        await prometheus.ReadyAsync(Limit);

        // A time that both have reached; what came later does not matter.
        await Pause.UntilAsync(() => Task.FromResult(Volatile.Read(ref pages) > 8), Limit, () => "prometheus does not scrape: " + prometheus.Output);
        double until = await LastAsync(prometheus);
        const string All = "{job=\"sent\"}[1h]";
        Dictionary<string, List<(long TimeMs, string Value)>> theirs = await prometheus.Client.RawAsync(All, until);
        Dictionary<string, List<(long TimeMs, string Value)>> ours = [];
        string[] differing = [];
        await Pause.UntilAsync(
            async () =>
            {
                ours = await pleiad.Client.RawAsync(All, until);
                differing = [.. theirs.Where(series => !ours.TryGetValue(WithOrigin(series.Key), out List<(long, string)>? samples) || !samples.SequenceEqual(series.Value))
                    .Select(series => $"{series.Key}: {string.Join(' ', series.Value)} there, {string.Join(' ', ours.GetValueOrDefault(WithOrigin(series.Key), []))} here")];
                return differing.Length == 0 && ours.Count == theirs.Count;
            },
            Limit,
            () => $"{theirs.Count} series there, {ours.Count} here, {differing.Length} differ\n{string.Join('\n', differing.Take(5))}\n{prometheus.Output}");
        Assert.True(theirs.Count > 500 && theirs.Values.Sum(samples => samples.Count) > 4000, "too little was compared");
        output.WriteLine($"{ours.Count} series, {ours.Values.Sum(samples => samples.Count)} samples equal");

        // Within the lookback of its last sample, and gone all the same: the marker came.
        await Pause.UntilAsync(
            async () => (await pleiad.Client.VectorAsync("passing", until)).Count == 0, Limit, () => "the stale marker did not come");
        Assert.NotEmpty((await pleiad.Client.RawAsync("passing[1h]", until)).Values);

        JsonElement metadata = default;
        await Pause.UntilAsync(
            async () => (metadata = await pleiad.Client.DataAsync("/api/v1/metadata?metric=page_total")).EnumerateObject().Any(), Limit, () => "no metadata came");
        Assert.Equal("Pages.", metadata.GetProperty("page_total")[0].GetProperty("help").GetString());
        Assert.Empty(await prometheus.Client.VectorAsync("rate(prometheus_remote_storage_samples_failed_total[1h]) > 0"));
    }

    [SkippableFact]
    public async Task What_was_answered_survives_a_kill_and_what_was_not_is_sent_again()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        await using PageServer exporter = await PageServer.StartAsync();
        int pages = 0;
        exporter.Serve("/metrics", () => $"page_total {Interlocked.Increment(ref pages).ToString(CultureInfo.InvariantCulture)}\n");
        using var scratch = new Scratch();
        int port = RunningProgram.FreePort();
        string config = scratch.File("prometheus.yml", $$"""
            global: {scrape_interval: 100ms, scrape_timeout: 100ms}
            scrape_configs:
              - job_name: sent
                static_configs: [{targets: ['{{exporter.Address}}']}]
            remote_write:
              - url: http://127.0.0.1:{{port}}/api/v1/write
                queue_config: {max_shards: 1, batch_send_deadline: 100ms, min_backoff: 30ms, max_backoff: 200ms}
            """);
        string empty = scratch.File("empty.yml", "global: {scrape_interval: 1h}\n");
        string data = scratch.Folder("pleiad");
        await using var prometheus = new PrometheusServer(scratch.Folder("prometheus"), config, RunningProgram.FreePort());
        await prometheus.ReadyAsync(Limit);
        for (int kill = 0; kill < 3; kill++)
        {
            await using var killed = new PleiadServer(data, empty, port, "--web.enable-remote-write-receiver");
            await killed.ReadyAsync(Limit);
            double before = await LastAsync(prometheus);
            await Pause.UntilAsync(async () => await LastAsync(killed) > before, Limit, () => "nothing comes: " + prometheus.Output + killed.Output);
            await killed.KillAsync();
        }

        double until = await LastAsync(prometheus);
        await using var pleiad = new PleiadServer(data, empty, port, "--web.enable-remote-write-receiver");
        await pleiad.ReadyAsync(Limit);
        await Pause.UntilAsync(async () => await LastAsync(pleiad) >= until, Limit, () => "nothing comes after the kills: " + prometheus.Output + pleiad.Output);
        List<(long TimeMs, string Value)> theirs = (await prometheus.Client.RawAsync("page_total[1h]", until)).Values.Single();
        List<(long TimeMs, string Value)> ours = (await pleiad.Client.RawAsync("page_total[1h]", until)).Values.Single();
        Assert.Equal(theirs, ours);
        output.WriteLine($"{ours.Count} samples, none lost over 3 kills");
    }

    [Fact]
    public async Task Without_the_flag_nothing_is_received()
    {
        using var scratch = new Scratch();
        string empty = scratch.File("empty.yml", "global: {scrape_interval: 1h}\n");
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), empty, RunningProgram.FreePort());
        await pleiad.ReadyAsync(Limit);
        using HttpResponseMessage answer = await pleiad.Client.Http.PostAsync("/api/v1/write", new ByteArrayContent([]));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    // Prometheus adds its external labels to what it sends.
    private static string WithOrigin(string series) =>
        string.Join(',', series.Split(',').Append("from=debian").Order(StringComparer.Ordinal));

    // The time of the newest page it has, in seconds; 0 before the first.
    private static async Task<double> LastAsync(PromServer server)
    {
        List<(long TimeMs, string Value)>? samples = (await server.Client.RawAsync("page_total[1h]", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0)).Values.FirstOrDefault();
        return samples is null ? 0 : samples[^1].TimeMs / 1000.0;
    }
}
