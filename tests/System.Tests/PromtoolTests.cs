namespace Pleiad.Outside.Tests;

/// <summary>Prometheus's own client works against us unchanged.</summary>
public sealed class PromtoolTests
{
    [SkippableFact]
    public async Task Promtool_queries_and_checks_our_metrics()
    {
        string? promtool = RunningProgram.Find("promtool");
        Skip.If(promtool is null, "Debian's prometheus (with promtool) is not installed");
        using var scratch = new Scratch();
        int port = RunningProgram.FreePort();
        string config = scratch.File("prometheus.yml", $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: pleiad
                static_configs: [{targets: ['127.0.0.1:{{port}}']}]
            """);
        await using var pleiad = new PleiadServer(scratch.Folder("data"), config, port);
        await pleiad.ReadyAsync(TimeSpan.FromSeconds(30));
        await Pause.UntilAsync(
            async () => (await pleiad.Client.VectorAsync("up == 1")).Count == 1, TimeSpan.FromSeconds(30), () => "it does not scrape itself: " + pleiad.Output);
        string url = $"http://127.0.0.1:{pleiad.Port}";

        Assert.Contains("up{", await RunAsync(promtool, "query", "instant", url, "up"), StringComparison.Ordinal);
        Assert.Contains("up{", await RunAsync(promtool, "query", "range", "--step=1s", url, "up"), StringComparison.Ordinal);
        Assert.Contains("__name__=\"up\"", await RunAsync(promtool, "query", "series", "--match=up", url), StringComparison.Ordinal);
        Assert.Contains("pleiad", await RunAsync(promtool, "query", "labels", url, "job"), StringComparison.Ordinal);

        string page = scratch.File("own.prom", await pleiad.Client.Http.GetStringAsync("/metrics"));
        await RunAsync("/bin/sh", "-c", $"'{promtool}' check metrics < '{page}'");
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var run = new RunningProgram(program, arguments);
        int code = await run.WaitForExitAsync(TimeSpan.FromSeconds(30));
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with code {code}:\n{run.Output}");
        return run.Output;
    }
}
