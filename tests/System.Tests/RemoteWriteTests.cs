using System.Globalization;
using System.Net;
using System.Text.Json;
using Pleiad.TestKit;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>Debian's Prometheus 2.42 sends what it scrapes to Pleiad by remote write; both must hold the same samples.</summary>
public sealed class RemoteWriteTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

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

    [SkippableFact]
    public async Task Native_histograms_and_exemplars_arrive_as_Prometheus_has_them()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        await using PageServer exporter = await PageServer.StartAsync();
        int pages = 0;
        exporter.Serve("/metrics", async context =>
        {
            // Prometheus asks for protobuf when it is to read native histograms.
            int page = Math.Min(Interlocked.Increment(ref pages), LastPage);
            context.Response.ContentType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
            await context.Response.Body.WriteAsync(ProtobufPage(page));
        });

        using var scratch = new Scratch();
        int port = RunningProgram.FreePort();
        string config = scratch.File("prometheus.yml", $$"""
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: sent
                static_configs: [{targets: ['{{exporter.Address}}']}]
            remote_write:
              - url: http://127.0.0.1:{{port}}/api/v1/write
                send_exemplars: true
                send_native_histograms: true
                queue_config: {max_shards: 1, batch_send_deadline: 200ms}
            """);
        string empty = scratch.File("empty.yml", "global: {scrape_interval: 1h}\n");
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), empty, port, "--web.enable-remote-write-receiver");
        await pleiad.ReadyAsync(Limit);
        await using var prometheus = new PrometheusServer(
            scratch.Folder("prometheus"), config, RunningProgram.FreePort(), "--enable-feature=native-histograms,exemplar-storage");
        await prometheus.ReadyAsync(Limit);
        string count = (2 * LastPage).ToString(CultureInfo.InvariantCulture);
        foreach (PromServer server in (PromServer[])[prometheus, pleiad])
        {
            await Pause.UntilAsync(
                async () => (await server.Client.VectorAsync("histogram_count(latency)")).Values.FirstOrDefault() == count,
                Limit,
                () => $"no histogram in {server.GetType().Name}: {prometheus.Output}\n{pleiad.Output}");
        }

        foreach (string query in (string[])["histogram_sum(latency)", "sent_total"])
        {
            Assert.Equal(await prometheus.Client.VectorAsync(query), await pleiad.Client.VectorAsync(query));
        }

        // 2.42 interpolates quantiles in another way than 3, so the buckets are compared with what was served.
        JsonElement histogram = (await pleiad.Client.DataAsync("/api/v1/query?query=latency")).GetProperty("result")[0].GetProperty("histogram")[1];
        JsonElement[] buckets = [.. histogram.GetProperty("buckets").EnumerateArray()];
        string each = LastPage.ToString(CultureInfo.InvariantCulture);
        Assert.Equal([each, each], buckets.Select(bucket => bucket[3].GetString()));
        Assert.Equal(("0.5", "1"), (buckets[0][1].GetString(), buckets[1][2].GetString()));

        const string Exemplars = "/api/v1/query_exemplars?query=sent_total&start=0&end=4000000000";
        string theirs = string.Empty;
        string ours = string.Empty;
        await Pause.UntilAsync(
            async () =>
            {
                theirs = (await prometheus.Client.DataAsync(Exemplars)).GetRawText();
                ours = (await pleiad.Client.DataAsync(Exemplars)).GetRawText();
                return theirs == ours && theirs.Contains($"page-{LastPage}", StringComparison.Ordinal);
            },
            Limit,
            () => $"exemplars there:\n{theirs}\nhere:\n{ours}");
        output.WriteLine(ours);
    }

    [SkippableTheory]
    [InlineData("storage: {tsdb: {out_of_order_time_window: 0s}}", 400, "out of order sample (5 refused)\n")]
    [InlineData("", 204, "")]
    public async Task Samples_out_of_order_that_are_sent_again_are_known_again_within_the_window_and_refused_without_one(string storage, int status, string text)
    {
        string? folder = Repository.Conformance("remote-write");
        Skip.If(folder is null, "the conformance data (../shared/conformance/remote-write) is not there");
        string payloads = Path.Combine(folder, "payloads");
        using var scratch = new Scratch();
        string empty = scratch.File("empty.yml", "global: {scrape_interval: 1h}\n" + storage + "\n");
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), empty, RunningProgram.FreePort(), "--web.enable-remote-write-receiver");
        await pleiad.ReadyAsync(Limit);
        async Task<(int Status, string Text)> SendAsync(string payload)
        {
            using HttpResponseMessage answer = await pleiad.Client.Http.PostAsync(
                "/api/v1/write", new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(payloads, payload))));
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal((204, string.Empty), await SendAsync("rw1-basic.snappy"));
        Assert.Equal((204, string.Empty), await SendAsync("rw1-stale-marker.snappy"));

        // Two series: the samples of one are older than its marker now, of the other all but the newest are older than it.
        Assert.Equal((status, text), await SendAsync("rw1-basic.snappy"));
        Assert.Equal(6, (await pleiad.Client.RawAsync("{__name__=~\"http_requests_total|temperature_celsius\"}[1h]", 1700000100)).Values.Sum(samples => samples.Count));
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

    private const int LastPage = 5;

    // A counter with an exemplar and a native histogram, as io.prometheus.client.MetricFamily; both stop growing at the last page.
    private static byte[] ProtobufPage(int page)
    {
        var exemplar = new ProtoMessage()
            .Message(1, new ProtoMessage().Text(1, "trace_id").Text(2, $"page-{page}"))
            .Double(2, page)
            .Message(3, new ProtoMessage().Varint(1, 1_700_000_000 + page));
        ProtoMessage counter = new ProtoMessage().Text(1, "sent_total").Text(2, "Sent.").Varint(3, 0)
            .Message(4, new ProtoMessage().Message(3, new ProtoMessage().Double(1, page).Message(2, exemplar)));
        ProtoMessage histogram = new ProtoMessage().Varint(1, 2 * page).Double(2, 1.5 * page).ZigZag(5, 1).Double(6, 0.001).Varint(7, 0)
            .Message(12, new ProtoMessage().ZigZag(1, -1).Varint(2, 2)).ZigZag(13, page).ZigZag(13, 0);
        ProtoMessage latency = new ProtoMessage().Text(1, "latency").Text(2, "Latency.").Varint(3, 4)
            .Message(4, new ProtoMessage().Message(7, histogram));
        return [.. Delimited(counter), .. Delimited(latency)];
    }

    private static byte[] Delimited(ProtoMessage family)
    {
        // A field of bytes is its key and the same length and bytes that stand on their own in the page.
        return new ProtoMessage().Message(1, family).ToArray()[1..];
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
