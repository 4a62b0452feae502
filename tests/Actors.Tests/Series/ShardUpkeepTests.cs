using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>The head moves into blocks by itself and when it is asked to; what was acknowledged is there all the while.</summary>
public sealed class ShardUpkeepTests
{
    private static readonly TimeSpan Range = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    [Fact]
    public void Asked_to_the_shard_seals_everything_and_cuts_the_journal()
    {
        using var place = new TempDirectory();
        IReadOnlyList<string> expected;
        using (var node = new ShardNode(place.Path))
        {
            Fill(node, 300);
            expected = node.Samples();
            Assert.Equal(new HeadSealed(null), Seal(node));
            Assert.Equal(expected, node.Samples());
            Assert.True(node.Journal.SegmentBytes < 100, "nothing of what was sealed is left in the journal");
            ShardFigures figures = Figures(node);
            Assert.Equal((0, 0L, 1), (figures.Series, figures.SealedChunks, figures.Blocks));
            Assert.Equal(1, node.Append(("up", 10_000_000, 1)).Accepted);
            expected = node.Samples();
        }

        using var again = new ShardNode(place.Path);
        Assert.Equal(expected, again.Samples());
        Assert.Equal(1, Figures(again).Series);
        Assert.Equal(new HeadSealed(null), Seal(again));
        Assert.Equal(expected, again.Samples());
        Assert.Equal(1, Figures(again).Blocks);
    }

    [Fact]
    public void Asked_twice_or_with_nothing_to_do_it_answers_each()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        Assert.Equal(new HeadSealed(null), Seal(node));
        Fill(node, 5);
        node.Writer.Send(node.Shard, new SealHead());
        node.Writer.Send(node.Shard, new SealHead());
        node.Writer.ExpectMsg(new HeadSealed(null));
        node.Writer.ExpectMsg(new HeadSealed(null));
        Assert.Equal(10, node.Samples().Count);
    }

    [Fact]
    public void Whoever_asks_while_a_seal_is_under_way_is_answered_when_what_was_written_before_the_question_is_sealed()
    {
        var files = new FailingFiles();
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, files);
        Fill(node, 200);
        using var begun = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        files.OnCreate = path =>
        {
            if (path.Contains("block", StringComparison.Ordinal))
            {
                files.OnCreate = null;
                begun.Set();
                mayGoOn.Wait(TestActorSystem.HangGuard);
            }
        };
        node.Writer.Send(node.Shard, new SealHead());
        node.Test.Drain();
        Assert.True(begun.Wait(TestActorSystem.HangGuard));
        Assert.Equal(1, node.Append(("later", 10_000_000, 1)).Accepted);
        TestProbe second = node.Test.CreateProbe("second");
        second.Send(node.Shard, new SealHead());
        node.Test.Drain();
        mayGoOn.Set();
        second.ExpectMsg(new HeadSealed(null));
        Assert.Equal((0, 0L), (Figures(node).Series, Figures(node).SealedChunks));
        node.Writer.ExpectMsg(new HeadSealed(null));
        Assert.Equal(401, node.Samples().Count);
    }

    [Fact]
    public void While_a_view_of_before_is_alive_a_second_seal_waits_for_it()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        Fill(node, 200);
        ShardView view = node.View();
        IReadOnlyList<string> then = ShardNode.Read(view);
        Assert.Equal(new HeadSealed(null), Seal(node));
        node.Append(("up", 10_000_000, 1));
        node.Writer.Send(node.Shard, new SealHead());
        node.Writer.ExpectNoMsg();
        Assert.Equal(then, ShardNode.Read(view));

        // What is due at the beginning is done before the view ends.
        node.Test.Advance(TimeSpan.FromSeconds(1));
        node.Writer.ExpectNoMsg();
        view.Dispose();

        // Nothing comes, nothing is due: the shard looks by itself whether the view has ended.
        node.Test.Advance(TimeSpan.FromSeconds(1));
        node.Writer.ExpectMsg(new HeadSealed(null));
        Assert.Equal(0, Figures(node).Series);
        Assert.Equal(401, node.Samples().Count);
    }

    [Fact]
    public void A_block_that_cannot_be_written_says_why_and_nothing_is_lost()
    {
        var files = new FailingFiles();
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, files);
        Fill(node, 200);
        IReadOnlyList<string> expected = node.Samples();
        files.IsFull = true;
        Assert.Contains("no space left", Seal(node).Failure, StringComparison.Ordinal);
        Assert.Equal(expected, node.Samples());
        files.IsFull = false;
        Assert.Equal(new HeadSealed(null), Seal(node));
        Assert.Equal(expected, node.Samples());
        Assert.Equal(1, Figures(node).Blocks);
    }

    [Fact]
    public void By_itself_it_seals_what_is_old_enough_and_merges_what_is_older_still()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, with: settings => settings with { BlockRange = Range, UpkeepInterval = Interval });
        DateTimeOffset start = node.Test.Time.GetUtcNow();
        long first = start.ToUnixTimeMilliseconds();
        first -= first % (9 * (long)Range.TotalMilliseconds);
        int written = 0;
        for (long time = first; time < first + (9.6 * Range.TotalMilliseconds); time += 20_000)
        {
            DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(time);
            if (at > node.Test.Time.GetUtcNow())
            {
                node.Test.Advance(at - node.Test.Time.GetUtcNow());
            }

            Assert.Equal(1, node.Append(("up", time, time)).Accepted);
            written++;
        }

        node.Test.Advance(Interval);
        ShardFigures figures = WaitFor(node, static figures => figures is { Blocks: 1, Series: 1, SealedChunks: 0 });
        Assert.Equal(1, figures.Series);
        Assert.Equal(written, node.Samples().Count);
    }

    [Fact]
    public void Over_its_size_the_oldest_blocks_go()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(
            place.Path, with: settings => settings with { RetentionBytes = 1, BlockRangeMax = settings.BlockRange, RetentionInterval = Interval });
        Fill(node, 300);
        Assert.Equal(new HeadSealed(null), Seal(node));
        node.Append(("mid", 10_000_000, 1));
        Assert.Equal(new HeadSealed(null), Seal(node));
        node.Append(("later", 20_000_000, 1));
        node.Test.Advance(Interval);
        node.Test.Drain();
        Assert.Equal(["later 20000000 1", "mid 10000000 1"], node.Samples());
    }

    [Theory]
    [InlineData(40, null)]
    [InlineData(39, 5L)]
    [InlineData(29, 10L)]
    [InlineData(9, 10L)]
    [InlineData(0, 10L)]
    public void The_newest_blocks_that_fit_are_kept_and_those_beside_the_newest_in_any_case(long bytesMax, long? cut)
    {
        BlockExtent[] blocks = [new(1, 10, 10), new(1, 5, 10), new(11, 30, 10), new(11, 20, 10)];
        Assert.Equal(cut, SizeRetention.CutThrough(blocks, bytesMax, 100));
    }

    [Theory]
    [InlineData(100, 0, 100)]
    [InlineData(100, 30, 70)]
    [InlineData(100, 50, 50)]
    [InlineData(100, 5000, 50)]
    public void A_journal_that_is_still_to_shrink_takes_no_more_than_half_from_the_blocks(long bytesMax, long journal, long blocks) =>
        Assert.Equal(blocks, SizeRetention.OfBlocks(bytesMax, journal));

    [Fact]
    public void One_long_newest_block_keeps_no_more_of_the_others_than_a_range()
    {
        BlockExtent[] blocks = [new(1, 540, 100), new(500, 539, 10), new(480, 500, 10), new(1, 90, 10)];
        Assert.Equal(500, SizeRetention.CutThrough(blocks, 50, 20));
    }

    [Fact]
    public void After_a_quiet_seal_a_window_that_is_not_over_is_not_merged()
    {
        using var place = new TempDirectory();
        TimeSpan quiet = TimeSpan.FromMinutes(30);
        using var node = new ShardNode(place.Path, with: settings => settings with { BlockRange = Range, UpkeepInterval = Interval, QuietAfter = quiet });
        long now = node.Test.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long window = 9 * (long)Range.TotalMilliseconds;
        long first = now - (now % window) + window;
        node.Test.Advance(TimeSpan.FromMilliseconds(first - now));
        for (int burst = 1; burst <= 2; burst++)
        {
            long time = node.Test.Time.GetUtcNow().ToUnixTimeMilliseconds() + 1;
            Assert.Equal(1, node.Append(("up", time, 1)).Accepted);
            node.Test.Advance(Interval);
            node.Test.Drain();
            node.Test.Advance(quiet + Interval);
            node.Test.Drain();
            WaitFor(node, figures => figures.Blocks == burst && figures.Series == 0);
        }

        // A round of its own accord has ended behind the seal.
        node.Writer.Send(node.Shard, new CleanTombstones());
        node.Writer.ExpectMsg(new TombstonesCleaned(null));
        Assert.Equal(2, Figures(node).Blocks);
        node.Test.Advance(TimeSpan.FromMilliseconds(window));
        node.Test.Drain();
        WaitFor(node, static figures => figures.Blocks == 1);
    }

    [Fact]
    public void A_shard_into_which_nothing_comes_any_more_is_sealed_by_the_clock_and_goes_on_when_something_comes()
    {
        using var place = new TempDirectory();
        TimeSpan quiet = TimeSpan.FromMinutes(30);
        using var node = new ShardNode(place.Path, with: settings => settings with { BlockRange = Range, UpkeepInterval = Interval, QuietAfter = quiet });
        long now = node.Test.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long first = now - (now % (long)Range.TotalMilliseconds);
        node.Test.Advance(TimeSpan.FromMilliseconds(first + (2 * Range.TotalMilliseconds) - now));
        Assert.Equal(1, node.Append(("up", first + 1, 1)).Accepted);
        Assert.Equal(1, node.Append(("up", first + 2, 2)).Accepted);

        // The range is long over by the clock, but somebody may just be slow.
        node.Test.Advance(quiet - Interval);
        node.Test.Drain();
        Assert.Equal(0, Figures(node).Blocks);
        node.Test.Advance(Interval + Interval);
        node.Test.Drain();
        Assert.Equal(1, WaitFor(node, static figures => figures.Blocks == 1 && figures.Series == 0).Blocks);
        Assert.Equal(1, node.Append(("up", first + 3, 3)).Accepted);
        Assert.Equal(0, node.Append(("up", first + 1, 7)).Accepted);
        Assert.Equal(3, node.Samples().Count);
    }

    private static void Fill(ShardNode node, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            Assert.Equal(2, node.Append(("up", i * 1000, i), ("load", i * 1000, i * 0.5)).Accepted);
        }
    }

    private static HeadSealed Seal(ShardNode node)
    {
        node.Writer.Send(node.Shard, new SealHead());
        return node.Writer.ExpectMsg<HeadSealed>();
    }

    private static ShardFigures Figures(ShardNode node) =>
        node.Test.Await(node.Shard.Ask<FiguresTaken>(TakeFigures.Instance, TimeSpan.FromMinutes(1), CancellationToken.None)).Figures;

    // Blocks are written on the pool, which no clock of the test drives.
    private static ShardFigures WaitFor(ShardNode node, Func<ShardFigures, bool> condition)
    {
        long began = TimeProvider.System.GetTimestamp();
        ShardFigures figures = Figures(node);
        while (!condition(figures) && TimeProvider.System.GetElapsedTime(began) < TestActorSystem.HangGuard)
        {
            figures = Figures(node);
        }

        Assert.True(condition(figures), figures.ToString());
        return figures;
    }
}
