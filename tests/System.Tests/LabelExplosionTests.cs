using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pleiad.TestKit;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>
/// Somebody puts a request's id into a label: the node stays, the series it had stay whole, and so after a kill. As many new series as fit
/// into little memory; PLEIAD_TEST_EXPLOSION says of how many it is tried and PLEIAD_TEST_EXPLOSION_LIMIT in how many bytes.
/// </summary>
public sealed class LabelExplosionTests(ITestOutputHelper output)
{
    private const int Old = 500;
    private const int SeriesInRequest = 5000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task New_series_are_refused_before_memory_is_gone_and_old_ones_go_on_after_a_kill_too()
    {
        using var scratch = new Scratch();
        string data = scratch.Folder("data");
        string empty = scratch.File("empty.yml", "global: {scrape_interval: 1h}\n");
        int port = RunningProgram.FreePort();
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;
        long used;
        await using (var first = new PleiadServer(data, empty, port, "--web.enable-remote-write-receiver"))
        {
            await first.ReadyAsync(Limit);
            Assert.Equal(HttpStatusCode.NoContent, await WriteAsync(first, "old", 0, Old, now));
            used = (await first.Client.DataAsync("/api/v1/status/memory")).GetProperty("usedBytes").GetInt64();
            await first.KillAsync();
        }

        long limit = Number("PLEIAD_TEST_EXPLOSION_LIMIT", (long)((used + (80L << 20)) / 0.85));
        long tried = Number("PLEIAD_TEST_EXPLOSION", 2_000_000);
        string conf = scratch.File("limit.conf", $"pleiad.memory {{ limit = {limit.ToString(CultureInfo.InvariantCulture)}, refuse-writes-at = 100 }}\n");
        await using (var node = new PleiadServer(data, empty, port, "--web.enable-remote-write-receiver", "--conf=" + conf))
        {
            await node.ReadyAsync(Limit);
            bool refused = false;
            int made = 0;
            long more = Number("PLEIAD_TEST_EXPLOSION", 50_000);
            for (; made < tried && !(refused && made >= more); made += SeriesInRequest)
            {
                HttpStatusCode status = await WriteAsync(node, "exploding", made, SeriesInRequest, now + 1000);
                Assert.True(status is HttpStatusCode.NoContent or HttpStatusCode.BadRequest or HttpStatusCode.TooManyRequests, status.ToString());
                refused |= status == HttpStatusCode.BadRequest;
            }

            Assert.True(refused, "memory never became short");
            JsonElement memory = await node.Client.DataAsync("/api/v1/status/memory");
            output.WriteLine($"{made} new series were sent; {memory}; resident {node.ResidentBytes >> 20} MiB, at most {node.ResidentBytesPeak >> 20} MiB; "
                + $"series {(await node.Client.VectorAsync("count({__name__=~\"old|exploding\"})", (now + 1000) / 1000.0)).Values.SingleOrDefault()}");
            await WriteOldAsync(node, now + 2000);
            await node.KillAsync();
        }

        await using var again = new PleiadServer(data, empty, port, "--web.enable-remote-write-receiver", "--conf=" + conf);
        await again.ReadyAsync(Limit);
        output.WriteLine($"after the kill: {await again.Client.DataAsync("/api/v1/status/memory")}; resident at most {again.ResidentBytesPeak >> 20} MiB");
        await WriteOldAsync(again, now + 3000);
        Dictionary<string, List<(long TimeMs, string Value)>> old = await again.Client.RawAsync("old[5m]", (now + 4000) / 1000.0);
        Assert.Equal(Old, old.Count);
        Assert.All(old.Values, samples => Assert.Equal([now, now + 2000, now + 3000], samples.Select(static sample => sample.TimeMs)));
    }

    // A node that pauses in the midst of it may say that it is to be sent again.
    private static Task WriteOldAsync(PleiadServer node, long at) => Pause.UntilAsync(
        async () => await WriteAsync(node, "old", 0, Old, at) == HttpStatusCode.NoContent, Limit, () => "samples of old series are not taken: " + node.Output);

    private static async Task<HttpStatusCode> WriteAsync(PleiadServer node, string metric, int from, int count, long at)
    {
        var request = new ProtoMessage();
        for (int i = from; i < from + count; i++)
        {
            string id = i.ToString("x8", CultureInfo.InvariantCulture);
            request.Message(1, RemoteWriteMessages.FirstSeries(
                ("__name__", metric), ("instance", $"host{i % 64}:9100"), ("job", "exploding"), ("request", $"c0ffee00-{id}-beef"))
                .Message(2, RemoteWriteMessages.Sample(at, i)));
        }

        using var content = new ByteArrayContent(RemoteWriteMessages.Snappy(request.ToArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using HttpResponseMessage answer = await node.Client.Http.PostAsync("/api/v1/write", content);
        return answer.StatusCode;
    }

    private static long Number(string variable, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : otherwise;
}
