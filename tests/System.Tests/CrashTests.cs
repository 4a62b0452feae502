using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Pleiad.Outside.Tests;

/// <summary>kill -9 at random points under load: whatever a client has seen is there after the restart, once and unchanged.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Targets = 8;
    private const int SeriesPerTarget = 50;

    /// <summary>Kills in this run; the variable PLEIAD_KILLS asks for more.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("PLEIAD_KILLS") ?? "20", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Nothing_that_was_seen_is_lost_when_the_process_is_killed()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"seed {seed}, {Kills} kills");
        await using PageServer exporter = await PageServer.StartAsync();
        var served = new Served();
        for (int target = 0; target < Targets; target++)
        {
            int number = target;
            exporter.Serve($"/{target}", () => served.Page(number));
        }

        using var scratch = new Scratch();
        string config = scratch.File("prometheus.yml", "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n" + string.Concat(
            Enumerable.Range(0, Targets).Select(target =>
                $"  - job_name: load{target}\n    metrics_path: /{target}\n    static_configs: [{{targets: ['{exporter.Address}'], labels: {{instance: load{target}}}}}]\n")));
        string data = scratch.Folder("data");
        var seen = new Dictionary<(string Series, long TimeMs), string>();
        var readyTimes = new List<double>();
        for (int kill = 0; kill < Kills; kill++)
        {
            await using var pleiad = new PleiadServer(data, config, RunningProgram.FreePort());
            long began = Stopwatch.GetTimestamp();
            await pleiad.ReadyAsync(TimeSpan.FromSeconds(60));
            readyTimes.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            await AssertAllThereAsync(pleiad, seen, $"after kill {kill} (seed {seed})");
            TimeSpan life = TimeSpan.FromMilliseconds(300 + random.Next(1500));
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < life)
            {
                await RecordAsync(pleiad, seen);
            }

            await pleiad.KillAsync();
        }

        await using var last = new PleiadServer(data, config, RunningProgram.FreePort());
        await last.ReadyAsync(TimeSpan.FromSeconds(60));
        await AssertAllThereAsync(last, seen, $"after the last kill (seed {seed})");
        Assert.True(seen.Count > Kills * SeriesPerTarget, $"only {seen.Count} samples were seen: the load was no load");
        output.WriteLine($"{seen.Count} samples seen, 0 lost; ready after {readyTimes.Max():F2} s at worst");
    }

    private static double Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    private static async Task RecordAsync(PleiadServer pleiad, Dictionary<(string Series, long TimeMs), string> seen)
    {
        foreach ((string series, List<(long TimeMs, string Value)> samples) in await pleiad.Client.RawAsync("load_total[5s]", Now))
        {
            foreach ((long time, string value) in samples)
            {
                if (!seen.TryAdd((series, time), value))
                {
                    Assert.True(seen[(series, time)] == value, $"{series} at {time} was {seen[(series, time)]} and is now {value}");
                }
            }
        }
    }

    private static async Task AssertAllThereAsync(PleiadServer pleiad, Dictionary<(string Series, long TimeMs), string> seen, string when)
    {
        var kept = new Dictionary<(string, long), string>();
        foreach ((string series, List<(long TimeMs, string Value)> samples) in await pleiad.Client.RawAsync("load_total[1h]", Now))
        {
            foreach ((long time, string value) in samples)
            {
                Assert.True(kept.TryAdd((series, time), value), $"{when}: {series} has two samples at {time}");
            }
        }

        string[] lost = [.. seen.Where(sample => !kept.TryGetValue(sample.Key, out string? value) || value != sample.Value)
            .Select(sample => $"{sample.Key.Series} at {sample.Key.TimeMs}: {sample.Value}, now {kept.GetValueOrDefault(sample.Key, "gone")}")];
        Assert.True(lost.Length == 0, $"{when}: {lost.Length} of {seen.Count} samples lost\n{string.Join('\n', lost.Take(10))}\n{pleiad.Output}");
    }

    /// <summary>Pages whose values are never served twice, so that a sample tells which page it came from.</summary>
    private sealed class Served
    {
        private readonly long[] _pages = new long[Targets];

        public string Page(int target)
        {
            long number = Interlocked.Increment(ref _pages[target]);
            var page = new StringBuilder("# TYPE load_total counter\n");
            for (int series = 0; series < SeriesPerTarget; series++)
            {
                page.Append(CultureInfo.InvariantCulture, $"load_total{{series=\"{series}\"}} {(number * 1000) + series}\n");
            }

            return page.ToString();
        }
    }
}
