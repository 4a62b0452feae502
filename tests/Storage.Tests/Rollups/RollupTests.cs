using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Rollups are what the samples say, whatever moves, comes late, is deleted or fails; and they stay when the samples go.</summary>
public sealed class RollupTests
{
    private static readonly Matcher[] s_counters = [new(LabelName.MetricName, MatchKind.Equal, "counter_total")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void In_any_order_of_writes_seals_rollups_merges_deletions_and_restarts_a_bucket_is_what_its_samples_say(int seed)
    {
        var random = new Random(seed);
        var files = new FaultyFiles(seed);
        var node = new RollupNode(files);
        node.Storage.Start();
        int written = 0;
        for (int step = 0; step < 100; step++)
        {
            for (int i = 0; i < 5; i++)
            {
                node.Write(random);
            }

            switch (random.Next(9))
            {
                case 0:
                    node.Storage.Seal(node.Time - random.Next(80));
                    break;
                case 1:
                    node.Storage.Compact(RollupNode.Range, node.Time - 100);
                    break;
                case 2:
                    node.Storage.Snapshot();
                    break;
                case 3:
                    node.WriteLate(random);
                    node.WriteLate(random);
                    break;
                case 4 when random.Next(3) == 0:
                    long from = node.Time - random.Next(1500);
                    Assert.True(node.Storage.Delete(s_counters, from, from + random.Next(200)));
                    break;
                case 5 when random.Next(3) == 0:
                    node.Clean();
                    break;
                case 6 when random.Next(2) == 0:
                    node.Storage.Kill();
                    files.Restart(keepsUnflushed: random.Next(2) == 0);
                    node.Storage.Start();
                    break;
                default:
                    node.RollUp();
                    break;
            }

            if (step % 4 == 3)
            {
                node.Settle();
                node.CheckAgainstSamples(random);
                written = Math.Max(written, node.Storage.Data.Shards.Sum(static shard => shard.RollupCount));
            }
        }

        node.Storage.Check();
        Assert.True(written > 4, $"only {written} blocks of rollups");
        node.Storage.Kill();
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCut)]
    [InlineData(Fault.PowerCutTorn)]
    public void Whatever_call_fails_a_bucket_is_what_its_samples_say(Fault fault)
    {
        int failAt = 1;
        for (; ; failAt++)
        {
            Assert.True(failAt < 2000, "the story ends");
            var files = new FaultyFiles(failAt) { FailAt = failAt, Fault = fault };
            var node = new RollupNode(files, shardCount: 1);
            bool ended = Tell(node);
            node.Storage.Kill();
            if (ended && !files.HasFailed)
            {
                break;
            }

            files.Restart(keepsUnflushed: fault is not (Fault.PowerCut or Fault.PowerCutTorn));
            node.Storage.Start();
            node.Storage.Check();
            node.Settle();
            node.CheckAgainstSamples(new Random(failAt));
            node.Clean();
            node.CheckAgainstSamples(new Random(failAt));
            node.Storage.Kill();
        }

        Assert.True(failAt > 40, $"only {failAt} calls were made to fail");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void When_the_samples_are_gone_their_buckets_are_as_they_were(int seed)
    {
        var random = new Random(seed);
        var files = new FaultyFiles(seed);
        var node = new RollupNode(files);
        node.Storage.Start();
        for (int i = 0; i < 150; i++)
        {
            node.Write(random);
        }

        node.Settle();
        var ends = new TimeRange(0, RollupGrid.Floor(node.Time, 100));
        var before = new List<SortedDictionary<string, string>>();
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            using ShardView view = shard.View();
            before.AddRange(RollupNode.Settings.Tiers.Select(tier => RollupNode.FromSamples(view, (long)tier.Resolution.TotalMilliseconds, ends)));
        }

        long cut = node.Time - 200 - random.Next(300);
        for (int round = 0; round < 5; round++)
        {
            foreach (Shard shard in node.Storage.Data.Shards)
            {
                shard.DropBefore(cut);
            }

            node.Storage.Compact(RollupNode.Range, node.Time);
            for (int i = 0; i < 40; i++)
            {
                node.Write(random);
            }

            node.WriteLate(random);
            node.Settle();
            if (round == 2)
            {
                node.Storage.Kill();
                files.Restart(keepsUnflushed: false);
                node.Storage.Start();
            }
        }

        int at = 0;
        int gone = 0;
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            shard.DropBefore(cut);
            using ShardView view = shard.View();
            foreach (RollupTier tier in RollupNode.Settings.Tiers)
            {
                string last = RollupGrid.Floor(cut - 1, (long)tier.Resolution.TotalMilliseconds).ToString("D8", System.Globalization.CultureInfo.InvariantCulture);
                SortedDictionary<string, string> expected = new(before[at++].Where(pair => string.CompareOrdinal(pair.Key[^8..], last) <= 0).ToDictionary());
                gone += expected.Count;
                Assert.Equal(expected, RollupNode.FromRollups(view, (long)tier.Resolution.TotalMilliseconds, ends, prefers: false, through: long.Parse(last, System.Globalization.CultureInfo.InvariantCulture)));
            }
        }

        Assert.True(gone > 50, $"only {gone} buckets outlived their samples");
        node.Storage.Kill();
    }

    [Fact]
    public void A_damaged_file_is_put_aside_or_read_as_far_as_it_is_sound()
    {
        var random = new Random(5);
        var files = new FaultyFiles();
        var node = new RollupNode(files);
        node.Storage.Start();
        for (int i = 0; i < 150; i++)
        {
            node.Write(random);
        }

        node.Settle();
        long cut = node.Time;
        var ends = new TimeRange(0, RollupGrid.Floor(node.Time, 100));
        var whole = new HashSet<string>();
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            using ShardView view = shard.View();
            whole.UnionWith(RollupNode.FromSamples(view, 20, ends).Select(static pair => pair.Key + pair.Value));
        }

        node.Storage.Kill();
        int aside = 0;
        int passedOver = 0;
        foreach (string path in files.Paths.Where(static path => path.Contains("/rollup-", StringComparison.Ordinal)).ToArray())
        {
            byte[] sound = files.Bytes(path);
            for (int at = 3; at < sound.Length; at += 211)
            {
                byte[] bytes = [.. sound];
                bytes[at] ^= 0x10;
                files.SetBytes(path, bytes);
                node.Storage.Start();
                aside += node.Storage.Data.Blocks.Sum(static store => store.Rollups.Damaged);
                foreach (Shard shard in node.Storage.Data.Shards)
                {
                    shard.DropBefore(cut);
                    using ShardView view = shard.View();
                    Assert.All(RollupNode.FromRollups(view, 20, ends, prefers: false), pair => Assert.Contains(pair.Key + pair.Value, whole));
                    passedOver += view.ChunksDamaged > 0 ? 1 : 0;
                }

                node.Storage.Kill();
                if (!files.Exists(path))
                {
                    files.Create(path).Dispose();
                }

                files.SetBytes(path, sound);
            }
        }

        Assert.True(aside > 5 && passedOver > 5, $"{aside} put aside, {passedOver} read in part");
    }

    [Fact]
    public void Before_rollups_are_written_without_what_is_damaged_it_is_told()
    {
        int lost = 0;
        for (int at = 3; at < 6000; at += 211)
        {
            var random = new Random(5);
            var files = new FaultyFiles();
            var node = new RollupNode(files, shardCount: 1);
            node.Storage.Start();
            for (int i = 0; i < 150; i++)
            {
                node.Write(random);
            }

            node.Settle();
            node.Storage.Kill();
            foreach (string path in files.Paths.Where(static path => path.Contains("/rollup-", StringComparison.Ordinal)).ToArray())
            {
                byte[] bytes = files.Bytes(path);
                bytes[at % bytes.Length] ^= 0x10;
                files.SetBytes(path, bytes);
            }

            node.Storage.Start();
            int told = 0;
            node.Storage.Data.Blocks[0].Rollups.BeforeLoss = () => told++;
            for (int i = 0; i < 5; i++)
            {
                node.WriteLate(random);
            }

            node.Settle();
            Assert.Equal(node.Lost > 0, told > 0);
            lost += node.Lost;
            node.Storage.Kill();
        }

        Assert.True(lost > 0, "nothing that was damaged was written again");
    }

    [Fact]
    public void A_deletion_takes_the_buckets_it_touches_also_where_samples_are_gone()
    {
        var random = new Random(6);
        var files = new FaultyFiles();
        var node = new RollupNode(files);
        node.Storage.Start();
        for (int i = 0; i < 150; i++)
        {
            node.Write(random);
        }

        node.Settle();
        Drop(node, node.Time);
        Assert.Contains(Counters(node), static end => end is > 1200 and <= 1300);
        Assert.True(node.Storage.Delete(s_counters, 1210, 1290));
        Assert.DoesNotContain(Counters(node), static end => end is > 1200 and <= 1300);
        Assert.Contains(Counters(node), static end => end is > 1300);
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            Assert.Equal(1, shard.Tombstones.Count);
        }

        // Written anew, they have nothing of it, and no tombstone is needed any more.
        node.Clean();
        node.Clean();
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            Assert.Equal(0, shard.Tombstones.Count);
        }

        node.Storage.Kill();
        files.Restart(keepsUnflushed: false);
        node.Storage.Start();
        Drop(node, node.Time);
        Assert.DoesNotContain(Counters(node), static end => end is > 1200 and <= 1300);
        Assert.Contains(Counters(node), static end => end is > 1300);
        node.Storage.Kill();
    }

    [Fact]
    public void Each_resolution_is_kept_for_its_own_time_and_what_is_switched_off_stays()
    {
        var random = new Random(7);
        var node = new RollupNode(new FaultyFiles());
        node.Storage.Start();
        for (int i = 0; i < 400; i++)
        {
            node.Write(random);
            if (i % 60 == 0)
            {
                node.Settle();
            }
        }

        node.Settle();
        var settings = new RollupSettings
        {
            Tiers = [new RollupTier(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100)), new RollupTier(TimeSpan.FromMilliseconds(100), TimeSpan.Zero)],
        };
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            Assert.Equal(0, shard.RetainRollups(RollupSettings.Off, node.Time + 1_000_000));
            Assert.True(shard.RetainRollups(settings, node.Time + 1_000_000) > 0);
            using ShardView view = shard.View();
            Assert.Null(view.Pin.Parts.Rollups.Level(20));
            Assert.NotNull(view.Pin.Parts.Rollups.Level(100));
        }

        node.Storage.Kill();
    }

    [Fact]
    public void Of_a_bucket_with_native_histograms_the_samples_are_read()
    {
        var files = new FaultyFiles();
        var node = new RollupNode(files);
        node.Storage.Start();
        Labels labels = Named("mixed", ("instance", "x"));
        Shard shard = node.Storage.Data.Shards[new ShardMap(2).Of(labels).Value];
        for (long time = 1001; time < 2000; time += 10)
        {
            using var batch = new SampleBatch(shard.Id);
            if (time is > 1100 and < 1200)
            {
                batch.Add(new SeriesKey(labels), time, new NativeHistogram { Count = 1, Sum = 1, ZeroCount = 1 });
            }
            else
            {
                batch.Add(new SeriesKey(labels), time, time);
            }

            PreparedBatch prepared = shard.Prepare(batch);
            Task<LogOutcome> logging = node.Storage.Data.Log.AppendAsync(shard.Id, 1, prepared.Seq, prepared.Payload).AsTask();
            node.Storage.Data.Log.FlushOnce();
            Assert.True(logging.IsCompletedSuccessfully);
            shard.Apply(prepared);
        }

        node.Storage.Seal(3000);
        node.RollUp();
        var buckets = new RollupColumns();
        using (ShardView view = shard.View())
        {
            Assert.False(TryRead(view, new TimeRange(1000, 1600), buckets));
            Assert.True(TryRead(view, new TimeRange(1200, 1600), buckets));
            Assert.Equal(Enumerable.Repeat(10.0, 4), buckets[RollupColumn.Count].ToArray());
        }

        node.Storage.Kill();
    }

    [Fact]
    public void The_golden_file_has_the_bytes_that_are_written_today_and_says_what_it_said()
    {
        string golden = Path.Combine(Golden.Formats, "rollup-v3.blk");
        const string path = "/data/rollup";
        var files = new FaultyFiles();
        using (IFile file = files.Create(path))
        {
            var builder = new BlockBuilder(path, file, shard: 0, number: 7, new BlockMeta([], 3, new RollupExtent(300_000, new TimeRange(600_000, 201_000_000), 12)));
            builder.Add(Named("requests_total", ("instance", "a:1")), Buckets(static i => i % 300 * 3));
            builder.Add(Named("temperature", ("instance", "a:1")), Buckets(static i => i % 97 == 5 ? StaleMarker.Value : Math.Round(20 + (i % 13 * 0.37), 2)));
            builder.End();
        }

        if (Environment.GetEnvironmentVariable("PLEIAD_WRITE_GOLDEN") is { Length: > 0 })
        {
            File.WriteAllBytes(golden, files.Bytes(path));
        }

        Assert.Equal(File.ReadAllBytes(golden), files.Bytes(path));
        using Block block = Block.Open(new DiskFiles(), golden, 0, 7);
        block.Verify();
        Assert.Equal(new RollupExtent(300_000, new TimeRange(600_000, 201_000_000), 12), block.Rollup);
        var reader = new BlockSeriesReader(block);
        using var series = new RollupSeries();
        var found = new RollupColumns();
        reader.MoveTo(0);
        Assert.Equal(0, series.Read(reader, new TimeRange(0, 201_000_000), RollupSeries.AllColumns, found));
        RollupColumns expected = Buckets(static i => i % 300 * 3);
        Assert.Equal(expected.Ends.ToArray(), found.Ends.ToArray());
        foreach (RollupColumn column in Enum.GetValues<RollupColumn>())
        {
            Assert.Equal(expected[column].ToArray(), found[column].ToArray());
        }

        static RollupColumns Buckets(Func<int, double> valueOf)
        {
            using var samples = new SampleColumns();
            for (int i = 40; i < 13_400; i++)
            {
                samples.Add(15_000L * i, valueOf(i));
            }

            var buckets = new RollupColumns();
            new RollupFold().Append(samples, 300_000, new TimeRange(600_000, 201_000_000), buckets);
            return buckets;
        }
    }

    private static bool TryRead(ShardView view, TimeRange ends, RollupColumns buckets)
    {
        var request = new SelectRequest([new Matcher(LabelName.MetricName, MatchKind.Equal, "mixed")], ends)
        {
            Rollup = new RollupRequest(100, ends, RollupSeries.AllColumns, Prefers: true),
        };
        using SeriesCursor cursor = view.Select(request, CancellationToken.None);
        Assert.True(cursor.MoveNext());
        if (cursor.TryReadRollups(buckets))
        {
            return true;
        }

        using var samples = new SampleColumns();
        cursor.Read(samples);
        Assert.Equal((ends.Through - ends.After) / 10, samples.Count);
        return false;
    }

    private static void Drop(RollupNode node, long before)
    {
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            shard.DropBefore(before);
        }
    }

    private static List<long> Counters(RollupNode node)
    {
        var found = new List<long>();
        foreach (Shard shard in node.Storage.Data.Shards)
        {
            using ShardView view = shard.View();
            found.AddRange(RollupNode.FromRollups(view, 100, new TimeRange(0, 5000), prefers: false).Keys
                .Where(static key => key.Contains("counter_total", StringComparison.Ordinal))
                .Select(static key => long.Parse(key[^8..], System.Globalization.CultureInfo.InvariantCulture)));
        }

        return found;
    }

    private static bool Tell(RollupNode node)
    {
        var random = new Random(9);
        try
        {
            node.Storage.Start();
            for (int round = 0; round < 2; round++)
            {
                for (int i = 0; i < 4; i++)
                {
                    node.Write(random, stepMax: 90);
                }

                if (node.Storage.Data.Log.Failure is not null)
                {
                    return false;
                }

                node.Storage.Seal(node.Time - 10);
                node.RollUp();
                node.Storage.Compact(RollupNode.Range, node.Time - 100);
                if (round == 0)
                {
                    node.Storage.Delete(s_counters, 1040, 1090);
                    node.Clean();
                }
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
