using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pleiad.Outside.Tests;

/// <summary>A node that keeps rollups answers about days whose samples retention has taken, as the samples did.</summary>
public sealed class RollupsTests
{
    private const long Day = 24 * 3600;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_the_samples_said_rollups_say_when_retention_has_taken_them()
    {
        await using PageServer exporter = await PageServer.StartAsync();
        exporter.Serve("/metrics", static () => "alive 1\n");
        using var scratch = new Scratch();
        string config = scratch.File(
            "prometheus.yml",
            $"global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\nscrape_configs:\n  - job_name: load\n    static_configs: [{{targets: ['{exporter.Address}']}}]\n");
        string data = scratch.Folder("data");
        long end = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 3600 * 3600) - 3600;
        long start = end - (6 * Day);
        string history = scratch.File("history.om", History(start, end));
        string kept = Conf(scratch, "kept.conf", "60d", "on");
        await ImportAsync(history, "--storage.path=" + data, "--conf=" + kept);

        string range = string.Create(CultureInfo.InvariantCulture, $"&start={end - (5 * Day)}&end={end - (4 * Day)}&step=3600");
        string[] queries = ["rate(bytes_total[1h])", "max_over_time(temperature[2h])", "count_over_time(temperature[1h])", "bytes_total"];
        var before = new List<string>();
        await using (var node = new PleiadServer(data, config, RunningProgram.FreePort(), "--conf=" + kept, "--web.enable-admin-api"))
        {
            await node.ReadyAsync(Limit);
            await Pause.UntilAsync(async () => (await node.Client.VectorAsync("alive")).Count == 1, Limit, () => "no sample: " + node.Output);
            using (HttpResponseMessage sealing = await node.Client.Http.PostAsync("/api/v1/admin/tsdb/seal", null))
            {
                Assert.True(sealing.IsSuccessStatusCode, await sealing.Content.ReadAsStringAsync());
            }

            Assert.NotEmpty(Directory.GetFiles(data, "rollup-*.blk", SearchOption.AllDirectories));
            foreach (string query in queries)
            {
                (string result, string whole) = await AskAsync(node, query, range);
                before.Add(result);
                Assert.Contains("\"values\"", result, StringComparison.Ordinal);
                Assert.DoesNotContain("rollups", whole, StringComparison.Ordinal);
                (string preferred, string told) = await AskAsync(node, query, range + "&rollups=prefer");
                Assert.Equal(result, preferred);
                Assert.Contains("rollups of 1h were used instead of samples", told, StringComparison.Ordinal);
            }
        }

        string shorter = Conf(scratch, "shorter.conf", "3d", "on");
        await using var later = new PleiadServer(data, config, RunningProgram.FreePort(), "--conf=" + shorter);
        await later.ReadyAsync(Limit);
        await Pause.UntilAsync(
            async () => (await AskAsync(later, queries[0], range + "&rollups=never")).Result == "[]", Limit, () => "samples are still there: " + later.Output);
        for (int i = 0; i < queries.Length; i++)
        {
            (string result, string whole) = await AskAsync(later, queries[i], range);
            Assert.Equal(before[i], result);
            Assert.Contains("rollups of 1h were used where samples are gone", whole, StringComparison.Ordinal);
        }
    }

    private static async Task ImportAsync(string file, params string[] flags)
    {
        await using var run = new RunningProgram(PleiadServer.Binary, ["import", "openmetrics", file, .. flags]);
        int code = await run.WaitForExitAsync(Limit);
        Assert.True(code == 0, run.Output);
    }

    private static string Conf(Scratch scratch, string name, string retention, string rollups) => scratch.File(
        name, $"pleiad.storage {{ shards = 1, retention = {retention}, rollups.enabled = {rollups} }}\n");

    private static async Task<(string Result, string Whole)> AskAsync(PleiadServer node, string query, string range)
    {
        string whole = await node.Client.Http.GetStringAsync("/api/v1/query_range?query=" + Uri.EscapeDataString(query) + range);
        using JsonDocument document = JsonDocument.Parse(whole);
        return (document.RootElement.GetProperty("data").GetProperty("result").GetRawText(), whole);
    }

    // Whole numbers at whole minutes: what is added up is exact.
    private static string History(long start, long end)
    {
        var text = new StringBuilder("# TYPE bytes counter\n");
        for (long at = start, i = 0; at <= end; at += 60, i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"bytes_total{{instance=\"x\"}} {(i * 37) + (i % 11)} {at}\n");
        }

        text.Append("# TYPE temperature gauge\n");
        for (long at = start, i = 0; at <= end; at += 60, i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"temperature{{instance=\"x\"}} {i % 97} {at}\n");
        }

        return text.Append("# EOF\n").ToString();
    }
}
