using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>The ledger's node with rollups of 20 ms and 100 ms, and what they should be: what the samples say.</summary>
internal sealed class RollupNode(FaultyFiles files, int shardCount = 2)
{
    public const long Range = 100;

    public static readonly RollupSettings Settings = new()
    {
        Tiers = [new RollupTier(TimeSpan.FromMilliseconds(20), TimeSpan.Zero), new RollupTier(TimeSpan.FromMilliseconds(100), TimeSpan.Zero)],
        Window = TimeSpan.FromMilliseconds(200),
    };

    private static readonly Matcher[] s_all = [new(LabelName.MetricName, MatchKind.Regex, ".+")];

    public LedgerNode Storage { get; } = new(files, shardCount: shardCount) { OutOfOrderWindowMs = 5_000 };

    public long Time { get; private set; } = 1000;

    /// <summary>Chunks that were damaged and are not in what was rolled up.</summary>
    public int Lost { get; private set; }

    public static Labels Series(int number) => Named(number % 2 == 0 ? "counter_total" : "gauge", ("instance", "host" + (number / 2)));

    public void Write(Random random, int stepMax = 14)
    {
        Time += 1 + random.Next(stepMax);
        Storage.Write([.. Enumerable.Range(0, 6).Where(_ => random.Next(8) > 0).Select(number => (Series(number), Time + number, Value(number, Time, random)))]);
    }

    public void WriteLate(Random random)
    {
        int number = random.Next(6);
        Storage.WriteOne(Series(number), Math.Max(1000, Time - 50 - random.Next(900)), 1000.5 + random.Next(5));
    }

    /// <param name="quietMs">What time it is where nothing comes any more.</param>
    public void RollUp(long? quietMs = null) => RollUp(shard => shard.BeginRollup(Settings, shard.OldestInHead(), quietMs));

    public void Clean()
    {
        RollUp(static shard => shard.BeginRollupCleaning());
        Storage.Clean();
    }

    /// <summary>Everything is in blocks, and what is complete rolled up.</summary>
    public void Settle()
    {
        Storage.Seal(Time + 10);
        RollUp();
    }

    /// <summary>Each bucket of rollups is what the samples say, to the last bit; also of what is not rolled up yet.</summary>
    public void CheckAgainstSamples(Random random)
    {
        foreach (Shard shard in Storage.Data.Shards)
        {
            using ShardView view = shard.View();
            foreach (RollupTier tier in Settings.Tiers)
            {
                long from = RollupGrid.Floor(900 + random.Next(400), tier.ResolutionMs);
                var ends = new TimeRange(from, RollupGrid.Ceiling(Time + 100 - random.Next(300), tier.ResolutionMs));
                SortedDictionary<string, string> expected = FromSamples(view, tier.ResolutionMs, ends);
                SortedDictionary<string, string> found = FromRollups(view, tier.ResolutionMs, ends, prefers: true);
                string[] wrong = [.. expected.Where(pair => !found.TryGetValue(pair.Key, out string? words) || words != pair.Value)
                    .Select(pair => $"{pair.Key} should be {pair.Value}, is {found.GetValueOrDefault(pair.Key)}")
                    .Concat(found.Keys.Where(key => !expected.ContainsKey(key)).Select(static key => key + " should not be"))];
                Assert.True(wrong.Length == 0, $"{tier.Resolution} over {ends}, {Blocks(view)}:\n{string.Join('\n', wrong)}");
            }
        }
    }

    public static SortedDictionary<string, string> FromSamples(ShardView view, long resolutionMs, TimeRange ends)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using SeriesCursor cursor = view.SelectSamples(new SelectRequest(s_all, TimeRange.All), CancellationToken.None);
        using var samples = new SampleColumns();
        var buckets = new RollupColumns();
        while (cursor.MoveNext())
        {
            samples.Clear();
            buckets.Clear();
            cursor.Read(samples);
            new RollupFold().Append(samples, resolutionMs, ends, buckets);
            Add(found, cursor.Labels, buckets, long.MaxValue);
        }

        return found;
    }

    public static SortedDictionary<string, string> FromRollups(ShardView view, long resolutionMs, TimeRange ends, bool prefers, long through = long.MaxValue)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var request = new SelectRequest(s_all, ends) { Rollup = new RollupRequest(resolutionMs, ends, RollupSeries.AllColumns, prefers) };
        using SeriesCursor cursor = view.Select(request, CancellationToken.None);
        using var samples = new SampleColumns();
        var buckets = new RollupColumns();
        while (cursor.MoveNext())
        {
            if (cursor.TryReadRollups(buckets))
            {
                Add(found, cursor.Labels, buckets, through);
                continue;
            }

            samples.Clear();
            cursor.Read(samples);
            buckets.Clear();
            new RollupFold().Append(samples, resolutionMs, ends, buckets);
            Add(found, cursor.Labels, buckets, through);
        }

        return found;
    }

    private static string Blocks(ShardView view) => string.Join(
        ", ",
        view.Pin.Blocks.Blocks.Select(static block => $"block {block.Number} [{block.MinTime}, {block.MaxTime}] of {string.Join('+', block.Replaces)}")
            .Concat(view.Pin.Parts.Rollups.Blocks.Select(static block => $"rollup {block.Number} {block.Rollup} tombstones {block.TombstonesApplied}"))
            .Concat(view.Pin.Parts.Tombstones.Tombstones.Select(static tombstone => $"tombstone {tombstone.Number} [{tombstone.From}, {tombstone.Through}]")));

    private static void Add(SortedDictionary<string, string> found, Labels labels, RollupColumns buckets, long through)
    {
        for (int i = 0; i < buckets.Count && buckets.Ends[i] <= through; i++)
        {
            string words = string.Join(' ', Enum.GetValues<RollupColumn>().Select(column => $"{column} {BitConverter.DoubleToInt64Bits(buckets[column][i]):x}"));
            found.Add($"{labels} {buckets.Ends[i]:D8}", words);
        }
    }

    private static double Value(int number, long time, Random random) => random.Next(25) switch
    {
        0 => StaleMarker.Value,
        1 => number % 2 == 0 ? 0 : double.NaN,
        2 when number % 2 != 0 => double.PositiveInfinity,
        3 => -0.0,
        _ => number % 2 == 0 ? time % 170 * 3 : Math.Sin(time) * random.Next(3),
    };

    private void RollUp(Func<Shard, RollupJob?> begin)
    {
        foreach (Shard shard in Storage.Data.Shards)
        {
            while (begin(shard) is { } job)
            {
                RollupWritten? written = null;
                try
                {
                    written = Storage.Data.Blocks[shard.Id.Value].Rollups.Write(job);
                    Lost += written.ChunksLost;
                }
                finally
                {
                    shard.CompleteRollup(job, written);
                }
            }
        }
    }
}
