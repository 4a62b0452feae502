namespace Pleiad.PromQL.Tests;

public sealed class PiecedListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(10_000)]
    public void It_holds_what_was_added_in_order(int count)
    {
        var list = new PiecedList<int>();
        for (int i = 0; i < count; i++)
        {
            list.Add(i);
        }

        Assert.Equal(count, list.Count);
        Assert.Equal(Enumerable.Range(0, count), list);
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(i, list[i]));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[count]);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[-1]);
    }

    [Fact]
    public void Growing_holds_little_more_than_the_elements()
    {
        const int count = 1 << 20;
        long before = GC.GetAllocatedBytesForCurrentThread();
        var list = new PiecedList<long>();
        for (int i = 0; i < count; i++)
        {
            list.Add(i);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 8L * count, 8L * count * 11 / 10);
    }
}
