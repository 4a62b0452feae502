using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>The conditions of "nothing lost" with every changing call of the file system failing once.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.DiskFull)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCut)]
    [InlineData(Fault.PowerCutTorn)]
    public void Whatever_call_fails_nothing_acknowledged_is_lost_and_nothing_refused_appears(Fault fault)
    {
        int failAt = 1;
        for (; ; failAt++)
        {
            Assert.True(failAt < 4000, "the story ends");
            var files = new FaultyFiles(failAt) { FailAt = failAt, Fault = fault };
            var node = new LedgerNode(files);
            bool ended = Tell(node);
            node.Kill();
            if (ended && !files.HasFailed)
            {
                break;
            }

            files.Restart(keepsUnflushed: fault is not (Fault.PowerCut or Fault.PowerCutTorn));
            node.Start();
            node.Check();
            Assert.True(node.Write((Series(0), 1_000_000, 1)), "the node goes on");
            node.Check();
            node.Kill();
            files.Restart(keepsUnflushed: false);
            node.Start();
            node.Check();
            node.Kill();
        }

        Assert.True(failAt > 50, $"only {failAt} calls were made to fail");
    }

    // A start writes the last segment anew, puts aside what is damaged, notes what is lost, deletes: whichever of it fails, the next start has everything, or says what it has not.
    [Theory]
    [InlineData(Fault.Error, false)]
    [InlineData(Fault.DiskFull, false)]
    [InlineData(Fault.Torn, false)]
    [InlineData(Fault.PowerCut, false)]
    [InlineData(Fault.PowerCutTorn, false)]
    [InlineData(Fault.Error, true)]
    [InlineData(Fault.DiskFull, true)]
    [InlineData(Fault.Torn, true)]
    [InlineData(Fault.PowerCut, true)]
    [InlineData(Fault.PowerCutTorn, true)]
    public void Whatever_call_of_a_start_fails_nothing_acknowledged_is_lost_and_no_segment_stays_mapped(Fault fault, bool damaged)
    {
        const long damagedTime = 900_000;
        bool MayBeLost(Labels labels, long time) => damaged && time == damagedTime;
        int failAt = 1;
        for (; ; failAt++)
        {
            Assert.True(failAt < 200, "the start ends");
            var files = new FaultyFiles(failAt);
            var node = new LedgerNode(files);
            Assert.True(Tell(node));
            foreach (long time in (long[])[damagedTime, damagedTime + 10])
            {
                Assert.True(node.Write([.. Enumerable.Range(0, 12).Select(i => (Series(i), time, 1.0))]));
            }

            // The last record of all is torn.
            node.Kill();
            string last = files.Paths.Last(static path => path.EndsWith(".seg", StringComparison.Ordinal));
            byte[] bytes = files.Bytes(last);
            if (damaged)
            {
                bytes[FirstOf(bytes, damagedTime)] ^= 1;
            }

            files.SetBytes(last, [.. bytes, .. bytes[SegmentFormat.HeadBytes..(SegmentFormat.HeadBytes + 30)]]);
            files.Fault = fault;
            files.FailAt = files.Calls + failAt;
            bool isStarted = TryStart(node);
            bool hasFailed = files.HasFailed;
            Assert.DoesNotContain(files.PathsMapped, static path => path.EndsWith(".seg", StringComparison.Ordinal));
            if (isStarted)
            {
                CheckAll(node, damaged, MayBeLost);
            }

            node.Kill();
            files.Restart(keepsUnflushed: fault is not (Fault.PowerCut or Fault.PowerCutTorn));
            node.Start();
            CheckAll(node, damaged, MayBeLost);
            Assert.True(node.Write((Series(0), 1_000_000, 1)), "the node goes on");
            node.Kill();
            files.Restart(keepsUnflushed: false);
            node.Start();
            CheckAll(node, damaged, MayBeLost);
            node.Kill();
            if (isStarted && !hasFailed)
            {
                break;
            }
        }

        Assert.True(failAt > (damaged ? 10 : 5), $"only {failAt} calls were made to fail");
    }

    [Fact]
    public void A_full_disk_refuses_and_the_node_recovers_by_itself()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files);
        node.Start();
        Assert.True(node.Write((Series(1), 1, 1)));
        files.IsFull = true;
        Assert.False(node.Write((Series(1), 2, 2), (Series(2), 2, 2)));
        Assert.False(node.Write((Series(1), 3, 3)));
        Assert.NotNull(node.Data.Log.Refusal);
        Assert.Null(node.Data.Log.Failure);
        node.Check();
        files.IsFull = false;
        Assert.True(node.Write((Series(1), 2, 2), (Series(2), 2, 2)));
        Assert.Null(node.Data.Log.Refusal);
        node.Check();
        node.Kill();
        files.Restart(keepsUnflushed: false);
        node.Start();
        node.Check();
        Assert.Equal(3, node.Acknowledged.Count);
    }

    [Fact]
    public void Batches_pipelined_into_a_full_disk_are_refused_together_and_their_series_defined_again()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files);
        node.Start();
        files.IsFull = true;
        node.Begin((Series(1), 1, 1), (Series(2), 1, 1));
        node.Begin((Series(1), 2, 2), (Series(2), 2, 2));
        node.Begin((Series(1), 3, 3), (Series(2), 3, 3));
        Assert.False(node.Flush());
        files.IsFull = false;
        node.Begin((Series(1), 2, 2.5), (Series(2), 2, 2.5));
        node.Begin((Series(1), 3, 3), (Series(2), 3, 3));
        Assert.True(node.Flush());
        node.Check();
        node.Kill();
        files.Restart(keepsUnflushed: false);
        node.Start();
        node.Check();
        Assert.Equal(4, node.Acknowledged.Count);
    }

    [Fact]
    public void A_failed_flush_is_final()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files);
        node.Start();
        Assert.True(node.Write((Series(1), 1, 1)));
        files.FailAt = files.Calls + 2;
        Assert.False(node.Write((Series(1), 2, 2)));
        Assert.NotNull(node.Data.Log.Failure);
        Assert.True(node.Data.Log.Failed.IsCompleted);
        int calls = files.Calls;
        Assert.False(node.Write((Series(1), 3, 3)));
        Assert.Equal(calls, files.Calls);
    }

    private static bool TryStart(LedgerNode node)
    {
        try
        {
            node.Start();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Where records are lost, every shard says so: nobody knows whose they were.
    private static void CheckAll(LedgerNode node, bool hasLosses, Func<Labels, long, bool> mayBeLost)
    {
        node.Check(mayBeLost);
        foreach (Shard shard in node.Data.Shards)
        {
            using ShardView view = shard.View();
            ShardDriver.Everything(view);
            Assert.Equal(hasLosses ? 1 : 0, view.Missing.Count);
        }
    }

    // Where the payload of the first record begins that has samples of a time.
    private static int FirstOf(byte[] segment, long time)
    {
        var reader = new BatchRecordReader();
        foreach (FoundRecord record in SegmentScan.Of(segment, SegmentFormat.HeadBytes).Records)
        {
            reader.Read(segment.AsSpan(record.Start, record.Length), withDefinitions: true);
            if (reader.Times.Contains(time))
            {
                return record.Start;
            }
        }

        throw new InvalidOperationException($"no record of {time} in the segment");
    }

    private static Labels Series(int number) => Named("m" + number, ("instance", "host" + (number % 3)), ("job", "test"));

    // Writes, rolls segments, snapshots, seals, merges and cuts the log; returns false where a failure ended it early.
    private static bool Tell(LedgerNode node)
    {
        try
        {
            node.Start();
            long time = 1000;
            for (int round = 0; round < 12; round++)
            {
                for (int batch = 0; batch < 3; batch++)
                {
                    time += 10;
                    var rows = new (Labels, long, double)[12];
                    for (int i = 0; i < rows.Length; i++)
                    {
                        rows[i] = (Series(i + (round / 2)), time, (time * 1.5) + i);
                    }

                    node.Begin(rows);
                }

                node.Flush();
                if (node.Data.Log.Failure is not null)
                {
                    return false;
                }

                if (round % 3 == 2)
                {
                    node.Data.Log.Roll();
                    node.Snapshot();
                }

                if (round % 2 == 1)
                {
                    node.Seal(time - 25);
                    node.Compact(40, time - 25);
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
