using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pleiad.Outside.Tests;

/// <summary>Sealing and copying a running node: nothing it has shown is missing afterwards, there or in the copy, nor after kill -9.</summary>
public sealed class StorageAdminTests
{
    [Fact]
    public async Task What_was_sealed_copied_and_killed_is_all_there()
    {
        await using PageServer exporter = await PageServer.StartAsync();
        long pages = 0;
        exporter.Serve("/metrics", () => Page(Interlocked.Increment(ref pages)));
        using var scratch = new Scratch();
        string config = scratch.File(
            "prometheus.yml",
            $"global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\nscrape_configs:\n  - job_name: load\n    static_configs: [{{targets: ['{exporter.Address}']}}]\n");
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        string data = scratch.Folder("data");
        Dictionary<(string, long), string> seen;
        string copy;
        await using (var pleiad = new PleiadServer(data, config, RunningProgram.FreePort(), "--web.enable-admin-api"))
        {
            await pleiad.ReadyAsync(TimeSpan.FromSeconds(60));
            await SeeAsync(pleiad, 200);
            await PostAsync(pleiad, "seal", 204);
            Dictionary<(string, long), string> before = await SeeAsync(pleiad, 400);
            copy = (await PostAsync(pleiad, "snapshot", 200)).GetProperty("data").GetProperty("name").GetString()!;
            seen = await SeeAsync(pleiad, before.Count + 50);
            AssertHas(seen, before, "after the copy was taken");
            string inCopy = Path.Combine(data, "snapshots", copy);
            await using (var restored = new PleiadServer(inCopy, none, RunningProgram.FreePort()))
            {
                await restored.ReadyAsync(TimeSpan.FromSeconds(60));
                AssertHas(await ReadAsync(restored), before, "in the copy");
            }

            await pleiad.KillAsync();
        }

        Assert.NotEmpty(Directory.GetFiles(data, "*.blk", SearchOption.AllDirectories));
        await using var again = new PleiadServer(data, none, RunningProgram.FreePort());
        await again.ReadyAsync(TimeSpan.FromSeconds(60));
        AssertHas(await ReadAsync(again), seen, "after kill -9");
    }

    [Fact]
    public async Task What_was_deleted_stays_away_and_what_comes_afterwards_is_there()
    {
        await using PageServer exporter = await PageServer.StartAsync();
        long pages = 0;
        exporter.Serve("/metrics", () => Page(Interlocked.Increment(ref pages)));
        using var scratch = new Scratch();
        string config = scratch.File(
            "prometheus.yml",
            $"global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\nscrape_configs:\n  - job_name: load\n    static_configs: [{{targets: ['{exporter.Address}']}}]\n");
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        string data = scratch.Folder("data");
        var deleted = new HashSet<(string, long)>();
        Dictionary<(string, long), string> kept;
        await using (var pleiad = new PleiadServer(data, config, RunningProgram.FreePort(), "--web.enable-admin-api"))
        {
            await pleiad.ReadyAsync(TimeSpan.FromSeconds(60));
            await SeeAsync(pleiad, 200);
            await PostAsync(pleiad, "seal", 204);
            await DeleteAsync(pleiad, deleted);
            Dictionary<(string, long), string> seen = await SeeAsync(pleiad, 600);
            Assert.DoesNotContain(seen.Keys, deleted.Contains);
            Assert.Contains(seen.Keys, static sample => IsToBeDeleted(sample.Item1));
            await PostAsync(pleiad, "seal", 204);
            await DeleteAsync(pleiad, deleted);
            kept = await SeeAsync(pleiad, 200);
            await pleiad.KillAsync();
        }

        await using (var again = new PleiadServer(data, none, RunningProgram.FreePort(), "--web.enable-admin-api"))
        {
            await again.ReadyAsync(TimeSpan.FromSeconds(60));
            Dictionary<(string, long), string> found = await ReadAsync(again);
            AssertHas(found, kept, "after kill -9");
            Assert.DoesNotContain(found.Keys, deleted.Contains);
            await PostAsync(again, "seal", 204);
            await PostAsync(again, "clean_tombstones", 204);
            await again.KillAsync();
        }

        await using var last = new PleiadServer(data, none, RunningProgram.FreePort());
        await last.ReadyAsync(TimeSpan.FromSeconds(60));
        Dictionary<(string, long), string> left = await ReadAsync(last);
        AssertHas(left, kept, "after cleaning and kill -9");
        Assert.DoesNotContain(left.Keys, deleted.Contains);
    }

    private static bool IsToBeDeleted(string series) => series.EndsWith("series=3", StringComparison.Ordinal) || series.EndsWith("series=13", StringComparison.Ordinal);

    private static async Task DeleteAsync(PleiadServer server, HashSet<(string, long)> deleted)
    {
        deleted.UnionWith((await ReadAsync(server)).Keys.Where(static sample => IsToBeDeleted(sample.Item1)));
        await PostAsync(server, "delete_series?match[]=" + Uri.EscapeDataString("load{series=~\"1?3\"}"), 204);
    }

    private static string Page(long number)
    {
        var page = new StringBuilder();
        for (int series = 0; series < 20; series++)
        {
            page.Append(CultureInfo.InvariantCulture, $"load{{series=\"{series}\"}} {(number * 100) + series}\n");
        }

        return page.ToString();
    }

    private static void AssertHas(Dictionary<(string, long), string> found, Dictionary<(string, long), string> expected, string when)
    {
        string[] missing = [.. expected.Where(sample => found.GetValueOrDefault(sample.Key) != sample.Value).Select(sample => $"{sample.Key}: {sample.Value}")];
        Assert.True(missing.Length == 0, $"{when} {missing.Length} of {expected.Count} samples are missing or different: {string.Join(", ", missing.Take(5))}");
    }

    // Scrapes go on by themselves; how long they take to bring so much is theirs.
    private static async Task<Dictionary<(string, long), string>> SeeAsync(PleiadServer server, int samples)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            Dictionary<(string, long), string> seen = await ReadAsync(server);
            if (seen.Count >= samples)
            {
                return seen;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"only {seen.Count} samples of {samples} came\n{server.Output}");
        }
    }

    private static async Task<Dictionary<(string, long), string>> ReadAsync(PleiadServer server)
    {
        var seen = new Dictionary<(string, long), string>();
        double now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        foreach ((string series, List<(long TimeMs, string Value)> samples) in await server.Client.RawAsync("load[1h]", now))
        {
            foreach ((long time, string value) in samples)
            {
                Assert.True(seen.TryAdd((series, time), value), $"{series} has two samples at {time}");
            }
        }

        return seen;
    }

    private static async Task<JsonElement> PostAsync(PleiadServer server, string name, int status)
    {
        using HttpResponseMessage answer = await server.Client.Http.PostAsync($"/api/v1/admin/tsdb/{name}", null);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{name} answered {(int)answer.StatusCode}: {body}");
        using JsonDocument json = JsonDocument.Parse(body.Length == 0 ? "{}" : body);
        return json.RootElement.Clone();
    }
}
