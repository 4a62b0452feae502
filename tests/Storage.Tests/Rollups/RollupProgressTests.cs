using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>Rollups that cannot be written as they were planned are written otherwise or later, and hold up no others.</summary>
public sealed class RollupProgressTests
{
    private readonly Random _random = new(3);
    private readonly FaultyFiles _files = new();
    private readonly RollupNode _node;

    public RollupProgressTests()
    {
        _node = new RollupNode(_files, shardCount: 1);
        _node.Storage.OutOfOrderWindowMs = 20_000;
        _node.Storage.Start();
    }

    private Shard Shard => _node.Storage.Data.Shards[0];

    private RollupStore Store => _node.Storage.Data.Blocks[0].Rollups;

    [Fact]
    public void What_would_be_too_large_is_written_in_smaller_parts_also_when_it_has_changed()
    {
        Write(150, stepMax: 60);
        Store.BlockBytesMax = 8 * 1024;
        _node.Storage.Seal(_node.Time + 10);
        (int written, int failed) = RollUp();
        Assert.InRange(failed, 2, 20);
        Assert.True(written > 4, $"{written} blocks were written");
        _node.CheckAgainstSamples(_random);
        long covered = RollupGrid.Floor(_node.Time - 10, 200);
        Assert.Equal([covered, covered], RollupNode.Settings.Tiers.Select(tier => Level(tier).CoveredThrough));

        // Late samples over more than one part: only with the last part they were all looked at, whatever ends in between.
        for (long time = _node.Time - 4000; time < _node.Time - 500; time += 100)
        {
            _node.Storage.WriteOne(RollupNode.Series(0), time, 7);
        }

        _node.Storage.Seal(_node.Time + 10);
        long before = Level(RollupNode.Settings.Tiers[0]).SourcesThrough;
        RollupJob first = Begin()!;
        Assert.Equal(RollupPurpose.Again, first.Purpose);
        Shard.CompleteRollup(first, Store.Write(first));
        Assert.Equal(before, Level(RollupNode.Settings.Tiers[0]).SourcesThrough);
        _node.Storage.Compact(RollupNode.Range, _node.Time);
        _node.Storage.Kill();
        _files.Restart(keepsUnflushed: false);
        _node.Storage.Start();
        Store.BlockBytesMax = 8 * 1024;
        RollUp();
        Assert.True(Level(RollupNode.Settings.Tiers[0]).SourcesThrough > before);
        _node.CheckAgainstSamples(_random);
        _node.Storage.Kill();
    }

    [Fact]
    public void Of_what_has_changed_no_more_is_written_at_once_than_of_what_is_new()
    {
        Write(500, stepMax: 50);
        _node.Settle();
        _node.Storage.WriteOne(RollupNode.Series(0), _node.Time - 10_000, 7);
        _node.Storage.WriteOne(RollupNode.Series(0), _node.Time - 600, 7);
        _node.Storage.Seal(_node.Time + 10);
        long before = Level(RollupNode.Settings.Tiers[0]).SourcesThrough;
        var parts = new List<RollupExtent>();
        while (Begin() is { } job)
        {
            if (job.Purpose == RollupPurpose.Again && job.Extent.ResolutionMs == 20)
            {
                parts.Add(job.Extent);
            }

            Shard.CompleteRollup(job, Store.Write(job));
        }

        Assert.Equal(2, parts.Count);
        Assert.All(parts, static part => Assert.InRange(part.Ends.Through - part.Ends.After, 1, RollupPlan.WindowsMax * 200));
        Assert.Equal(parts[0].Ends.Through, parts[1].Ends.After);
        Assert.Equal(before, parts[0].SourcesThrough);
        Assert.Equal(before + 1, parts[1].SourcesThrough);
        _node.CheckAgainstSamples(_random);
        _node.Storage.Kill();
    }

    [Fact]
    public void A_resolution_that_fails_holds_up_no_other_and_is_tried_again_later_each_time()
    {
        Write(100, stepMax: 14);
        _node.Storage.Seal(_node.Time + 10);
        RollupJob failing = Begin()!;
        Assert.Equal(20, failing.Extent.ResolutionMs);
        Shard.CompleteRollup(failing, null);
        RollupJob other = Begin()!;
        Assert.Equal(100, other.Extent.ResolutionMs);
        Shard.CompleteRollup(other, Store.Write(other));
        Assert.Null(Begin());
        foreach (int rounds in (int[])[1, 2, 4, 8, 16, 32, 64, 64])
        {
            for (int round = 1; round < rounds; round++)
            {
                Shard.BeginRollupRound();
                Assert.Null(Begin());
            }

            Shard.BeginRollupRound();
            Shard.CompleteRollup(Begin()!, null);
            Assert.Null(Begin());
        }

        for (int round = 0; round < RollupProgress.WaitMax; round++)
        {
            Shard.BeginRollupRound();
        }

        Assert.Equal((1, 0), RollUp());
        _node.CheckAgainstSamples(_random);
        _node.Storage.Kill();
    }

    [Fact]
    public void Blocks_that_are_merged_and_merged_again_are_no_news()
    {
        for (int i = 0; i < 40; i++)
        {
            Write(10, stepMax: 14);
            _node.Settle();
        }

        _node.Storage.Compact(RollupNode.Range, _node.Time);
        using (ShardView view = Shard.View())
        {
            Assert.Contains(view.Pin.Blocks.Blocks, block => block.Replaces.Any(number => number > Level(RollupNode.Settings.Tiers[0]).SourcesThrough));
        }

        Assert.Null(Begin());
        _node.Storage.WriteOne(RollupNode.Series(0), _node.Time - 1000, 7);
        _node.Storage.Seal(_node.Time + 10);
        _node.Storage.Compact(RollupNode.Range, _node.Time);
        RollupJob job = Begin()!;
        Assert.Equal(RollupPurpose.Again, job.Purpose);
        Shard.CompleteRollup(job, Store.Write(job));
        RollUp();
        _node.CheckAgainstSamples(_random);
        _node.Storage.Kill();
    }

    private RollupLevel Level(RollupTier tier)
    {
        using ShardView view = Shard.View();
        return view.Pin.Parts.Rollups.Level(tier.ResolutionMs)!;
    }

    private void Write(int count, int stepMax)
    {
        for (int i = 0; i < count; i++)
        {
            _node.Write(_random, stepMax);
        }
    }

    private RollupJob? Begin() => Shard.BeginRollup(RollupNode.Settings, Shard.OldestInHead());

    // As the upkeep does: what fails leaves everything as it was.
    private (int Written, int Failed) RollUp()
    {
        int blocks = 0;
        int failed = 0;
        while (Begin() is { } job)
        {
            RollupWritten? written = null;
            try
            {
                written = Store.Write(job);
                blocks++;
            }
            catch (BlockTooLargeException)
            {
                failed++;
            }

            Shard.CompleteRollup(job, written);
        }

        return (blocks, failed);
    }
}
