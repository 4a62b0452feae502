using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>A deletion is answered when it is durable: the tombstone in its file and the deletion in the journal.</summary>
public sealed class ShardDeletionTests
{
    private static readonly Matcher[] s_up = [new(LabelName.MetricName, MatchKind.Equal, "up")];

    [Fact]
    public void What_was_deleted_is_gone_and_stays_so_after_a_restart()
    {
        using var place = new TempDirectory();
        string[] left = ["load 1000 0.5", "load 2000 1", "load 3000 1.5", "load 4000 2", "load 5000 2.5", "up 1000 1", "up 5000 5"];
        using (var node = new ShardNode(place.Path))
        {
            Fill(node, 3);
            node.Writer.Send(node.Shard, new SealHead());
            Assert.Equal(new HeadSealed(null), node.Writer.ExpectMsg<HeadSealed>());
            node.Append(("up", 4000, 4), ("load", 4000, 2));
            Assert.Equal(new SamplesDeleted(null), Delete(node, 2000, 4000));
            node.Append(("up", 5000, 5), ("load", 5000, 2.5));
            Assert.Equal(left, node.Samples());
        }

        using var again = new ShardNode(place.Path);
        Assert.Equal(left, again.Samples());
        Assert.Equal(new TombstonesCleaned(null), Clean(again));
        Assert.Equal(left, again.Samples());
        Assert.Equal(new SamplesDeleted(null), Delete(again, 0, 9000));
        Assert.Equal(left.Where(static line => line.StartsWith("load", StringComparison.Ordinal)), again.Samples());
    }

    [Fact]
    public void Nobody_is_told_before_the_journal_is_flushed()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        Fill(node, 3);
        node.Writer.Send(node.Shard, new DeleteSamples(s_up, 0, 9000));
        WaitForBatch(node);
        node.Writer.ExpectNoMsg();
        Assert.Equal(6, node.Samples().Count);
        node.Journal.FlushOnce();
        Assert.Equal(new SamplesDeleted(null), node.Writer.ExpectMsg<SamplesDeleted>());
        Assert.Equal(3, node.Samples().Count);
    }

    [Fact]
    public void A_full_disk_says_so_and_the_next_deletion_is_done()
    {
        var files = new FailingFiles();
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, files);
        Fill(node, 3);
        files.IsFull = true;
        node.Writer.Send(node.Shard, new DeleteSamples(s_up, 0, 9000));
        Assert.Contains("no space left", node.Writer.ExpectMsg<SamplesDeleted>().Failure, StringComparison.Ordinal);
        Assert.Equal(6, node.Samples().Count);
        files.IsFull = false;
        Assert.Equal(new SamplesDeleted(null), Delete(node, 0, 9000));
        Assert.Equal(3, node.Samples().Count);
    }

    [Fact]
    public void More_deletions_than_may_wait_are_refused_until_blocks_are_clean()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, shard: new ShardSettings { TombstonesMax = 2 });
        Fill(node, 3);
        node.Writer.Send(node.Shard, new SealHead());
        node.Writer.ExpectMsg<HeadSealed>();
        Assert.Equal(new SamplesDeleted(null), Delete(node, 1000, 1000));
        Assert.Equal(new SamplesDeleted(null), Delete(node, 2000, 2000));
        node.Writer.Send(node.Shard, new DeleteSamples(s_up, 3000, 3000));
        Assert.Contains("clean_tombstones", node.Writer.ExpectMsg<SamplesDeleted>().Failure, StringComparison.Ordinal);
        Assert.Equal(4, node.Samples().Count);
        Assert.Equal(new TombstonesCleaned(null), Clean(node));
        Assert.Equal(new SamplesDeleted(null), Delete(node, 3000, 3000));
        Assert.Equal(3, node.Samples().Count);
    }

    private static void Fill(ShardNode node, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            Assert.Equal(2, node.Append(("up", i * 1000, i), ("load", i * 1000, i * 0.5)).Accepted);
        }
    }

    private static SamplesDeleted Delete(ShardNode node, long from, long through)
    {
        node.Writer.Send(node.Shard, new DeleteSamples(s_up, from, through));
        WaitForBatch(node);
        node.Journal.FlushOnce();
        return node.Writer.ExpectMsg<SamplesDeleted>();
    }

    private static TombstonesCleaned Clean(ShardNode node)
    {
        node.Writer.Send(node.Shard, new CleanTombstones());
        return node.Writer.ExpectMsg<TombstonesCleaned>();
    }

    // The file of tombstones is written on the pool, which no clock of the test drives; then the deletion waits in the journal.
    private static void WaitForBatch(ShardNode node)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (node.Journal.PendingBytes == 0)
        {
            node.Test.Drain();
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TestActorSystem.HangGuard, "the deletion did not come to the journal");
        }
    }
}
