using System.Diagnostics;
using System.Globalization;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>What rollups cost and what they save: bytes a sample beside the samples themselves, and queries over 30 days from either, in turn.</summary>
internal static class RollupFigures
{
    private const long ScrapeMs = 15_000;
    private const long HourMs = 3_600_000;
    private const long Begin = 480_000 * HourMs;
    private const int Days = 30;
    private const int Rounds = 7;

    /// <summary>Makes the data, measures, prints.</summary>
    /// <param name="series">How many; half of them counters, half gauges.</param>
    public static async Task RunAsync(int series)
    {
        string place = Directory.CreateTempSubdirectory("rollup-figures").FullName;
        try
        {
            string blocks = Path.Combine(place, "0000");
            Directory.CreateDirectory(blocks);
            var store = new BlockStore(new DiskFiles(), blocks, Path.Combine(place, "quarantine"), new ShardId(0));
            var shard = new Shard(new ShardId(0), new ShardSettings());
            shard.AttachBlocks(store);
            long samples = Fill(shard, store, series);
            long raw = shard.BlockBytes;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{series} series, {Days} days at 15 s: {samples} samples, {(double)raw / samples:F3} B a sample"));
            long before = 0;
            foreach (TimeSpan resolution in (TimeSpan[])[TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)])
            {
                long begun = Stopwatch.GetTimestamp();
                RollUp(shard, store, resolution);
                long bytes = shard.RollupBytes - before;
                before = shard.RollupBytes;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"rollups of {resolution}: {(double)bytes / samples:F4} B a sample, {(double)bytes / raw:P1} of them; written in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s"));
            }

            await QueriesAsync(shard);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static long Fill(Shard shard, BlockStore store, int series)
    {
        var random = new Random(1);
        SeriesKey[] keys = [.. Enumerable.Range(0, series).Select(static i => new SeriesKey(
            Labels.FromSortedPairs([LabelName.MetricName, i % 2 == 0 ? "requests_total" : "temperature", "instance", "host" + (i / 10), "number", i.ToString(CultureInfo.InvariantCulture)])))];
        var values = new double[series];
        long samples = 0;
        for (long at = Begin; at < Begin + (Days * 24 * HourMs); at += ScrapeMs)
        {
            using var batch = new SampleBatch(shard.Id);
            for (int i = 0; i < series; i++)
            {
                values[i] = i % 2 == 0 ? random.Next(100_000) == 0 ? 0 : values[i] + random.Next(20) : Math.Round(values[i] + (random.NextDouble() - 0.5), 1);
                batch.Add(keys[i], at, values[i]);
                samples++;
            }

            shard.Apply(shard.Prepare(batch));
            if ((at + ScrapeMs) % (2 * HourMs) == 0)
            {
                SealJob job = shard.BeginSeal(at + ScrapeMs);
                shard.CompleteSeal(job, store.Write(job));
                while (shard.BeginCompaction(2 * HourMs, 54 * HourMs, at + ScrapeMs) is { } merge)
                {
                    shard.CompleteCompaction(merge, store.Write(merge));
                }
            }
        }

        return samples;
    }

    private static void RollUp(Shard shard, BlockStore store, TimeSpan resolution)
    {
        var settings = new RollupSettings { Tiers = [new RollupTier(resolution, TimeSpan.Zero)] };
        while (shard.BeginRollup(settings, shard.OldestInHead()) is { } job)
        {
            shard.CompleteRollup(job, store.Rollups.Write(job));
        }
    }

    private static async Task QueriesAsync(Shard shard)
    {
        var engine = new Engine(new EngineSettings(), TimeProvider.System);
        using ShardView view = shard.View();
        foreach (string query in (string[])["sum(rate(requests_total[1h]))", "max(max_over_time(temperature[1h]))", "avg by (instance) (avg_over_time(temperature[1h]))"])
        {
            double raw = await MedianAsync(engine, view, query, null);
            double fine = await MedianAsync(engine, view, query, 5 * 60_000);
            double coarse = await MedianAsync(engine, view, query, HourMs);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{query}, 720 steps of 1 h: samples {raw:F1} ms, rollups of 5 m {fine:F1} ms ({raw / fine:F1} x), of 1 h {coarse:F1} ms ({raw / coarse:F1} x)"));
        }
    }

    private static async Task<double> MedianAsync(Engine engine, ShardView view, string query, long? resolutionMs)
    {
        RollupUse? use = resolutionMs is { } resolution ? new RollupUse(Prefers: true, [new RollupChoice(resolution, long.MinValue)]) : null;
        var took = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            long begun = Stopwatch.GetTimestamp();
            await engine.RangeAsync(
                query, new Timestamp(Begin + HourMs), new Timestamp(Begin + (Days * 24 * HourMs)), TimeSpan.FromHours(1), view, new QueryRunOptions { Rollups = use },
                CancellationToken.None);
            if (round >= 0)
            {
                took[round] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        }

        Array.Sort(took);
        return took[Rounds / 2];
    }
}
