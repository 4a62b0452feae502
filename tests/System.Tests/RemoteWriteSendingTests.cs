using System.Globalization;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>Pleiad sends what it scrapes to Debian's Prometheus 2.42; both must hold the same samples, whoever is killed meanwhile.</summary>
public sealed class RemoteWriteSendingTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Neither_a_killed_receiver_nor_a_killed_sender_loses_a_sample()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");
        await using PageServer exporter = await PageServer.StartAsync();
        int pages = 0;
        exporter.Serve("/metrics", () =>
        {
            int page = Interlocked.Increment(ref pages);
            return $"page_total {page.ToString(CultureInfo.InvariantCulture)}\n"
                + string.Concat(Enumerable.Range(0, 200).Select(i => $"wave{{i=\"{i}\"}} {((page * 31) + i) % 97}.5\n"));
        });

        using var scratch = new Scratch();
        int receiving = RunningProgram.FreePort();
        int sending = RunningProgram.FreePort();

        // Less room in memory than one page takes: whatever the receiver misses has to be read back from storage.
        string config = scratch.File("send.yml", $$"""
            global: {scrape_interval: 200ms, scrape_timeout: 200ms, external_labels: {from: here} }
            scrape_configs:
              - job_name: sent
                static_configs: [{targets: ['{{exporter.Address}}']}]
            remote_write:
              - name: debian
                url: http://127.0.0.1:{{receiving}}/api/v1/write
                write_relabel_configs: [{action: drop, source_labels: [__name__], regex: scrape_.*}]
                queue_config: {capacity: 100, max_samples_per_send: 50, batch_send_deadline: 100ms, max_backoff: 200ms}
            """);
        string empty = scratch.File("empty.yml", "global: {scrape_interval: 1h}\n");
        string theirs = scratch.Folder("prometheus");
        string ours = scratch.Folder("pleiad");

        PleiadServer StartSender() => new(ours, config, sending);
        PrometheusServer StartReceiver() => new(theirs, empty, receiving, "--web.enable-remote-write-receiver");
        PleiadServer pleiad = StartSender();
        PrometheusServer prometheus = StartReceiver();
        try
        {
            await pleiad.ReadyAsync(Limit);
            await prometheus.ReadyAsync(Limit);
            await Pause.UntilAsync(async () => await LastAsync(prometheus) > 0, Limit, () => "nothing comes: " + pleiad.Output);

            await prometheus.KillAsync();
            await prometheus.DisposeAsync();
            int missed = Volatile.Read(ref pages);
            await Pause.UntilAsync(() => Task.FromResult(Volatile.Read(ref pages) > missed + 10), Limit, () => "nothing is scraped: " + pleiad.Output);
            await pleiad.KillAsync();
            await pleiad.DisposeAsync();

            pleiad = StartSender();
            await pleiad.ReadyAsync(Limit);
            int before = Volatile.Read(ref pages);
            await Pause.UntilAsync(() => Task.FromResult(Volatile.Read(ref pages) > before + 3), Limit, () => "nothing is scraped: " + pleiad.Output);
            prometheus = StartReceiver();
            await prometheus.ReadyAsync(Limit);

            double until = await LastAsync(pleiad);
            await Pause.UntilAsync(async () => await LastAsync(prometheus) >= until, Limit, () => "it does not catch up: " + pleiad.Output + prometheus.Output);
            const string All = "{job=\"sent\",__name__!~\"scrape_.*\"}[1h]";
            Dictionary<string, List<(long TimeMs, string Value)>> sent = await pleiad.Client.RawAsync(All, until);
            Dictionary<string, List<(long TimeMs, string Value)>> received = [];
            string[] differing = [];
            await Pause.UntilAsync(
                async () =>
                {
                    received = await prometheus.Client.RawAsync("{job=\"sent\"}[1h]", until);
                    differing = [.. sent.Where(series => !received.TryGetValue(WithOrigin(series.Key), out List<(long, string)>? samples) || !samples.SequenceEqual(series.Value))
                        .Select(series => $"{series.Key}: {string.Join(' ', series.Value)} here, {string.Join(' ', received.GetValueOrDefault(WithOrigin(series.Key), []))} there")];
                    return differing.Length == 0 && received.Count == sent.Count;
                },
                Limit,
                () => $"{sent.Count} series here, {received.Count} there, {differing.Length} differ\n{string.Join('\n', differing.Take(5))}\n{pleiad.Output}\n{prometheus.Output}");
            Assert.Equal(202, sent.Count);
            output.WriteLine($"{received.Count} series, {received.Values.Sum(samples => samples.Count)} samples equal");
        }
        finally
        {
            await pleiad.DisposeAsync();
            await prometheus.DisposeAsync();
        }
    }

    private static string WithOrigin(string series) => string.Join(',', series.Split(',').Append("from=here").Order(StringComparer.Ordinal));

    private static async Task<double> LastAsync(PromServer server)
    {
        List<(long TimeMs, string Value)>? samples = (await server.Client.RawAsync("page_total[1h]", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0)).Values.FirstOrDefault();
        return samples is null ? 0 : samples[^1].TimeMs / 1000.0;
    }
}
