using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>Targets are scraped by who leads their shard, and move with it.</summary>
public sealed class LedTargetsTests : IDisposable
{
    private readonly LedShards _led;
    private readonly ScrapeNode _node;

    public LedTargetsTests()
    {
        LedShards? led = null;
        _node = new ScrapeNode(led: system => led = new LedShards(new ShardMap(1), system.EventStream));
        _led = led!;
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void A_target_begins_with_its_shard_and_ends_with_it_without_stale_markers()
    {
        using var page = ByteTarget.Of("some 1\n");
        _node.Apply(ScrapeNode.Job("j", page.Address));
        Assert.Empty(Assert.Single(_node.Status().Pools).Active);
        _led.Add(0);
        _node.Test.Drain();
        Assert.Single(Assert.Single(_node.Status().Pools).Active);
        Assert.Equal(1, _node.Scrape()["some"]);

        _led.Remove(0);
        _node.Test.Drain();
        Assert.Empty(Assert.Single(_node.Status().Pools).Active);
        _node.Test.Advance(ScrapeNode.Interval * 4);
        _node.Shard.ExpectNoMsg();

        _led.Add(0);
        _node.Test.Drain();
        Assert.Equal(1, _node.Scrape()["some"]);
    }

    [Fact]
    public void A_target_that_comes_with_its_shard_waits_for_a_place_within_its_slot()
    {
        using var page = ByteTarget.Of("some 1\n");
        _node.Apply(ScrapeNode.Job("j", page.Address));
        _led.Add(0);
        _node.Test.Drain();
        _node.Test.Advance(_node.Test.Time.NextTimer!.Value - TimeSpan.FromMilliseconds(1));
        var places = new List<FirstReads.Place>();
        Fill(places);
        _node.Test.Advance(TimeSpan.FromMilliseconds(1));
        long slot = _node.NowMs;
        _node.Shard.ExpectNoMsg(TimeSpan.FromMilliseconds(1));
        places.ForEach(_node.FirstReads.Leave);
        Scraped scraped = _node.Scrape();
        Assert.Equal(slot, scraped.Time);
        Assert.InRange(_node.NowMs, slot + 1, slot + 7_499);
        Assert.False(_node.FirstReads.TakeIsDeferring());
        Assert.Equal(slot + 15_000, _node.ScrapeAt(slot + 15_000).Time);
    }

    [Fact]
    public void When_it_finds_none_in_its_slot_that_is_told()
    {
        LedShards? led = null;
        using var page = ByteTarget.Of("some 1\n");
        using var node = new ScrapeNode(firstReadsMax: 0, led: system => led = new LedShards(new ShardMap(1), system.EventStream));
        node.Apply(ScrapeNode.Job("j", page.Address));
        led!.Add(0);
        node.Test.Drain();
        node.Test.Advance(node.Test.Time.NextTimer!.Value);
        Assert.False(node.FirstReads.TakeIsDeferring());
        for (int ask = 0; ask < 8; ask++)
        {
            node.Test.Drain();
            node.Test.Advance(node.Test.Time.NextTimer!.Value);
        }

        node.Test.Drain();
        Assert.True(node.FirstReads.TakeIsDeferring());
        Assert.False(node.FirstReads.TakeIsDeferring());
        Assert.Empty(page.Requests);
    }

    [Fact]
    public void Targets_that_a_reload_brings_wait_without_keeping_shards_from_moving()
    {
        LedShards? led = null;
        using var page = ByteTarget.Of("some 1\n");
        using var node = new ScrapeNode(firstReadsMax: 0, led: system => led = new LedShards(new ShardMap(1), system.EventStream));
        led!.Add(0);
        node.Test.Drain();
        node.Apply(ScrapeNode.Job("j", page.Address));
        node.Test.Drain();
        TimeSpan toSlot = node.Test.Time.NextTimer!.Value;
        node.Test.Advance(toSlot);
        node.Test.Drain();

        // It has asked once, and asks again at its next slot.
        Assert.Equal(ScrapeNode.Interval, node.Test.Time.NextTimer);
        Assert.False(node.FirstReads.TakeIsDeferring());
        Assert.Empty(page.Requests);
    }

    [Fact]
    public void A_slot_that_began_while_nobody_led_the_shard_is_scraped_as_soon_as_somebody_does()
    {
        using var page = ByteTarget.Of("some 1\n");
        using var moved = new MovedTarget(page.Address);
        moved.NewestBefore = 15_000;
        long slot = moved.TakeAfterSlot(TimeSpan.FromMilliseconds(7_499));
        Scraped scraped = moved.Node.Take();
        Assert.Equal(slot, scraped.Time);
        Assert.Equal(1, scraped["some"]);
        Assert.Equal(slot + 15_000, moved.Node.ScrapeAt(slot + 15_000).Time);
        Assert.Equal(2, page.Requests.Count);

        // It was asked for the series that every scrape writes.
        (Labels series, TimeRange range) = Assert.Single(moved.Asked);
        Assert.Equal("up", series.MetricName);
        Assert.Equal(scraped.Series("up").Labels, series);
        Assert.Equal(TimeRange.Closed(slot - 60_000, slot), range);
    }

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(null, 1_000)]
    [InlineData(15_000, 7_500)]
    public void One_that_was_scraped_or_has_not_been_lately_or_is_half_over_is_left_alone(int? newestBefore, int after)
    {
        using var page = ByteTarget.Of("some 1\n");
        using var moved = new MovedTarget(page.Address);
        moved.NewestBefore = newestBefore;
        long slot = moved.TakeAfterSlot(TimeSpan.FromMilliseconds(after));
        Assert.Empty(page.Requests);
        Assert.Equal(slot + 15_000, moved.Node.ScrapeAt(slot + 15_000).Time);
        Assert.Single(page.Requests);
    }

    [Fact]
    public void When_the_shard_does_not_say_the_next_slot_is_waited_for()
    {
        using var page = ByteTarget.Of("some 1\n");
        using var moved = new MovedTarget(page.Address);
        moved.Fails = true;
        long slot = moved.TakeAfterSlot(TimeSpan.FromMilliseconds(1_000));
        Assert.Single(moved.Asked);
        Assert.Equal(slot + 15_000, moved.Node.ScrapeAt(slot + 15_000).Time);
        Assert.Single(page.Requests);
    }

    // A target that another node has scraped, of which the test says when it did so last.
    private sealed class MovedTarget : IDisposable
    {
        private readonly LedShards _led;
        private readonly TimeSpan _toSlot;

        public MovedTarget(string address)
        {
            LedShards? led = null;
            Node = new ScrapeNode(led: system => led = new LedShards(new ShardMap(1), system.EventStream), newestSample: AnswerAsync);
            _led = led!;
            Node.Apply(ScrapeNode.Job("j", address));

            // Where in the interval its slots are is known from a first life of it here, which scrapes nothing.
            _led.Add(0);
            Node.Test.Drain();
            _toSlot = Node.Test.Time.NextTimer!.Value;
            _led.Remove(0);
            Node.Test.Drain();
            Asked.Clear();
        }

        public ScrapeNode Node { get; }

        /// <summary>Milliseconds before the slot; null for not lately.</summary>
        public int? NewestBefore { get; set; }

        public bool Fails { get; set; }

        public List<(Labels Series, TimeRange Range)> Asked { get; } = [];

        /// <summary>The shard is led here from some time after a slot on; the slot.</summary>
        public long TakeAfterSlot(TimeSpan after)
        {
            long slot = Node.NowMs + (long)_toSlot.TotalMilliseconds;
            Node.Test.Advance(_toSlot + after);
            _led.Add(0);
            Node.Test.Drain();
            return slot;
        }

        public void Dispose() => Node.Dispose();

        private Task<Timestamp?> AnswerAsync(Labels series, TimeRange range, CancellationToken cancel)
        {
            lock (Asked)
            {
                Asked.Add((series, range));
            }

            return Fails
                ? Task.FromException<Timestamp?>(new InvalidOperationException("the shard is being closed"))
                : Task.FromResult<Timestamp?>(NewestBefore is { } before ? new Timestamp(range.Through - before) : null);
        }
    }

    private void Fill(List<FirstReads.Place> places)
    {
        while (_node.FirstReads.TryEnter() is { } place)
        {
            places.Add(place);
        }
    }
}
