namespace Pleiad.Scraping.Tests;

public sealed class PagePoolTests
{
    private readonly PagePool _pool = new(keptOfSize: 4);

    [Theory]
    [InlineData(1, 16 * 1024)]
    [InlineData(16 * 1024, 16 * 1024)]
    [InlineData((16 * 1024) + 1, 32 * 1024)]
    [InlineData(1024 * 1024, 1024 * 1024)]
    public void An_array_has_the_smallest_size_that_holds_a_page(int bytes, int length) => Assert.Equal(length, _pool.Rent(bytes).Length);

    [Fact]
    public void The_last_one_given_back_is_the_next_one()
    {
        byte[] first = _pool.Rent(20_000);
        byte[] second = _pool.Rent(20_000);
        _pool.Return(first);
        _pool.Return(second);
        Assert.Same(second, _pool.Rent(20_000));
        Assert.Same(first, _pool.Rent(20_000));
        Assert.NotSame(first, _pool.Rent(20_000));
    }

    [Fact]
    public void Another_size_is_not_handed_out_however_many_are_in_use()
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(32 * 1024, _pool.Rent(20_000).Length);
        }
    }

    [Fact]
    public void No_more_are_kept_than_may_be()
    {
        byte[][] many = [.. Enumerable.Range(0, 5).Select(_ => _pool.Rent(20_000))];
        foreach (byte[] array in many)
        {
            _pool.Return(array);
        }

        byte[][] again = [.. Enumerable.Range(0, 5).Select(_ => _pool.Rent(20_000))];
        Assert.Equal(4, again.Count(many.Contains));
    }

    [Fact]
    public void Those_that_nobody_needed_for_a_while_are_let_go()
    {
        byte[][] burst = [.. Enumerable.Range(0, 4).Select(_ => _pool.Rent(20_000))];
        foreach (byte[] array in burst)
        {
            _pool.Return(array);
        }

        // In the time of the burst none lay there throughout; in the next one three do.
        for (int i = 0; i < 2 * PagePool.ReturnsOfLook; i++)
        {
            byte[] page = _pool.Rent(20_000);
            Assert.Contains(page, burst);
            _pool.Return(page);
        }

        byte[][] later = [.. Enumerable.Range(0, 4).Select(_ => _pool.Rent(20_000))];
        Assert.Single(later, burst.Contains);
    }

    [Fact]
    public void Those_of_a_size_that_is_not_used_any_more_are_let_go_too()
    {
        byte[][] burst = [.. Enumerable.Range(0, 4).Select(_ => _pool.Rent(20_000))];
        foreach (byte[] array in burst)
        {
            _pool.Return(array);
        }

        for (int i = 0; i < 2 * PagePool.ReturnsOfLook; i++)
        {
            _pool.Return(_pool.Rent(100_000));
        }

        byte[][] later = [.. Enumerable.Range(0, 4).Select(_ => _pool.Rent(20_000))];
        Assert.DoesNotContain(later, burst.Contains);
    }
}
