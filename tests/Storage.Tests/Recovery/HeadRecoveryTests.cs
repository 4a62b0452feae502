using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class HeadRecoveryTests
{
    // More than a machine has processors: not all shards are worked on at once.
    private const int Shards = 128;
    private const int Times = 3;

    // After an explosion of labels all shards together may need more memory than there is, though nothing of it stays.
    [Fact]
    public void Shards_let_go_of_what_blocks_have_before_the_journal_of_all_is_applied()
    {
        var files = new FaultyFiles();
        LedgerNode node = Written(files);
        node.Kill();
        int applied = 0;
        int atFirstBlock = 0;
        files.OnMap = path =>
        {
            if (path.EndsWith(".blk", StringComparison.Ordinal))
            {
                Interlocked.CompareExchange(ref atFirstBlock, Volatile.Read(ref applied), 0);
            }
        };
        using DataDirectory directory = DataDirectory.Open(files, LedgerNode.Root, Shards);
        RecoveredData data = HeadRecovery.Run(
            directory, new ShardSettings(), new SegmentLogSettings(), static _ => { }, CancellationToken.None, applied: () => Interlocked.Increment(ref applied));
        using SegmentLog log = data.Log;

        // Told of each shard when it is loaded and when it has its blocks, and of each of its records.
        int all = Shards * (2 + Times);
        Assert.Equal(all, applied);
        Assert.InRange(atFirstBlock, Shards + Times, Shards + (Shards * Times) - 1);
        Assert.All(data.Shards, static shard => Assert.Equal(0, shard.SeriesCount));
    }

    // The last segment may never have reached the device, and is answered from.
    [Fact]
    public void The_last_segment_is_durable_when_it_is_applied()
    {
        var files = new FaultyFiles();
        LedgerNode node = Written(files);
        node.WriteOne(ShardDriver.Named("late"), 1000, 1);
        node.Kill();
        string segment = files.Paths.Last(static path => path.EndsWith(".seg", StringComparison.Ordinal));
        int callsBefore = files.Calls;
        int callsAtFirst = 0;
        using DataDirectory directory = DataDirectory.Open(files, LedgerNode.Root, Shards);
        int loaded = 0;
        RecoveredData data = HeadRecovery.Run(directory, new ShardSettings(), new SegmentLogSettings(), static _ => { }, CancellationToken.None, applied: () =>
        {
            if (Interlocked.Increment(ref loaded) == Shards + 1)
            {
                callsAtFirst = files.Calls;
            }
        });
        using SegmentLog log = data.Log;
        Assert.True(callsAtFirst >= callsBefore + 4, $"{segment} was not created, appended to, flushed and renamed before: {callsAtFirst - callsBefore} calls");
        Assert.Equal(1, data.Shards.Sum(static shard => shard.SeriesCount));
    }

    [Fact]
    public void A_start_that_refuses_the_journal_lets_go_of_the_segment_that_was_read_ahead()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 1024 }, shardCount: 1);
        node.Start();
        for (int time = 1; time <= 300; time++)
        {
            node.WriteOne(ShardDriver.Named("m"), time, time);
            if (time is 100 or 150)
            {
                node.Data.Log.Roll();
                node.Snapshot();
            }
        }

        node.Kill();
        string[] segments = [.. files.Paths.Where(static path => path.EndsWith(".seg", StringComparison.Ordinal))];
        Assert.InRange(segments.Length, 3, 100);
        foreach (string path in files.Paths.Where(static path => path.EndsWith(".snap", StringComparison.Ordinal)).ToArray())
        {
            files.Delete(path);
        }

        var mapped = new List<string>();
        files.OnMap = mapped.Add;
        CorruptDataException refused = Assert.Throws<CorruptDataException>(node.Start);
        Assert.Contains("no damage explains it", refused.Message);
        Assert.Equal(segments[..2], mapped);
        Assert.Empty(files.PathsMapped);
    }

    private static LedgerNode Written(FaultyFiles files)
    {
        var node = new LedgerNode(files, new SegmentLogSettings(), Shards);
        node.Start();
        var map = new ShardMap(Shards);
        Labels[] series = [.. Enumerable.Range(0, 100_000).Select(static i => ShardDriver.Named("m", ("instance", $"{i}"))).DistinctBy(map.Of)];
        Assert.Equal(Shards, series.Length);
        for (int time = 1; time <= Times; time++)
        {
            node.Write([.. series.Select(labels => (labels, (long)time, 1.0))]);
        }

        node.Seal(100);
        return node;
    }
}
