using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Pleiad.TestKit;

namespace Pleiad.Outside.Tests;

/// <summary>A block that lies damaged on disk: no answer looks whole that is not.</summary>
public sealed class DamagedBlockTests
{
    private const int Samples = 600;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task What_cannot_be_read_is_an_error_of_remote_read_and_a_warning_of_a_query()
    {
        using var scratch = new Scratch();
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        string data = scratch.Folder("data");
        long start = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 3600 * 3600) - (48 * 3600);
        string history = scratch.File("history.om", History(start));
        await using (var import = new RunningProgram(PleiadServer.Binary, ["import", "openmetrics", history, "--storage.path=" + data]))
        {
            Assert.True(await import.WaitForExitAsync(Limit) == 0, import.Output);
        }

        await using (var sound = new PleiadServer(data, none, RunningProgram.FreePort()))
        {
            await sound.ReadyAsync(Limit);
            (HttpStatusCode status, string type, _) = await ReadAsync(sound, start);
            Assert.Equal((HttpStatusCode.OK, "application/x-protobuf"), (status, type));
            Assert.False((await QueryAsync(sound, start)).TryGetProperty("warnings", out _));
        }

        foreach (string block in Directory.GetFiles(data, "*.blk", SearchOption.AllDirectories))
        {
            // Behind the head of the file are the chunks.
            await using var file = new FileStream(block, FileMode.Open, FileAccess.ReadWrite);
            file.Position = 40;
            int was = file.ReadByte();
            file.Position = 40;
            file.WriteByte((byte)(was ^ 0x5a));
        }

        await using var damaged = new PleiadServer(data, none, RunningProgram.FreePort());
        await damaged.ReadyAsync(Limit);
        (HttpStatusCode refused, _, string words) = await ReadAsync(damaged, start);
        Assert.True(refused == HttpStatusCode.InternalServerError, $"{refused}: {words}");
        Assert.Contains("damaged", words, StringComparison.Ordinal);
        Assert.Contains("damaged", (await QueryAsync(damaged, start)).GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    private static string History(long start)
    {
        var text = new StringBuilder();
        var random = new Random(1);
        for (int i = 0; i < Samples; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"wave{{job=\"x\"}} {random.NextDouble()} {start + (i * 10)}\n");
        }

        return text.Append("# EOF\n").ToString();
    }

    private static async Task<(HttpStatusCode Status, string Type, string Body)> ReadAsync(PleiadServer pleiad, long start)
    {
        ProtoMessage query = new ProtoMessage().Varint(1, start * 1000).Varint(2, (start + (Samples * 10)) * 1000)
            .Message(3, new ProtoMessage().Varint(1, 0).Text(2, "__name__").Text(3, "wave"));
        using HttpResponseMessage answer = await pleiad.Client.Http.PostAsync(
            "/api/v1/read", new ByteArrayContent(RemoteWriteMessages.Snappy(new ProtoMessage().Message(1, query).ToArray())));
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType ?? string.Empty, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> QueryAsync(PleiadServer pleiad, long start)
    {
        string at = (start + (Samples * 10)).ToString(CultureInfo.InvariantCulture);
        string body = await pleiad.Client.Http.GetStringAsync($"/api/v1/query?query=wave[3h]&time={at}");
        using JsonDocument json = JsonDocument.Parse(body);
        return json.RootElement.Clone();
    }
}
