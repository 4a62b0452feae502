using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Pleiad.TestKit;

namespace Pleiad.Outside.Tests;

/// <summary>A disk that fails to flush the journal: what it has is unknown from then on, so the real process acknowledges nothing any more and ends with words.</summary>
public sealed class FailingFlushTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task A_flush_that_fails_ends_the_node_and_what_was_acknowledged_is_there_after_a_start()
    {
        string? compiler = RunningProgram.Find("cc");
        Skip.If(compiler is null || !OperatingSystem.IsLinux(), "there is no C compiler to make a disk fail with");
        using var scratch = new Scratch();
        string library = Path.Combine(scratch.Path, "failing_flush.so");
        await using (var compile = new RunningProgram(compiler, ["-shared", "-fPIC", "-o", library, Path.Combine(Repository.Root, "tests/System.Tests/failing_flush.c"), "-ldl"]))
        {
            // One without the headers of a C library, or that of a C library that has it otherwise.
            int compiled = await compile.WaitForExitAsync(Limit);
            Skip.If(compiled != 0, $"{compiler} cannot make a library that a disk fails with: {compile.Output}");
        }

        string data = scratch.Folder("data");
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        string broken = Path.Combine(scratch.Path, "broken");
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;
        var environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["PLEIAD_TEST_EIO"] = broken };
        await using (var node = new PleiadServer(data, none, RunningProgram.FreePort(), environment, "--web.enable-remote-write-receiver"))
        {
            await node.ReadyAsync(Limit);
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(HttpStatusCode.NoContent, await WriteAsync(node, now + i));
            }

            await File.WriteAllTextAsync(broken, string.Empty);
            Assert.NotEqual(HttpStatusCode.NoContent, await WriteAsync(node, now + 5));
            int code = await node.WaitForExitAsync(Limit);
            Assert.True(code is > 0 and < 128, $"ended with {code}: {node.Output}");
            Assert.Contains("cannot flush the log, what the device has is unknown", node.Output, StringComparison.Ordinal);
        }

        await using var again = new PleiadServer(data, none, RunningProgram.FreePort());
        await again.ReadyAsync(Limit);
        Dictionary<string, List<(long TimeMs, string Value)>> all = await again.Client.RawAsync("kept[5m]", (now + 1000) / 1000.0);
        List<long> times = [.. Assert.Single(all).Value.Select(static sample => sample.TimeMs)];

        // The last one may have reached the disk all the same: it was never acknowledged.
        Assert.Equal(Enumerable.Range(0, 5).Select(i => now + i), times.Where(time => time < now + 5));
    }

    // 0: the node went away without an answer.
    private static async Task<HttpStatusCode> WriteAsync(PleiadServer node, long at)
    {
        ProtoMessage request = new ProtoMessage().Message(
            1, RemoteWriteMessages.FirstSeries(("__name__", "kept"), ("n", at.ToString(CultureInfo.InvariantCulture)[..1])).Message(2, RemoteWriteMessages.Sample(at, at)));
        using var content = new ByteArrayContent(RemoteWriteMessages.Snappy(request.ToArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        try
        {
            using HttpResponseMessage answer = await node.Client.Http.PostAsync("/api/v1/write", content);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
