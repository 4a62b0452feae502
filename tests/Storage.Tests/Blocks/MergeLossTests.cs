using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Blocks that are merged without what is damaged in them: no later start finds that damage, so somebody is told first.</summary>
public sealed class MergeLossTests
{
    private const long Range = 100_000;

    private readonly FaultyFiles _files = new();
    private readonly LedgerNode _node;

    public MergeLossTests()
    {
        _node = new LedgerNode(_files, shardCount: 1);
        _node.Start();
        var random = new Random(3);
        for (int i = 1; i <= 80; i++)
        {
            // Nothing that packs well: chunks of several frames, before the index begins.
            _node.Write([.. Enumerable.Range(0, 30).Select(number => (Named("m", ("instance", $"host{number}")), 1000L * i, random.NextDouble()))]);
            if (i % 40 == 0)
            {
                _node.Seal(long.MaxValue);
            }
        }

        _node.Kill();
        Assert.Equal(2, Blocks().Length);
    }

    [Fact]
    public void It_is_told_before_the_merged_block_takes_the_place_of_the_damaged_one()
    {
        Damage();
        BlockStore store = Open();
        var there = new List<string[]>();
        store.BeforeLoss = () => there.Add(Blocks());
        string[] before = Blocks();
        CompactionJob job = Begin();
        CompactionWritten written = store.Write(job);
        Assert.True(written.ChunksLost > 0);
        Assert.Equal(before, Assert.Single(there));
        _node.Data.Shards[0].CompleteCompaction(job, written);
        Assert.Equal(1, _node.Data.Shards[0].BlockCount);
        _node.Kill();
    }

    [Fact]
    public void Where_that_fails_the_blocks_stay_as_they_are()
    {
        Damage();
        BlockStore store = Open();
        store.BeforeLoss = static () => throw new IOException("no room for a note");
        string[] before = Blocks();
        CompactionJob job = Begin();
        Assert.Equal("no room for a note", Assert.Throws<IOException>(() => store.Write(job)).Message);
        _node.Data.Shards[0].CompleteCompaction(job, null);
        Assert.Equal(before, Blocks());
        Assert.Equal(2, _node.Data.Shards[0].BlockCount);
        _node.Kill();
    }

    [Fact]
    public void Of_sound_blocks_nothing_is_told()
    {
        BlockStore store = Open();
        store.BeforeLoss = static () => Assert.Fail("nothing is lost");
        CompactionJob job = Begin();
        CompactionWritten written = store.Write(job);
        Assert.Equal(0, written.ChunksLost);
        _node.Data.Shards[0].CompleteCompaction(job, written);
        _node.Check();
        _node.Kill();
    }

    private string[] Blocks() => [.. _files.Paths.Where(static path => path.Contains("/block-", StringComparison.Ordinal) && path.EndsWith(".blk", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private void Damage()
    {
        byte[] bytes = _files.Bytes(Blocks()[0]);
        bytes[BlockFormat.FrameBytes / 2] ^= 0x10;
        _files.SetBytes(Blocks()[0], bytes);
    }

    private BlockStore Open()
    {
        _node.Start();
        BlockStore store = _node.Data.Blocks[0];
        Assert.Equal(0, store.Damaged);
        return store;
    }

    private CompactionJob Begin() => _node.Data.Shards[0].BeginCompaction(Range, Range * 81, long.MaxValue) ?? throw new InvalidOperationException("nothing is to be merged");
}
