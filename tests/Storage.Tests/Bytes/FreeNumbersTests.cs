namespace Pleiad.Storage.Tests;

public sealed class FreeNumbersTests
{
    [Fact]
    public void The_smallest_is_taken_first_whatever_the_order_they_came_in()
    {
        var free = new FreeNumbers();
        foreach (int number in (int[])[700, 64, 63, 128, 0, 64])
        {
            free.Add(number);
        }

        Assert.Equal(5, free.Count);
        Assert.Equal([0, 63, 64, 128, 700], Taken(free));
        free.Add(5);
        free.Remove(6);
        free.Remove(100_000);
        Assert.Equal([5], Taken(free));
        Assert.False(free.TryTakeFirst(out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_is_a_sorted_set(int seed)
    {
        var random = new Random(seed);
        var free = new FreeNumbers();
        var expected = new SortedSet<int>();
        for (int step = 0; step < 20_000; step++)
        {
            int number = random.Next(3000);
            switch (random.Next(3))
            {
                case 0:
                    free.Add(number);
                    expected.Add(number);
                    break;
                case 1:
                    free.Remove(number);
                    expected.Remove(number);
                    break;
                default:
                    Assert.Equal(expected.Count > 0, free.TryTakeFirst(out int first));
                    if (expected.Count > 0)
                    {
                        Assert.Equal(expected.Min, first);
                        expected.Remove(first);
                    }

                    break;
            }

            Assert.Equal(expected.Count, free.Count);
        }
    }

    private static List<int> Taken(FreeNumbers free)
    {
        var taken = new List<int>();
        while (free.TryTakeFirst(out int number))
        {
            taken.Add(number);
        }

        return taken;
    }
}
