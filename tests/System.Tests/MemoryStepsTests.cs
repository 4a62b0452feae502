using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Pleiad.TestKit;

namespace Pleiad.Outside.Tests;

/// <summary>
/// What a node says to its users on each step of memory that becomes short, and that the samples it had are there all along. The steps begin at one percent of a
/// limit, which every process uses, or at all of it, which none here does: so each lasts as long as the node.
/// </summary>
public sealed class MemoryStepsTests
{
    private const int Series = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Each_step_refuses_what_it_says_and_nothing_is_lost()
    {
        using var scratch = new Scratch();
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        string data = scratch.Folder("data");
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;
        int written = 0;
        (string Step, string Shares)[] steps =
        [
            ("calm", "100, 100, 100, 100"), ("caches-shrink", "1, 100, 100, 100"), ("queries-refused", "1, 1, 100, 100"), ("series-refused", "1, 1, 1, 100"),
            ("writes-refused", "1, 1, 1, 1"), ("calm", "100, 100, 100, 100"),
        ];
        for (int number = 0; number < steps.Length; number++)
        {
            (string step, string shares) = steps[number];
            string[] share = shares.Split(", ");
            string conf = scratch.File(
                $"step{number}.conf",
                $"pleiad.memory {{ limit = 1GiB, query-samples-max = 200, query-series-max = 250, shrink-caches-at = {share[0]}, refuse-queries-at = {share[1]}, refuse-series-at = {share[2]}, refuse-writes-at = {share[3]} }}\n");
            await using var node = new PleiadServer(data, none, RunningProgram.FreePort(), "--conf=" + conf, "--web.enable-remote-write-receiver");
            await node.ReadyAsync(Limit);
            await Pause.UntilAsync(
                async () => (await node.Client.DataAsync("/api/v1/status/memory")).GetProperty("step").GetString() == step, Limit, () => $"never {step}: {node.Output}");

            (HttpStatusCode status, string words, HttpResponseHeaders headers) = await WriteAsync(node, "old", now + (1000 * number));
            if (step == "writes-refused")
            {
                Assert.Equal(HttpStatusCode.TooManyRequests, status);
                Assert.Contains("memory is short", words, StringComparison.Ordinal);
                Assert.NotNull(headers.RetryAfter);
            }
            else
            {
                Assert.True(status == HttpStatusCode.NoContent, $"{step}: {status} {words}");
                written++;
            }

            (status, words, _) = await WriteAsync(node, "new" + number.ToString(CultureInfo.InvariantCulture), now);
            HttpStatusCode expected = step switch
            {
                "series-refused" => HttpStatusCode.BadRequest,
                "writes-refused" => HttpStatusCode.TooManyRequests,
                _ => HttpStatusCode.NoContent,
            };
            Assert.True(status == expected, $"{step}: {status} {words}");

            // Small questions are answered on every step, and say what there is; what holds more than 200 samples, and what reads whole shards, is not.
            bool isShort = step is "queries-refused" or "series-refused" or "writes-refused";
            string at = ((now + 10_000) / 1000.0).ToString(CultureInfo.InvariantCulture);
            Assert.Equal((HttpStatusCode.OK, false), await GetAsync(node, "query?query=old{series=\"7\"}[5m]&time=" + at));
            Assert.Equal(isShort ? (HttpStatusCode.ServiceUnavailable, true) : (HttpStatusCode.OK, false), await GetAsync(node, "query?query=old&time=" + at));
            Assert.Equal(isShort ? (HttpStatusCode.ServiceUnavailable, true) : (HttpStatusCode.OK, false), await GetAsync(node, "query?query=count({__name__=~\".%2B\"})&time=" + at));
            Assert.Equal(isShort ? (HttpStatusCode.ServiceUnavailable, true) : (HttpStatusCode.OK, false), await GetAsync(node, "label/series/values"));
            Assert.Equal((HttpStatusCode.OK, false), await GetAsync(node, "query?query=count(old{series=~\"1.%2B\"})&time=" + at));
            Assert.Equal(isShort ? (HttpStatusCode.ServiceUnavailable, true) : (HttpStatusCode.OK, false), await GetAsync(node, "status/tsdb"));
            Dictionary<string, List<(long TimeMs, string Value)>> one = await node.Client.RawAsync("old{series=\"7\"}[5m]", (now + 10_000) / 1000.0);
            Assert.Equal(written, one.Single().Value.Count);
            await node.KillAsync();
        }

        await using var last = new PleiadServer(data, none, RunningProgram.FreePort());
        await last.ReadyAsync(Limit);
        Dictionary<string, List<(long TimeMs, string Value)>> all = await last.Client.RawAsync("old[5m]", (now + 10_000) / 1000.0);
        Assert.Equal(Series, all.Count);
        Assert.All(all.Values, samples => Assert.Equal(written, samples.Count));
    }

    private static async Task<(HttpStatusCode Status, bool IsShort)> GetAsync(PleiadServer node, string path)
    {
        using HttpResponseMessage answer = await node.Client.Http.GetAsync("/api/v1/" + path);
        string body = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, body.Contains("memory is short", StringComparison.Ordinal));
    }

    private static async Task<(HttpStatusCode Status, string Words, HttpResponseHeaders Headers)> WriteAsync(PleiadServer node, string metric, long at)
    {
        var request = new ProtoMessage();
        for (int i = 0; i < Series; i++)
        {
            request.Message(1, RemoteWriteMessages.FirstSeries(("__name__", metric), ("series", i.ToString(CultureInfo.InvariantCulture)))
                .Message(2, RemoteWriteMessages.Sample(at, i)));
        }

        using var content = new ByteArrayContent(RemoteWriteMessages.Snappy(request.ToArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using HttpResponseMessage answer = await node.Client.Http.PostAsync("/api/v1/write", content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers);
    }
}
