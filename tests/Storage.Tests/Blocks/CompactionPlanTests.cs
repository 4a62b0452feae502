namespace Pleiad.Storage.Tests;

public sealed class CompactionPlanTests
{
    [Fact]
    public void Blocks_of_a_complete_window_are_merged_the_shortest_windows_first()
    {
        BlockExtent[] blocks = [Block(0, 1), Block(1, 2), Block(2, 3), Block(3, 4), Block(4, 5)];
        Assert.Equal([0, 1, 2], CompactionPlan.Next(blocks, 10, 90, sealedBefore: 50));
        Assert.Equal([0, 1, 2], CompactionPlan.Next(blocks, 10, 90, sealedBefore: 30));
        Assert.Empty(CompactionPlan.Next(blocks, 10, 90, sealedBefore: 29));
        Assert.Empty(CompactionPlan.Next(blocks, 10, 10, sealedBefore: 50));
    }

    [Fact]
    public void Late_blocks_are_merged_into_the_window_they_lie_in()
    {
        BlockExtent[] blocks = [new BlockExtent(0, 29, 1), new BlockExtent(3, 5, 1), new BlockExtent(31, 32, 1), new BlockExtent(32, 38, 1)];
        Assert.Equal([2, 3], CompactionPlan.Next(blocks, 10, 90, sealedBefore: 40));
        Assert.Equal([0, 1], CompactionPlan.Next(blocks, 10, 90, sealedBefore: 30));
    }

    [Fact]
    public void A_block_that_reaches_into_the_next_window_waits_for_a_larger_one()
    {
        BlockExtent[] blocks = [new BlockExtent(0, 35, 1), new BlockExtent(1, 9, 1), new BlockExtent(50, 60, 1)];
        Assert.Equal([0, 1, 2], CompactionPlan.Next(blocks, 10, 90, sealedBefore: 90));
        Assert.Empty(CompactionPlan.Next(blocks, 10, 30, sealedBefore: 90));
    }

    [Fact]
    public void Blocks_that_would_be_too_large_together_stay_apart()
    {
        long half = BlockFormat.BytesMax / 2;
        BlockExtent[] blocks = [new BlockExtent(0, 5, half), new BlockExtent(1, 6, half), new BlockExtent(2, 7, 10)];
        Assert.Equal([0, 2], CompactionPlan.Next(blocks, 10, 10, sealedBefore: 90));
        Assert.Empty(CompactionPlan.Next(blocks[..2], 10, 10, sealedBefore: 90));
    }

    [Fact]
    public void Compressed_blocks_count_with_what_they_would_be_otherwise()
    {
        long half = BlockFormat.BytesMax / 2;
        BlockExtent[] blocks = [new BlockExtent(0, 5, 10) { PlainBytes = half * 2 }, new BlockExtent(1, 6, 10) { PlainBytes = half * 2 }, new BlockExtent(2, 7, 10)];
        Assert.Equal([0, 2], CompactionPlan.Next(blocks, 10, 10, sealedBefore: 90));
    }

    [Fact]
    public void No_more_is_merged_than_a_limit_allows()
    {
        BlockExtent[] blocks = [new BlockExtent(0, 2, 10), new BlockExtent(3, 4, 10), new BlockExtent(5, 6, 10)];
        Assert.Equal([0, 1, 2], CompactionPlan.Next(blocks, 10, 10, sealedBefore: 90, bytesMax: 30));
        Assert.Equal([0, 1], CompactionPlan.Next(blocks, 10, 10, sealedBefore: 90, bytesMax: 29));
        Assert.Empty(CompactionPlan.Next(blocks, 10, 10, sealedBefore: 90, bytesMax: 19));
    }

    [Fact]
    public void Where_what_lies_between_counts_only_blocks_that_follow_on_each_other_are_merged()
    {
        long most = BlockFormat.BytesMax / 8 * 7;
        BlockExtent[] blocks = [new BlockExtent(0, 2, 10), new BlockExtent(3, 4, most), new BlockExtent(5, 6, 10), new BlockExtent(7, 8, 10)];
        Assert.Equal([0, 2, 3], CompactionPlan.Next(blocks, 10, 10, sealedBefore: 90));
        Assert.Equal([2, 3], CompactionPlan.Next(blocks, 10, 10, sealedBefore: 90, isGapless: true));
        Assert.Empty(CompactionPlan.Next(blocks[..3], 10, 10, sealedBefore: 90, isGapless: true));
    }

    [Fact]
    public void Times_before_the_epoch_have_windows_too()
    {
        BlockExtent[] blocks = [new BlockExtent(-25, -21, 1), new BlockExtent(-15, -11, 1), new BlockExtent(-5, -1, 1)];
        Assert.Equal([0, 1, 2], CompactionPlan.Next(blocks, 10, 90, sealedBefore: 0));
    }

    private static BlockExtent Block(int from, int through) => new(from * 10, (through * 10) - 1, 1000);
}
