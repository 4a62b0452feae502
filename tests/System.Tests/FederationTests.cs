using System.Globalization;

namespace Pleiad.Outside.Tests;

/// <summary>Pleiad and Debian's Prometheus 2.42 hold the same samples; what they give to federation must be the same bytes.</summary>
public sealed class FederationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Both_give_the_same_page_and_a_page_of_ours_can_be_scraped()
    {
        Skip.IfNot(PrometheusServer.IsInstalled, "Debian's prometheus is not installed");

        // Samples with times of their own: both servers store the same whenever they scrape.
        string time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        string page = string.Join('\n', new[]
        {
            "# TYPE requests_total counter", $"requests_total{{code=\"200\",zone=\"own\"}} 12.5 {time}", $"requests_total{{code=\"500\"}} 1e-07 {time}",
            "# TYPE big gauge", $"big 1e+30 {time}", $"big{{text=\"a\\\\b\\\"c\\nd\"}} NaN {time}", $"big{{text=\"Küche\"}} -Inf {time}", string.Empty,
        });
        await using PageServer exporter = await PageServer.StartAsync();
        exporter.Serve("/metrics", () => page);
        using var scratch = new Scratch();
        string config = scratch.File("prometheus.yml", $$"""
            global:
              scrape_interval: 500ms
              scrape_timeout: 500ms
              external_labels: {zone: outer, replica: r1}
            scrape_configs:
              - job_name: federated
                static_configs: [{targets: ['{{exporter.Address}}']}]
            """);
        int port = RunningProgram.FreePort();
        await using var prometheus = new PrometheusServer(scratch.Folder("prometheus"), config, RunningProgram.FreePort());
        await using var pleiad = new PleiadServer(scratch.Folder("pleiad"), config, port);
        const string Federate = "/federate?match[]=requests_total&match[]={__name__=~\"big|requests.*\"}";
        string theirs = string.Empty;
        string ours = string.Empty;
        await prometheus.ReadyAsync(Limit);
        await pleiad.ReadyAsync(Limit);
        await Pause.UntilAsync(
            async () =>
            {
                theirs = await prometheus.Client.Http.GetStringAsync(Federate);
                ours = await pleiad.Client.Http.GetStringAsync(Federate);
                return theirs.Contains("requests_total", StringComparison.Ordinal) && ours.Contains("requests_total", StringComparison.Ordinal);
            },
            Limit,
            () => $"nothing was federated.\n{prometheus.Output}\n{pleiad.Output}");
        Assert.Equal(theirs, ours);

        string second = scratch.File("second.yml", $$"""
            global: {scrape_interval: 500ms, scrape_timeout: 500ms}
            scrape_configs:
              - job_name: federate
                honor_labels: true
                metrics_path: /federate
                params: {'match[]': ['{__name__=~"big|requests.*"}']}
                static_configs: [{targets: ['127.0.0.1:{{port}}']}]
            """);
        await using var above = new PrometheusServer(scratch.Folder("above"), second, RunningProgram.FreePort());
        await above.ReadyAsync(Limit);
        await Pause.UntilAsync(
            async () => (await above.Client.VectorAsync("requests_total{job=\"federated\",replica=\"r1\"}")).Count == 2,
            Limit,
            () => "prometheus did not take our page: " + above.Output);
    }
}
