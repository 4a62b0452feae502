using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pleiad.TestKit;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>What nobody waits for any more ends: a client goes away, and the node stops working for it soon after.</summary>
[Collection(nameof(GivenUpTests))]
[CollectionDefinition(nameof(GivenUpTests), DisableParallelization = true)]
public sealed class GivenUpTests(ITestOutputHelper output)
{
    private const int Series = 20_000;

    /// <summary>CPU after the client has gone; what the node does besides, and asking it how far it is, counts too.</summary>
    private static readonly TimeSpan CpuMax = TimeSpan.FromSeconds(3);

    /// <summary>CPU that each request takes at least before its client goes: it would take many times as much to the end.</summary>
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static readonly string Endless = "query=" + Uri.EscapeDataString("quantile_over_time(0.5, vector(1)[200000s:1s])") + "&start=0&end=10000&step=1";

    // Selectors that each have to look at every value of a label.
    private static readonly string ManySelectors = string.Join('&', Enumerable.Range(0, 4000).Select(number =>
        "match[]=" + Uri.EscapeDataString($"{{__name__=\"gone_total\",n=~\".*1.*{number.ToString(CultureInfo.InvariantCulture)}.*\"}}")));

    // An expression of so many selectors, as a tree that is not deep.
    private static readonly string ManySeries = "query=" + Uri.EscapeDataString(Or(0, 1800)) + "&start=0&end=99999999999";

    // Matchers that each have to look at every value of a label, and find them all.
    private static readonly byte[] ManyMatchers = RemoteWriteMessages.Snappy(Reading(queries: 100, matchers: 50).ToArray());

    [Fact]
    public async Task A_request_whose_client_goes_away_ends()
    {
        await using PageServer server = await PageServer.StartAsync();
        string page = "# TYPE gone counter\n"
            + string.Concat(Enumerable.Range(0, Series).Select(number => $"gone_total{{n=\"{number.ToString(CultureInfo.InvariantCulture)}\"}} 1 # {{trace_id=\"t\"}} 1\n")) + "# EOF\n";
        server.Serve("/metrics", () => page, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        using var scratch = new Scratch();
        string config = scratch.File("prometheus.yml", "scrape_configs:\n"
            + $"  - {{job_name: gone, scrape_interval: 5s, scrape_timeout: 5s, static_configs: [{{targets: ['{server.Address}']}}]}}\n");
        await using var pleiad = new PleiadServer(scratch.Folder("data"), config, RunningProgram.FreePort());
        await pleiad.ReadyAsync(Limit);
        await Pause.UntilAsync(async () => (await pleiad.Client.VectorAsync("count(gone_total)")).Values.SingleOrDefault() == "20000", Limit, () => pleiad.Output);

        await GoesAwayAsync(pleiad, "/api/v1/query_range", Endless);
        await GoesAwayAsync(pleiad, "/api/v1/explain", Endless);
        await GoesAwayAsync(pleiad, "/api/v1/query", "query=" + Uri.EscapeDataString("max_over_time(quantile_over_time(0.5, vector(1)[200000s:1s])[10000s:1s])"));
        await GoesAwayAsync(pleiad, "/api/v1/series", ManySelectors);
        await GoesAwayAsync(pleiad, "/api/v1/labels", ManySelectors);
        await GoesAwayAsync(pleiad, "/api/v1/label/n/values", ManySelectors);
        await GoesAwayAsync(pleiad, "/federate", ManySelectors);
        await GoesAwayAsync(pleiad, "/api/v1/query_exemplars", ManySeries);
        await GoesAwayAsync(pleiad, "/api/v1/read", string.Empty);
    }

    private static string Or(int first, int count) => count == 1
        ? $"{{n=~\"(.*[0-9])x*a{first.ToString(CultureInfo.InvariantCulture)}\"}}"
        : $"({Or(first, count / 2)} or {Or(first + (count / 2), count - (count / 2))})";

    private static ProtoMessage Reading(int queries, int matchers)
    {
        const int equal = 0;
        const int regex = 2;
        var request = new ProtoMessage();
        for (int i = 0; i < queries; i++)
        {
            ProtoMessage query = new ProtoMessage().Varint(1, 0).Varint(2, long.MaxValue / 2).Message(3, Matcher(equal, "__name__", "gone_total"));
            for (int matcher = 0; matcher < matchers; matcher++)
            {
                query.Message(3, Matcher(regex, "n", $"(.*[0-9])x*(a{((i * matchers) + matcher).ToString(CultureInfo.InvariantCulture)})?"));
            }

            request.Message(1, query);
        }

        return request;

        static ProtoMessage Matcher(int kind, string name, string value) => new ProtoMessage().Varint(1, kind).Text(2, name).Text(3, value);
    }

    private static HttpContent Form(string path, string parameters) => path == "/api/v1/read"
        ? new ByteArrayContent(ManyMatchers)
        : new StringContent(parameters, Encoding.UTF8, "application/x-www-form-urlencoded");

    private async Task GoesAwayAsync(PleiadServer pleiad, string path, string parameters)
    {
        using var client = new CancellationTokenSource();
        using var http = new HttpClient { BaseAddress = pleiad.Client.Http.BaseAddress, Timeout = Limit };

        // A form is not taken where the route has GET alone, and a request line is not as long as a form.
        string line = parameters[..Math.Min(parameters.Length, 200_000)];
        using HttpRequestMessage request = path == "/federate"
            ? new HttpRequestMessage(HttpMethod.Get, $"{path}?{line[..line.LastIndexOf('&')]}")
            : new HttpRequestMessage(HttpMethod.Post, path) { Content = Form(path, parameters) };
        TimeSpan before = CpuOf(pleiad.Id);
        Task<HttpResponseMessage> asked = http.SendAsync(request, client.Token);
        await Pause.UntilAsync(() => Task.FromResult(asked.IsCompleted || CpuOf(pleiad.Id) - before > Work), Limit, () => $"{path} does no work");
        Assert.False(asked.IsCompleted, $"{path} was over before its client could go");

        TimeSpan gone = CpuOf(pleiad.Id);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        string handler = path.Replace("/n/", "/{name}/", StringComparison.Ordinal);
        await Pause.UntilAsync(
            async () => (await pleiad.Client.Http.GetStringAsync("/metrics")).Split('\n').Any(metric =>
                metric.StartsWith("pleiad_gateway_requests_total", StringComparison.Ordinal) && metric.Contains("code=\"499\"", StringComparison.Ordinal)
                && metric.Contains($"handler=\"{handler}\"", StringComparison.Ordinal)),
            Limit,
            () => $"nobody noticed that the client of {path} has gone: {pleiad.Output}");
        TimeSpan used = CpuOf(pleiad.Id) - gone;
        output.WriteLine($"{path}: {used.TotalMilliseconds:F0} ms of CPU after its client had gone");
        Assert.True(used < CpuMax, $"{path} used {used.TotalMilliseconds:F0} ms of CPU after its client had gone");
    }

    private static TimeSpan CpuOf(int id)
    {
        using Process process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }
}
