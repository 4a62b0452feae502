using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class PublishedViewTests
{
    private static readonly Labels s_up = Named("up", ("instance", "a"));
    private static readonly Labels s_down = Named("down", ("instance", "a"));

    [Fact]
    public void A_view_that_is_laid_out_is_taken_without_the_writer_and_shows_what_is_applied()
    {
        var driver = new ShardDriver();
        driver.Append((s_up, 1, 1));
        Assert.Null(driver.Shard.TryView());
        driver.Shard.PublishView().Dispose();
        using ShardView first = Taken(driver);
        Assert.Equal([(1L, 1.0)], Everything(first)[s_up]);
        driver.Append((s_up, 2, 2));
        using ShardView second = Taken(driver);
        Assert.Equal([(1L, 1.0), (2L, 2.0)], Everything(second)[s_up]);
        Assert.Equal([(1L, 1.0)], Everything(first)[s_up]);
    }

    [Fact]
    public void Nothing_is_laid_out_for_readers_who_do_not_come()
    {
        var driver = new ShardDriver();
        driver.Append((s_up, 1, 1));
        driver.Shard.PublishView().Dispose();
        driver.Append((s_up, 2, 2));
        driver.Append((s_up, 3, 3));
        Assert.Null(driver.Shard.TryView());
        Assert.Equal(0, driver.Shard.Figures().ViewsAlive);
    }

    [Fact]
    public void A_view_that_is_withdrawn_is_not_taken_any_more_and_holds_nothing_back()
    {
        var driver = new ShardDriver();
        driver.Append((s_up, 1, 1));
        driver.Shard.PublishView().Dispose();
        Assert.Equal(1, driver.Shard.Figures().ViewsAlive);
        driver.Shard.WithdrawView();
        Assert.Null(driver.Shard.TryView());
        Assert.Equal(0, driver.Shard.Figures().ViewsAlive);
    }

    [Fact]
    public void What_retention_took_is_in_no_view_that_is_taken_afterwards()
    {
        var driver = new ShardDriver();
        driver.Append((s_up, 1, 1), (s_down, 1000, 1));
        driver.Shard.PublishView().Dispose();
        driver.Shard.DropBefore(500);
        Assert.Null(driver.Shard.TryView());
        using ShardView asked = driver.Shard.PublishView();
        Assert.Equal([s_down], Everything(asked).Keys);
    }

    [Fact]
    public async Task Views_taken_while_the_writer_goes_on_see_whole_batches_and_never_fewer_than_the_one_before()
    {
        const int batches = 3000;
        var driver = new ShardDriver();
        driver.Append((s_up, 1, 1), (s_down, 1, 1));
        driver.Shard.PublishView().Dispose();
        bool over = false;
        int taken = 0;
        Task reading = Task.Run(() =>
        {
            int before = 0;
            while (!Volatile.Read(ref over))
            {
                using ShardView? view = driver.Shard.TryView();
                if (view is null)
                {
                    continue;
                }

                SortedDictionary<Labels, List<(long Time, double Value)>> all = Everything(view);
                Assert.Equal(all[s_up], all[s_down]);
                Assert.True(all[s_up].Count >= before, "a later view shows less");
                before = all[s_up].Count;
                Interlocked.Increment(ref taken);
            }
        });
        for (int i = 2; i < batches || (Volatile.Read(ref taken) < 10 && !reading.IsCompleted); i++)
        {
            driver.Append((s_up, i, i), (s_down, i, i));
            if (i % 8 == 0)
            {
                driver.Shard.PublishView().Dispose();
            }
        }

        Volatile.Write(ref over, true);
        await reading;
    }

    private static ShardView Taken(ShardDriver driver) => driver.Shard.TryView() ?? throw new InvalidOperationException("no view is laid out");
}
