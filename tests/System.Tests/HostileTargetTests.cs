using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>A hostile target fails alone: the others go on, and memory grows by at most 64 MB.</summary>
/// <remarks>
/// Runs while no other test does, and charges each target for its own memory alone: the peak of one process over all eight also holds what the
/// runtime compiles and keeps meanwhile, and came so near the limit that chance decided. So did what it compiles for the first target that fails:
/// a harmless one comes before.
/// </remarks>
[Collection(nameof(HostileTargetTests))]
[CollectionDefinition(nameof(HostileTargetTests), DisableParallelization = true)]
public sealed class HostileTargetTests(ITestOutputHelper output)
{
    private const long GrowthBytesMax = 64L << 20;

    /// <summary>What all of them together may leave behind.</summary>
    private const long LeftBytesMax = 2 * GrowthBytesMax;

    /// <summary>Interval and timeout of the good target: the server of the hostile pages shares the processors with it.</summary>
    private const int GoodIntervalSeconds = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Each writes a response of its own kind; all of them go on until the client goes away.</summary>
    private static readonly Dictionary<string, Func<HttpContext, Task>> Hostile = new()
    {
        ["endless-body"] = context => EndlessAsync(context, "filler_total{n=\"x\"} 1\n"),
        ["endless-line"] = context => EndlessAsync(context, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ["slow-drip"] = DripAsync,
        ["gigabyte"] = GigabyteAsync,
        ["gzip-bomb"] = BombAsync,
        ["bad-utf8"] = context => context.Response.Body.WriteAsync(new byte[] { (byte)'a', (byte)'{', (byte)'b', (byte)'=', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)'}', (byte)' ', (byte)'1', (byte)'\n' }).AsTask(),
        ["ten-million-series"] = TenMillionSeriesAsync,
        ["not-text"] = context => context.Response.Body.WriteAsync(new byte[4096]).AsTask(),
    };

    [Fact]
    public async Task Hostile_targets_fail_alone_and_cost_little_memory()
    {
        await using PageServer server = await PageServer.StartAsync();
        foreach ((string name, Func<HttpContext, Task> page) in Hostile)
        {
            server.Serve("/" + name, context =>
            {
                context.Response.ContentType = "text/plain; version=0.0.4";
                return page(context);
            });
        }

        int served = 0;
        server.Serve("/good", () => $"good_total {Interlocked.Increment(ref served).ToString(CultureInfo.InvariantCulture)}\n");
        using var scratch = new Scratch();
        string head = "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n"
            + $"  - job_name: good\n    scrape_interval: {GoodIntervalSeconds}s\n    scrape_timeout: {GoodIntervalSeconds}s\n    metrics_path: /good\n    static_configs: [{{targets: ['{server.Address}']}}]\n";
        string config = scratch.File("prometheus.yml", head);
        await using var pleiad = new PleiadServer(scratch.Folder("data"), config, RunningProgram.FreePort());
        await pleiad.ReadyAsync(Limit);
        await Pause.UntilAsync(async () => await GoodAsync(pleiad) >= 5, Limit, () => "the good target is not scraped: " + pleiad.Output);

        async Task FailAsync(string name)
        {
            await File.WriteAllTextAsync(config, head
                + $"  - job_name: {name}\n    metrics_path: /{name}\n    static_configs: [{{targets: ['{server.Address}']}}]\n");
            await pleiad.SignalAsync("HUP");
            await Pause.UntilAsync(
                async () => (await pleiad.Client.VectorAsync($"count_over_time(up{{job=\"{name}\"}}[1m]) >= 3 and up{{job=\"{name}\"}} == 0")).Count == 1,
                Limit,
                () => $"{name} did not fail three times.\n{pleiad.Output}");
        }

        // A reload, a page that is read and given up, and the questions of this test: what the runtime needs for them is no target's doing.
        server.Serve("/harmless", () => string.Concat(Enumerable.Range(0, 1000).Select(static i => $"harmless_total{{n=\"{i}\"}} 1\n")) + "no sample\n");
        await FailAsync("harmless");
        long atFirst = pleiad.ResidentBytes;

        // One after the other, so that each is charged for its own memory.
        foreach (string name in Hostile.Keys)
        {
            long before = pleiad.ResidentBytes;
            pleiad.ForgetResidentBytesPeak();
            await FailAsync(name);
            long grown = pleiad.ResidentBytesPeak - before;
            output.WriteLine($"{name}: peak resident memory {grown >> 20} MB above the {before >> 20} MB before");
            Assert.True(grown <= GrowthBytesMax, $"{name} made memory grow by {grown >> 20} MB");
        }

        long left = pleiad.ResidentBytes - atFirst;
        Assert.True(left <= LeftBytesMax, $"all of them together left {left >> 20} MB behind");

        // The good target was scraped all along: no gap of more than two intervals.
        Dictionary<string, List<(long TimeMs, string Value)>> good =
            await pleiad.Client.RawAsync("up{job=\"good\"}[10m]", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        List<(long TimeMs, string Value)> samples = Assert.Single(good).Value;
        string scraped = string.Join(' ', samples.Select(sample => $"{sample.Value}@{sample.TimeMs}"));
        Assert.True(samples.All(sample => sample.Value == "1"), "the good target failed: " + scraped);
        Assert.True(
            samples.Zip(samples.Skip(1)).All(pair => pair.Second.TimeMs - pair.First.TimeMs <= 2 * GoodIntervalSeconds * 1000),
            "slots of the good target were missed: " + scraped);
    }

    private static async Task<double> GoodAsync(PleiadServer pleiad) => (await pleiad.Client.VectorAsync("good_total")).Values
        .Select(value => double.Parse(value, CultureInfo.InvariantCulture)).FirstOrDefault();

    private static async Task EndlessAsync(HttpContext context, string text)
    {
        byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, 1000)));
        try
        {
            while (true)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has had enough, as it should.
        }
    }

    private static async Task DripAsync(HttpContext context)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await timer.WaitForNextTickAsync(context.RequestAborted))
            {
                await context.Response.Body.WriteAsync("a"u8.ToArray(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has had enough, as it should.
        }
    }

    private static Task GigabyteAsync(HttpContext context)
    {
        context.Response.ContentLength = 1L << 30;
        return EndlessAsync(context, "filler_total{n=\"y\"} 1\n");
    }

    private static async Task BombAsync(HttpContext context)
    {
        context.Response.Headers.ContentEncoding = "gzip";
        byte[] zeros = Encoding.ASCII.GetBytes(new string('#', 1 << 20));
        try
        {
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            for (int i = 0; i < 10_000; i++)
            {
                await gzip.WriteAsync(zeros, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client has had enough, as it should.
        }
    }

    private static async Task TenMillionSeriesAsync(HttpContext context)
    {
        var text = new StringBuilder();
        try
        {
            for (int i = 0; i < 10_000_000; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"exploding_total{{id=\"{i}\"}} 1\n");
                if (text.Length > 1 << 16)
                {
                    await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
                    text.Clear();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client has had enough, as it should.
        }
    }
}
