using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Truncated, flipped and missing bytes: found, counted, and never answered from.</summary>
public sealed class DamageTests
{
    private const string LogPath = LedgerNode.Root + "/log";

    [Fact]
    public void A_log_cut_at_any_byte_opens_with_everything_before_the_cut()
    {
        byte[] whole = OneSegment(out FaultyFiles files, out LedgerNode node);
        string path = SegmentPath(1);
        var ends = new List<(int End, long Time)>();
        foreach (FoundRecord record in SegmentScan.Of(whole, SegmentFormat.HeadBytes).Records)
        {
            ends.Add((record.Start + record.Length, ends.Count + 1));
        }

        for (int length = 0; length < whole.Length; length++)
        {
            Restore(files, path, whole[..length]);
            node.Start();
            int cut = length;
            node.Check((_, time) => ends[(int)time - 1].End > cut);
            Assert.Equal(0, node.Data.Report.Log.RecordsLost);
            int expected = ends.Count(end => end.End <= cut);
            Assert.Equal(expected, node.Data.Shards[0].AppliedSeq);
            node.Kill();
        }
    }

    [Fact]
    public void A_bit_flipped_anywhere_in_a_segment_costs_at_most_the_record_it_lies_in()
    {
        byte[] whole = TwoSegments(out FaultyFiles files, out LedgerNode node, out byte[] second);
        List<FoundRecord> records = SegmentScan.Of(whole, SegmentFormat.HeadBytes).Records;
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            Restore(files, SegmentPath(1), damaged);
            Put(files, SegmentPath(2), second);
            int touched = records.FindIndex(record => at < record.Start + record.Length && at >= record.Start - SegmentFormat.RecordHeadBytes);
            node.Start();
            node.Check((_, time) => touched >= 0 && time == touched + 1);
            Assert.Equal(touched >= 0 ? 1 : 0, node.Data.Report.Log.RecordsLost);
            Assert.True(node.Data.Report.Log.DamagedBytes > 0);
            Assert.Equal(0, node.Data.Report.SamplesUnplaced);
            Assert.Contains(files.Paths, static name => name.StartsWith(LedgerNode.Root + "/quarantine/", StringComparison.Ordinal));
            node.Kill();
        }
    }

    [Fact]
    public void A_missing_segment_is_refused_by_name()
    {
        TwoSegments(out FaultyFiles files, out LedgerNode node, out _);
        node.Start();
        for (int i = 0; i < 30; i++)
        {
            node.Write((Named("m", ("instance", "a")), 1000 + i, i));
        }

        node.Kill();
        files.Delete(SegmentPath(2));
        CorruptDataException refused = Assert.Throws<CorruptDataException>(node.Start);
        Assert.Contains("000000000002.seg is missing", refused.Message);
    }

    [Fact]
    public void Records_missing_without_damage_are_refused()
    {
        byte[] whole = TwoSegments(out FaultyFiles files, out LedgerNode node, out byte[] second);
        FoundRecord last = SegmentScan.Of(whole, SegmentFormat.HeadBytes).Records[^1];
        Restore(files, SegmentPath(1), whole[..(last.Start - SegmentFormat.RecordHeadBytes)]);
        Put(files, SegmentPath(2), second);
        CorruptDataException refused = Assert.Throws<CorruptDataException>(node.Start);
        Assert.Contains("no damage explains it", refused.Message);
    }

    [Fact]
    public void A_bit_flipped_anywhere_in_the_newest_snapshot_falls_back_to_the_one_before()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, shardCount: 1);
        node.Start();
        Labels labels = Named("m", ("instance", "a"));
        for (int time = 1; time <= 500; time++)
        {
            node.Write((labels, time, time * 0.5), (Named("n", ("instance", "a")), time, time));
            if (time is 200 or 450)
            {
                node.Snapshot();
            }
        }

        node.Kill();
        Dictionary<string, byte[]> before = files.Paths.ToDictionary(static path => path, files.Bytes);
        foreach (string path in before.Keys.Where(static path => path.Contains("000000000002.snap") || path.Contains("000000000002.chk")))
        {
            byte[] bytes = before[path];
            for (int at = 0; at < bytes.Length; at += 1 + (bytes.Length / 300))
            {
                foreach (string name in files.Paths.ToArray())
                {
                    files.Delete(name);
                }

                foreach ((string name, byte[] content) in before)
                {
                    Put(files, name, content);
                }

                byte[] damaged = [.. bytes];
                damaged[at] ^= (byte)(1 << (at % 8));
                files.SetBytes(path, damaged);
                node.Start();
                node.Check();
                Assert.Equal(1, node.Data.Report.SnapshotsDamaged);
                node.Kill();
            }
        }
    }

    [Fact]
    public void A_payload_cut_or_flipped_anywhere_is_an_exception_or_other_rows_but_never_a_crash()
    {
        var driver = new ShardDriver();
        using var batch = new SampleBatch(driver.Shard.Id);
        for (int i = 0; i < 20; i++)
        {
            batch.Add(driver.Key(Named("m" + i, ("instance", "a"))), 1000 + (i % 3), i * 1.1);
        }

        batch.Add(driver.Key(Named("h")), 1000, new NativeHistogram { Count = 3, PositiveSpans = [new BucketSpan(0, 2)], PositiveBuckets = [1, 2] });
        batch.SetStartTime(5);
        byte[] payload = driver.Shard.Prepare(batch).Payload.ToArray();
        for (int at = 0; at < payload.Length; at++)
        {
            Assert.Throws<FormatException>(() => new Shard(new ShardId(0), new ShardSettings()).Replay(1, payload.AsSpan(0, at)));
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. payload];
                damaged[at] ^= (byte)(1 << bit);
                var shard = new Shard(new ShardId(0), new ShardSettings());
                try
                {
                    // Slots are only taken as far as the payload's own definitions go: a flipped slot may be any number below the limit.
                    var reader = new BatchRecordReader();
                    reader.Read(damaged, withDefinitions: true);
                    Assert.InRange(reader.Rows, 0, payload.Length * 2);
                }
                catch (FormatException)
                {
                    Assert.Equal(0, shard.AppliedSeq);
                }
            }
        }
    }

    // One record of one sample for each time 1, 2, 3...
    private static byte[] OneSegment(out FaultyFiles files, out LedgerNode node)
    {
        files = new FaultyFiles();
        node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 1 << 20 }, shardCount: 1);
        node.Start();
        for (int time = 1; time <= 12; time++)
        {
            node.Write((Named("m", ("instance", "a")), time, time), (Named("n" + (time / 4), ("instance", "a")), time, -time));
        }

        node.Kill();
        return files.Bytes(SegmentPath(1));
    }

    private static byte[] TwoSegments(out FaultyFiles files, out LedgerNode node, out byte[] second)
    {
        byte[] first = OneSegment(out files, out node);
        node.Start();
        for (int time = 13; time <= 16; time++)
        {
            node.Write((Named("m", ("instance", "a")), time, time));
        }

        node.Kill();
        second = files.Bytes(SegmentPath(2));
        return first;
    }

    private static string SegmentPath(int number) => $"{LogPath}/{SegmentFormat.NameOf(number)}";

    private static void Restore(FaultyFiles files, string path, byte[] bytes)
    {
        foreach (string name in files.Paths.Where(static name => !name.EndsWith("pleiad.meta", StringComparison.Ordinal)).ToArray())
        {
            files.Delete(name);
        }

        Put(files, path, bytes);
    }

    private static void Put(FaultyFiles files, string path, byte[] bytes)
    {
        files.Create(path).Dispose();
        files.SetBytes(path, bytes);
    }
}
