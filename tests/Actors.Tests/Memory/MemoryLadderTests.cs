using Microsoft.Extensions.Logging.Abstractions;

namespace Pleiad.Actors.Tests;

public sealed class MemoryLadderTests
{
    private static readonly MemorySettings s_settings = new() { CheckInterval = TimeSpan.FromSeconds(1), CollectInterval = TimeSpan.FromSeconds(10) };

    [Theory]
    [InlineData(MemoryStep.Calm, 0.69, MemoryStep.Calm)]
    [InlineData(MemoryStep.Calm, 0.70, MemoryStep.CachesShrink)]
    [InlineData(MemoryStep.Calm, 0.86, MemoryStep.SeriesRefused)]
    [InlineData(MemoryStep.QueriesRefused, 2.0, MemoryStep.WritesRefused)]
    [InlineData(MemoryStep.WritesRefused, 0.88, MemoryStep.WritesRefused)]
    [InlineData(MemoryStep.WritesRefused, 0.86, MemoryStep.SeriesRefused)]
    [InlineData(MemoryStep.SeriesRefused, 0.81, MemoryStep.SeriesRefused)]
    [InlineData(MemoryStep.SeriesRefused, 0.79, MemoryStep.QueriesRefused)]
    [InlineData(MemoryStep.SeriesRefused, 0.10, MemoryStep.Calm)]
    [InlineData(MemoryStep.CachesShrink, 0.66, MemoryStep.CachesShrink)]
    public void Up_at_once_and_down_with_hysteresis(MemoryStep now, double share, MemoryStep next) =>
        Assert.Equal(next, MemoryLadder.Next(now, share, s_settings));

    [Fact]
    public void Garbage_is_collected_before_anybody_is_refused_and_not_at_every_look()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var gauge = new Gauge { Used = 50 };
        var state = new MemoryState();
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, state, NullLogger.Instance));
        test.Drain();
        Assert.Equal((MemoryStep.Calm, 50L, 100L), (state.Step, state.Status.UsedBytes, state.Status.LimitBytes));
        gauge.Used = 90;
        gauge.AfterCollection = 60;
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((MemoryStep.Calm, 1), (state.Step, gauge.Collections));
        gauge.Used = 95;
        gauge.AfterCollection = 88;
        test.Advance(TimeSpan.FromSeconds(1));
        DateTimeOffset since = test.Time.GetUtcNow();
        Assert.Equal((MemoryStep.WritesRefused, 1, since), (state.Step, gauge.Collections, state.Status.Since));
        int looks = 0;
        for (; gauge.Collections == 1 && looks < 20; looks++)
        {
            test.Advance(TimeSpan.FromSeconds(1));
        }

        // The first collection was at one of the first two looks.
        Assert.InRange(looks, 8, 9);
        Assert.Equal((MemoryStep.WritesRefused, 2, 88L), (state.Step, gauge.Collections, state.Status.UsedBytes));
        Assert.Equal(since, state.Status.Since);
        gauge.Used = 10;
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MemoryStep.Calm, state.Step);
    }

    [Fact]
    public void A_shard_refuses_new_series_while_memory_is_short_and_the_others_go_on()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        Assert.Equal(1, node.Append(("old", 1000, 1)).Accepted);
        node.Memory.Status = MemoryStatus.Unwatched with { Step = MemoryStep.SeriesRefused };
        Assert.Equal(IngestOutcome.Nothing with { Accepted = 1, SeriesOverLimit = 1 }, node.Append(("old", 2000, 1), ("new", 2000, 1)));
        node.Memory.Status = MemoryStatus.Unwatched with { Step = MemoryStep.QueriesRefused };
        Assert.Equal(1, node.Append(("new", 2000, 1)).Accepted);
        Assert.Equal(["new 2000 1", "old 1000 1", "old 2000 1"], node.Samples());
    }

    private sealed class Gauge : IMemoryGauge
    {
        public long Used { get; set; }

        public long? AfterCollection { get; set; }

        public int Collections { get; private set; }

        public long LimitBytes => 100;

        public long UsedBytes() => Used;

        public void Collect()
        {
            Collections++;
            Used = AfterCollection ?? Used;
        }
    }
}
