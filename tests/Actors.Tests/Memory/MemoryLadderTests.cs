using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

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
        var engine = new Engine(new EngineSettings(), test.Time);
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, state, engine, new PieceCache(), NullLogger.Instance));
        test.Drain();
        Assert.Equal((MemoryStep.Calm, 50L, 100L), (state.Step, state.Status.UsedBytes, state.Status.LimitBytes));
        gauge.Used = 90;
        gauge.AfterCollection = 60;
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((MemoryStep.Calm, 1), (state.Step, gauge.Collections));
        gauge.Used = 95;
        gauge.AfterCollection = 94;
        test.Advance(TimeSpan.FromSeconds(1));
        DateTimeOffset since = test.Time.GetUtcNow();
        Assert.Equal((MemoryStep.WritesRefused, 2, since), (state.Step, gauge.Collections, state.Status.Since));
        gauge.AfterCollection = 88;
        int looks = 0;
        for (; gauge.Collections == 2 && looks < 20; looks++)
        {
            test.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(looks, 9, 11);
        Assert.Equal((MemoryStep.WritesRefused, 3, 88L), (state.Step, gauge.Collections, state.Status.UsedBytes));
        Assert.Equal(since, state.Status.Since);
        gauge.Used = 10;
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MemoryStep.Calm, state.Step);
    }

    [Fact]
    public void What_is_unpacked_of_blocks_is_kept_small_while_memory_is_short()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        const long mebi = 1 << 20;
        var gauge = new Gauge { LimitBytes = 1024 * mebi, Used = 500 * mebi };
        var pieces = new PieceCache();
        var engine = new Engine(new EngineSettings(), test.Time);
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, new MemoryState(), engine, pieces, NullLogger.Instance));
        test.Drain();
        Assert.Equal(32 * mebi, pieces.BytesMax);
        gauge.Used = 750 * mebi;
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2 * mebi, pieces.BytesMax);

        // One that begins anew while memory is short takes no small limit for the whole one.
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, new MemoryState(), engine, pieces, NullLogger.Instance));
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2 * mebi, pieces.BytesMax);
        gauge.Used = 500 * mebi;
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(32 * mebi, pieces.BytesMax);
    }

    [Fact]
    public void Where_only_caches_shrink_garbage_is_not_collected_more_often()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var gauge = new Gauge { Used = 75, AfterCollection = 60 };
        var engine = new Engine(new EngineSettings(), test.Time);
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, new MemoryState(), engine, new PieceCache(), NullLogger.Instance));
        test.Drain();
        int looks = 0;
        for (; gauge.Collections < 3 && looks < 40; looks++)
        {
            gauge.Used = 75;
            test.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(looks, 19, 22);
    }

    [Fact]
    public void Collecting_takes_a_tenth_of_the_time_at_most()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var gauge = new Gauge { Used = 75, Collecting = () => test.Time.Advance(TimeSpan.FromSeconds(3)) };
        var state = new MemoryState();
        var engine = new Engine(new EngineSettings(), test.Time);
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, state, engine, new PieceCache(), NullLogger.Instance));
        test.Drain();
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, gauge.Collections);
        gauge.Collecting = null;
        int looks = 0;
        for (; gauge.Collections == 1 && looks < 60; looks++)
        {
            // One step up at each look.
            gauge.Used = 75 + Math.Min(looks, 24);
            test.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(looks, 27, 60);
    }

    [Theory]
    [InlineData(0, 500)]
    [InlineData(600, 200)]
    [InlineData(1000, 0)]
    [InlineData(3000, 0)]
    public void Queries_may_take_what_leaves_the_others_their_room(long used, long room) =>
        Assert.Equal(room, MemoryLadder.RoomForQueries(used, 1000, s_settings with { CachesShrinkAt = 1 }));

    [Fact]
    public async Task A_query_that_does_not_fit_into_what_is_left_is_refused_and_the_same_is_answered_when_there_is_more()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var gauge = new Gauge { Used = 60L << 20, LimitBytes = 64L << 20 };
        var engine = new Engine(new EngineSettings { MemoryMax = 1L << 40 }, test.Time);
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, new MemoryState(), engine, new PieceCache(), NullLogger.Instance));
        test.Drain();
        test.Advance(TimeSpan.FromSeconds(1));

        // 200,000 samples of 16 bytes, of which a sixty-fourth of 64 MiB has no room.
        Task<QueryResult> AskAsync() => engine.InstantAsync(
            "sum(sum_over_time(vector(1)[200000s:1s]))", new Timestamp(200_000_000), NoSeries.Instance, QueryRunOptions.Default, CancellationToken.None);
        QueryException refused = await Assert.ThrowsAsync<QueryException>(AskAsync);
        Assert.Equal((QueryErrorKind.Unavailable, "memory"), (refused.Kind, refused.Limit));
        gauge.Used = 10L << 20;
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await AskAsync());
    }

    [Fact]
    public async Task While_nothing_else_is_refused_no_query_is_refused_for_garbage()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var engine = new Engine(new EngineSettings { MemoryMax = 1L << 40 }, test.Time);
        var gauge = new Gauge { Used = 50L << 20, AfterCollection = 10L << 20, LimitBytes = 64L << 20, Held = () => engine.MemoryHeld };
        var settings = s_settings with { CheckInterval = TimeSpan.FromMilliseconds(100), CachesShrinkAt = 1, QueriesRefusedAt = 1, SeriesRefusedAt = 1, WritesRefusedAt = 1 };
        test.ActorOf(() => new MemoryWatchActor(gauge, settings, new MemoryState(), engine, new PieceCache(), NullLogger.Instance));
        test.Drain();
        test.Advance(TimeSpan.FromSeconds(1));

        // A million samples of 16 bytes fit into 54 MiB and not into 14.
        Task<QueryResult> AskAsync(int samples) => engine.InstantAsync(
            $"sum(sum_over_time(vector(1)[{samples}s:1s]))", new Timestamp(9_000_000_000), NoSeries.Instance, QueryRunOptions.Default, CancellationToken.None);
        await AskAsync(1_000_000);
        Assert.Equal(1, gauge.Collections);

        // Garbage again, but too early to collect.
        gauge.Used = 50L << 20;
        test.Advance(TimeSpan.FromMilliseconds(999));
        await Assert.ThrowsAsync<QueryException>(() => AskAsync(1_000_000));
        Assert.Equal(1, gauge.Collections);
        test.Advance(TimeSpan.FromMilliseconds(1));
        await AskAsync(1_000_000);
        Assert.Equal(2, gauge.Collections);

        // What does not fit either way is refused after one collection.
        test.Advance(TimeSpan.FromSeconds(2));
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => AskAsync(4_000_000));
        Assert.Equal((QueryErrorKind.Unavailable, "memory", 3), (refused.Kind, refused.Limit, gauge.Collections));
    }

    [Fact]
    public void What_was_seen_before_somebody_else_collected_is_to_be_looked_at_again()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var gauge = new Gauge();
        var garbage = new GarbageCollection(gauge, test.Time);
        long seen = garbage.Collections;
        Assert.True(garbage.TryCollect(seen, TimeSpan.FromSeconds(1)));
        Assert.True(garbage.TryCollect(seen, TimeSpan.FromSeconds(1)));
        Assert.Equal(1, gauge.Collections);
        Assert.False(garbage.TryCollect(garbage.Collections, TimeSpan.FromSeconds(1)));
        Assert.Equal(1, gauge.Collections);
    }

    [Fact]
    public void Where_samples_alone_leave_queries_no_room_garbage_is_looked_for_less_and_less_often()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var engine = new Engine(new EngineSettings { MemoryMax = 1L << 40 }, test.Time);
        var gauge = new Gauge { Used = 50L << 20, LimitBytes = 64L << 20 };
        var settings = s_settings with { CachesShrinkAt = 1, QueriesRefusedAt = 1, SeriesRefusedAt = 1, WritesRefusedAt = 1 };
        test.ActorOf(() => new MemoryWatchActor(gauge, settings, new MemoryState(), engine, new PieceCache(), NullLogger.Instance));
        test.Drain();
        test.Advance(TimeSpan.FromSeconds(1));
        for (int second = 0; second < 64; second++)
        {
            using QueryRoom room = engine.Room();
            Assert.Throws<QueryException>(() => room.Take(10 << 20));
            test.Advance(TimeSpan.FromSeconds(1));
        }

        // At once, and 2, 4, 8, 16 and 32 seconds after the one before.
        Assert.Equal(6, gauge.Collections);
    }

    [Fact]
    public async Task Together_queries_take_no_more_than_there_is_between_two_looks_of_the_watch()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var engine = new Engine(new EngineSettings { MemoryMax = 1L << 40 }, test.Time);
        var gauge = new Gauge { Used = 10L << 20, LimitBytes = 64L << 20, Held = () => engine.MemoryHeld };
        test.ActorOf(() => new MemoryWatchActor(gauge, s_settings, new MemoryState(), engine, new PieceCache(), NullLogger.Instance));
        test.Drain();
        test.Advance(TimeSpan.FromSeconds(1));

        // Time stands still. What is refused is given back, and then there is room again.
        var rooms = new List<QueryRoom>();
        QueryException refused = Assert.Throws<QueryException>(() =>
        {
            for (int i = 0; i < 64; i++)
            {
                rooms.Add(engine.Room());
                rooms[^1].Take(1 << 20);
            }
        });
        Assert.Equal((QueryErrorKind.Unavailable, "memory"), (refused.Kind, refused.Limit));
        Assert.InRange(gauge.UsedBytes(), 42L << 20, (long)(s_settings.CachesShrinkAt * gauge.LimitBytes));
        rooms.ForEach(static room => room.Dispose());
        Assert.Equal(0, engine.MemoryHeld);
        await engine.InstantAsync("sum(sum_over_time(vector(1)[1000000s:1s]))", new Timestamp(9_000_000_000), NoSeries.Instance, QueryRunOptions.Default, CancellationToken.None);
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

        public Action? Collecting { get; set; }

        /// <summary>What is in use beside <see cref="Used"/>, and no garbage.</summary>
        public Func<long>? Held { get; init; }

        public long LimitBytes { get; init; } = 100;

        public long UsedBytes() => Used + (Held?.Invoke() ?? 0);

        public void Collect()
        {
            Collections++;
            Collecting?.Invoke();
            Used = AfterCollection ?? Used;
        }
    }
}
