using System.Buffers.Binary;
using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>What a view says of damaged blocks in the quarantine, and of what is noted there.</summary>
public sealed class MissingSamplesTests
{
    private static readonly Matcher[] s_all = [new(LabelName.MetricName, MatchKind.Regex, ".+")];

    // So many that the first page of a block has nothing but chunks.
    private static readonly Labels[] s_series = [.. Enumerable.Range(0, 8).Select(static number => Named("wave" + number))];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_block_that_does_not_open_is_missed_over_its_time_until_its_file_is_deleted(bool tellsTimes)
    {
        (FaultyFiles files, LedgerNode node) = Filled();
        node.Kill();
        string path = files.Paths.First(static path => path.EndsWith(".blk", StringComparison.Ordinal));
        byte[] bytes = files.Bytes(path);

        // The last byte of the index, or the end of the file.
        bytes[tellsTimes ? ^(BlockTrailer.Bytes + 1) : ^20] ^= 1;
        files.SetBytes(path, bytes);
        string file = "shard-0000-" + Path.GetFileName(path);
        for (int start = 0; start < 2; start++)
        {
            node.Start();
            Shard shard = node.Data.Shards[0];
            Assert.Equal([file], Missed(shard, new TimeRange(1050, 1150)));
            Assert.Equal(tellsTimes ? [] : [file], Missed(shard, new TimeRange(1200, 1290)));
            using ShardView listed = shard.View();
            listed.AddLabelNames(s_all, new TimeRange(1050, 1150), new TextUnion(), CancellationToken.None);
            Assert.Single(listed.Missing);
            node.Kill();
        }

        node.Start();
        files.Delete(LedgerNode.Root + "/quarantine/" + file);
        node.Data.Shards[0].Retain(RetentionCut.None);
        Assert.Empty(Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
    }

    [Fact]
    public void A_block_that_was_merged_without_its_damaged_chunks_is_missed_from_then_on()
    {
        (FaultyFiles files, LedgerNode node) = Filled();
        node.Kill();
        string path = files.Paths.First(static path => path.EndsWith(".blk", StringComparison.Ordinal));
        byte[] bytes = files.Bytes(path);
        bytes[40] ^= 1;
        files.SetBytes(path, bytes);
        node.Start();
        Shard shard = node.Data.Shards[0];
        Assert.Empty(Missed(shard, TimeRange.All));
        node.Compact(100, long.MaxValue);
        Assert.Equal(1, shard.BlockCount);
        string[] file = ["shard-0000-" + Path.GetFileName(path)];
        Assert.Equal(file, Missed(shard, TimeRange.All));
        shard.Retain(RetentionCut.None);
        Assert.Equal(file, Missed(shard, TimeRange.All));
        node.Kill();
        node.Start();
        Assert.Equal(file, Missed(node.Data.Shards[0], TimeRange.All));

        // Retention has left its time behind.
        node.Data.Shards[0].DropBefore(1299);
        Assert.Empty(Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
    }

    [Fact]
    public void A_damaged_block_that_was_merged_whole_before_is_not_missed()
    {
        (FaultyFiles files, LedgerNode node) = Filled();
        string path = files.Paths.First(static path => path.EndsWith(".blk", StringComparison.Ordinal));
        byte[] bytes = files.Bytes(path);
        node.Compact(100, long.MaxValue);
        node.Data.Shards[0].Retain(RetentionCut.None);
        node.Kill();

        // As if it could not be deleted, and rotted.
        bytes[^(BlockTrailer.Bytes + 1)] ^= 1;
        files.Create(path).Dispose();
        files.SetBytes(path, bytes);
        node.Start();
        Assert.Equal(1, node.Data.Report.BlocksDamaged);
        Assert.Empty(Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
    }

    [Fact]
    public void A_block_of_a_later_version_in_the_quarantine_is_told_and_refuses_no_start()
    {
        (FaultyFiles files, LedgerNode node) = Filled();
        node.Kill();
        string path = files.Paths.First(static path => path.EndsWith(".blk", StringComparison.Ordinal));
        byte[] bytes = files.Bytes(path);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), 99);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Crc32C.Of(bytes.AsSpan(0, 28)));
        string file = "shard-0000-" + Path.GetFileName(path);
        files.Delete(path);
        files.Create(LedgerNode.Root + "/quarantine/" + file).Dispose();
        files.SetBytes(LedgerNode.Root + "/quarantine/" + file, bytes);
        node.Start();
        Assert.Equal([file], Missed(node.Data.Shards[0], new TimeRange(1200, 1290)));
        node.Kill();

        // Beside the others it is no damage but somebody else's data.
        files.Create(path).Dispose();
        files.SetBytes(path, bytes);
        Assert.Throws<LaterVersionException>(node.Start);
    }

    [Fact]
    public void Records_lost_of_the_journal_are_missed_up_to_the_start_that_found_it_until_the_note_is_deleted()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 1 << 20 }, shardCount: 1);
        node.Start();
        for (long time = 1001; time <= 1020; time++)
        {
            Assert.True(node.Write((s_series[0], time, time), (s_series[1], time, -time)));
        }

        node.Kill();
        string path = files.Paths.Single(static path => path.EndsWith(".seg", StringComparison.Ordinal));
        byte[] bytes = files.Bytes(path);
        List<FoundRecord> records = SegmentScan.Of(bytes, SegmentFormat.HeadBytes).Records;

        // The last one: nothing behind it says whose it was.
        bytes[records[^1].Start] ^= 1;
        files.SetBytes(path, bytes);
        node.NowMs = 2000;
        for (int start = 0; start < 2; start++)
        {
            node.Start();
            Assert.Equal(start == 0 ? 1 : 0, node.Data.Report.Log.RecordsLost);
            Assert.Equal(["journal-000000000001.lost"], Missed(node.Data.Shards[0], new TimeRange(0, 3000)));
            Assert.Empty(Missed(node.Data.Shards[0], new TimeRange(2000 + (10 * 60 * 1000), long.MaxValue)));
            node.Kill();
            node.NowMs = 9_000_000;
        }

        node.Start();
        files.Delete(LedgerNode.Root + "/quarantine/journal-000000000001.lost");
        node.Data.Shards[0].Retain(RetentionCut.None);
        Assert.Empty(Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
    }

    [Theory]
    [InlineData(7, long.MaxValue)]
    [InlineData(7, 0)]
    [InlineData(19, long.MaxValue)]
    [InlineData(19, 0)]
    public void Damage_of_the_journal_is_told_once_wherever_a_start_stops_and_not_again_when_somebody_has_seen_to_it(int record, long keptAside)
    {
        // The last record goes from its segment; one before stays there.
        var settings = new SegmentLogSettings { SegmentBytes = 1 << 20, QuarantineBytesMax = keptAside };
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 1 << 20 }, shardCount: 1);
        node.Start();
        for (long time = 1001; time <= 1020; time++)
        {
            Assert.True(node.Write((s_series[0], time, time)));
        }

        node.Kill();
        string path = files.Paths.Single(static path => path.EndsWith(".seg", StringComparison.Ordinal));
        byte[] sound = files.Bytes(path);
        List<FoundRecord> records = SegmentScan.Of(sound, SegmentFormat.HeadBytes).Records;
        byte[] damaged = [.. sound];
        damaged[records[record].Start] ^= 1;
        string note = LedgerNode.Root + "/quarantine/journal-000000000001.lost";

        string meta = files.Paths.Single(static path => path.EndsWith("pleiad.meta", StringComparison.Ordinal));

        // A stop at any call of the start: what was lost is told by the one after it.
        for (int failAt = 1; ; failAt++)
        {
            Assert.True(failAt < 200, "the start ends");
            var failing = new FaultyFiles(failAt);
            foreach ((string name, byte[] content) in ((string, byte[])[])[(meta, files.Bytes(meta)), (path, damaged)])
            {
                failing.Create(name).Dispose();
                failing.SetBytes(name, content);
                failing.FlushDirectory(Path.GetDirectoryName(name)!);
            }

            failing.FailAt = failing.Calls + failAt;
            failing.Fault = Fault.PowerCut;
            var again = new LedgerNode(failing, settings, shardCount: 1);
            try
            {
                again.Start();
            }
            catch (IOException)
            {
                // Nothing was answered from it.
            }

            again.Kill();
            bool hasFailed = failing.HasFailed;
            failing.Restart(keepsUnflushed: false);
            again.Start();
            Assert.Equal(["journal-000000000001.lost"], Missed(again.Data.Shards[0], TimeRange.All));
            string aside = Assert.Single(failing.Paths, static path => path.EndsWith(".bin", StringComparison.Ordinal));
            Assert.Equal(keptAside > 0, failing.Bytes(aside).Length > 0);
            failing.Delete(note);
            again.Kill();
            again.Start();
            Assert.Empty(Missed(again.Data.Shards[0], TimeRange.All));
            again.Kill();
            if (!hasFailed)
            {
                break;
            }
        }
    }

    [Fact]
    public void Chunks_lost_of_a_snapshot_are_missed_up_to_the_newest_of_their_file()
    {
        (FaultyFiles files, LedgerNode node) = Saved();
        string path = files.Paths.Single(static path => path.EndsWith("chunks-000000000001.chk", StringComparison.Ordinal));
        byte[] bytes = files.Bytes(path);
        bytes[bytes.Length / 2] ^= 1;
        files.SetBytes(path, bytes);
        const string Note = "shard-0000-chunks-000000000001.chk.lost";
        for (int start = 0; start < 2; start++)
        {
            node.Start();
            Assert.Equal(1, node.Data.Report.ChunkRecordsLost);
            Assert.Equal([Note], Missed(node.Data.Shards[0], new TimeRange(0, 100)));
            Assert.Empty(Missed(node.Data.Shards[0], new TimeRange(200, 500)));
            node.Kill();
        }

        Assert.Equal(bytes, files.Bytes(LedgerNode.Root + "/quarantine/shard-0000-chunks-000000000001.chk"));
        files.Delete(LedgerNode.Root + "/quarantine/" + Note);
        node.Start();
        Assert.Equal(1, node.Data.Report.ChunkRecordsLost);
        Assert.Empty(Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
    }

    [Fact]
    public void A_shard_without_any_sound_snapshot_says_what_it_lacks_and_opens_again_before_there_is_another()
    {
        (FaultyFiles files, LedgerNode node) = Saved();
        DamageHeads(files, "/0000/");
        node.NowMs = 1_000_000;
        for (int start = 0; start < 3; start++)
        {
            node.Start();
            Assert.Equal(["shard-0000-snapshot.lost"], Missed(node.Data.Shards[0], new TimeRange(0, 100)));
            Assert.Equal(start == 0 ? 2 : 0, node.Data.Report.SnapshotsDamaged);
            node.Kill();
        }
    }

    [Fact]
    public void A_snapshot_that_is_damaged_after_somebody_has_seen_to_the_journal_is_told_where_it_alone_had_a_record()
    {
        (FaultyFiles files, LedgerNode node) = Saved(new SegmentLogSettings { SegmentBytes = 1 << 20 });
        string journal = files.Paths.Single(static path => path.EndsWith(".seg", StringComparison.Ordinal));
        byte[] bytes = files.Bytes(journal);

        // Between the two snapshots.
        bytes[SegmentScan.Of(bytes, SegmentFormat.HeadBytes).Records[300].Start] ^= 1;
        files.SetBytes(journal, bytes);
        node.Start();
        Assert.Equal(["journal-000000000001.lost"], Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
        files.Delete(LedgerNode.Root + "/quarantine/journal-000000000001.lost");
        string newest = files.Paths.Where(static path => path.EndsWith(".snap", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        bytes = files.Bytes(newest);
        bytes[^1] ^= 1;
        files.SetBytes(newest, bytes);
        for (int start = 0; start < 2; start++)
        {
            node.Start();
            Assert.Equal(1, node.Data.Report.BatchesLost);
            Assert.Equal(["shard-0000-snapshot.lost"], Missed(node.Data.Shards[0], TimeRange.All));
            node.Kill();
        }

        files.Delete(LedgerNode.Root + "/quarantine/shard-0000-snapshot.lost");
        node.Start();
        Assert.Empty(Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
    }

    [Fact]
    public void What_only_damaged_snapshots_had_is_told_wherever_a_start_stops()
    {
        (FaultyFiles files, LedgerNode node) = Saved();
        for (int failAt = 1; ; failAt++)
        {
            Assert.True(failAt < 200, "the start ends");
            var failing = new FaultyFiles();
            foreach (string path in files.Paths.ToArray())
            {
                byte[] bytes = [.. files.Bytes(path)];
                if (path.EndsWith(".snap", StringComparison.Ordinal))
                {
                    bytes[^1] ^= 1;
                }

                failing.Create(path).Dispose();
                failing.SetBytes(path, bytes);
                failing.FlushDirectory(Path.GetDirectoryName(path)!);
            }

            failing.FailAt = failing.Calls + failAt;
            failing.Fault = Fault.PowerCut;
            var again = new LedgerNode(failing, shardCount: 1);
            try
            {
                again.Start();
            }
            catch (IOException)
            {
                // Nothing was answered from it.
            }

            again.Kill();
            bool hasFailed = failing.HasFailed;
            failing.Restart(keepsUnflushed: false);
            again.Start();
            Assert.Equal(["shard-0000-snapshot.lost"], Missed(again.Data.Shards[0], TimeRange.All));
            failing.Delete(LedgerNode.Root + "/quarantine/shard-0000-snapshot.lost");
            again.Kill();
            again.Start();
            Assert.Empty(Missed(again.Data.Shards[0], TimeRange.All));
            again.Kill();
            if (!hasFailed)
            {
                break;
            }
        }
    }

    [Fact]
    public void A_damaged_snapshot_explains_no_gap_behind_the_next_one()
    {
        (FaultyFiles files, LedgerNode node) = Saved();
        DamageHeads(files, "/0000/");
        node.Start();
        node.Kill();

        // Only the quarantine knows of the numbers that were.
        node.Start();
        Assert.True(node.Data.Snapshots[0].HasDamaged());
        node.Snapshot();
        Assert.True(node.Write((s_series[0], 600, 1)));
        node.Kill();
        node.Start();
        Assert.False(node.Data.Snapshots[0].HasDamaged());
        node.Kill();
    }

    [Fact]
    public void A_damaged_snapshot_of_one_shard_explains_no_gap_in_another()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files);
        node.Start();
        for (int time = 1; time <= 500; time++)
        {
            Assert.True(node.Write([.. s_series.Select(series => (series, (long)time, time * 0.5))]));
            if (time is 200 or 450)
            {
                node.Snapshot();
            }
        }

        node.Kill();
        DamageHeads(files, "/0000/");
        foreach (string path in files.Paths.Where(static path => path.Contains("/0001/", StringComparison.Ordinal)).ToArray())
        {
            files.Delete(path);
        }

        Assert.Throws<CorruptDataException>(node.Start);
    }

    [Fact]
    public void A_file_of_chunks_that_is_gone_is_told_once()
    {
        (FaultyFiles files, LedgerNode node) = Saved();
        files.Delete(files.Paths.Single(static path => path.EndsWith("chunks-000000000001.chk", StringComparison.Ordinal)));
        node.Start();
        Assert.Equal(["shard-0000-chunks-000000000001.chk.lost"], Missed(node.Data.Shards[0], new TimeRange(0, 100)));
        node.Kill();
        files.Delete(LedgerNode.Root + "/quarantine/shard-0000-chunks-000000000001.chk.lost");
        node.Start();
        Assert.Equal(1, node.Data.Report.ChunkRecordsLost);
        Assert.Empty(Missed(node.Data.Shards[0], TimeRange.All));
        node.Kill();
    }

    [Fact]
    public void A_damaged_block_of_rollups_is_missed_where_the_samples_are_gone()
    {
        var files = new FaultyFiles();
        var node = new RollupNode(files, shardCount: 1);
        var random = new Random(3);
        node.Storage.Start();
        for (int i = 0; i < 150; i++)
        {
            node.Write(random);
        }

        node.Settle();
        node.Storage.Kill();
        string path = files.Paths.First(static path => BlockFormat.TryRollupNumber(Path.GetFileName(path), out _));
        byte[] bytes = files.Bytes(path);
        bytes[^(BlockTrailer.Bytes + 1)] ^= 1;
        files.SetBytes(path, bytes);
        string file = "shard-0000-" + Path.GetFileName(path);
        node.Storage.Start();
        Shard shard = node.Storage.Data.Shards[0];
        Assert.Empty(MissedOfRollups(shard));
        shard.DropBefore(node.Time - 100);
        Assert.Equal([file], MissedOfRollups(shard));

        // Who asks for samples alone gets all there are.
        Assert.Empty(Missed(shard, TimeRange.All));
        files.Delete(LedgerNode.Root + "/quarantine/" + file);
        shard.Retain(RetentionCut.None);
        Assert.Empty(MissedOfRollups(shard));
        node.Storage.Kill();
    }

    // Two snapshots and what came behind them; the first file of chunks belongs to both.
    private static (FaultyFiles Files, LedgerNode Node) Saved(SegmentLogSettings? log = null)
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, log, shardCount: 1);
        node.Start();
        for (int time = 1; time <= 500; time++)
        {
            Assert.True(node.Write((s_series[0], time, time * 0.5), (s_series[1], time, time)));
            if (time is 200 or 450)
            {
                node.Snapshot();
            }
        }

        node.Kill();
        return (files, node);
    }

    private static void DamageHeads(FaultyFiles files, string shard)
    {
        foreach (string path in files.Paths.Where(path => path.EndsWith(".snap", StringComparison.Ordinal) && path.Contains(shard, StringComparison.Ordinal)).ToArray())
        {
            byte[] bytes = files.Bytes(path);
            bytes[^1] ^= 1;
            files.SetBytes(path, bytes);
        }
    }

    private static string[] MissedOfRollups(Shard shard)
    {
        using ShardView view = shard.View();
        var ends = new TimeRange(1100, 1300);
        RollupNode.FromRollups(view, 20, ends, prefers: false);
        return [.. view.Missing.Select(static missing => missing.File)];
    }

    // Three blocks of 100 ms.
    private static (FaultyFiles Files, LedgerNode Node) Filled()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, shardCount: 1);
        node.Start();
        var random = new Random(5);
        for (long time = 1000; time < 1300; time++)
        {
            Assert.True(node.Write([.. s_series.Select(series => (series, time, random.NextDouble()))]));
            if (time % 100 == 99)
            {
                node.Seal(time + 1);
            }
        }

        return (files, node);
    }

    private static IEnumerable<string> Missed(Shard shard, TimeRange range)
    {
        using ShardView view = shard.View();
        view.Select(new SelectRequest(s_all, range), CancellationToken.None).Dispose();
        return [.. view.Missing.Select(static block => block.File)];
    }
}
