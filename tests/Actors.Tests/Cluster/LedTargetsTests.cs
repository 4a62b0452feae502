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
}
