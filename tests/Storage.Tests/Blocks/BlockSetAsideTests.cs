using System.Buffers.Binary;
using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>What a view says of damaged blocks in the quarantine.</summary>
public sealed class BlockSetAsideTests
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
            Assert.Single(listed.BlocksMissed);
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
        return [.. view.BlocksMissed.Select(static block => block.File)];
    }
}
