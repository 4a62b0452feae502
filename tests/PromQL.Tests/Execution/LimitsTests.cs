using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Each limit of a query but that of samples: it names itself, and its neighbour passes.</summary>
public sealed class LimitsTests
{
    private static readonly ShardedData Data = new(seed: 1, isExact: true);
    private static readonly ISeriesSource Few = new MemorySource().With("a{l=\"0123456789\"}", 60_000, 1).With("a{l=\"9876543210\"}", 60_000, 2);

    [Theory]
    [InlineData("a", 2, null)]
    [InlineData("a", 1, "series")]
    [InlineData("a + a", 3, "series")]
    [InlineData("sum_over_time(a[5m])", 1, "series")]
    public Task Series_that_are_read(string query, int seriesMax, string? limit) => EndsAsync(query, new EngineSettings { SeriesMax = seriesMax }, limit);

    [Theory]
    [InlineData("a", 80, null)]
    [InlineData("a", 79, "bytes")]
    [InlineData("count(label_replace(a, \"l\", \"$1$1$1$1$1$1$1\", \"l\", \"(.*)\"))", 280, null)]
    [InlineData("count(label_replace(a, \"l\", \"$1$1$1$1$1$1$1\", \"l\", \"(.*)\"))", 279, "bytes")]
    [InlineData("count(label_join(a, \"l\", \"\", \"l\", \"l\", \"l\", \"l\", \"l\", \"l\", \"l\"))", 279, "bytes")]
    public Task Bytes_of_labels(string query, int bytesMax, string? limit) => EndsAsync(query, new EngineSettings { BytesMax = bytesMax }, limit);

    [Theory]
    [InlineData("label_replace(a, \"l\", \"$1$1\", \"l\", \"(.*)\")", null)]
    [InlineData("label_replace(a, \"l\", \"$1$1-\", \"l\", \"(.*)\")", "label-size")]
    [InlineData("label_join(a, \"l\", \"\", \"l\", \"l\")", null)]
    [InlineData("label_join(a, \"l\", \"-\", \"l\", \"l\")", "label-size")]
    public Task Size_of_a_label_that_is_made(string query, string? limit) => EndsAsync(query, new EngineSettings { LabelCharsMax = 20 }, limit);

    [Fact]
    public async Task A_label_that_doubles_again_and_again_ends_early()
    {
        string query = "a";
        for (int level = 0; level < 200; level++)
        {
            query = $"label_replace({query}, \"l\", \"$1$1$1$1$1$1$1$1\", \"l\", \"(.*)\")";
        }

        await EndsAsync(query, new EngineSettings(), "label-size");
    }

    [Theory]
    [InlineData("size", "a + a + a")]
    [InlineData("depth", "((((a))))")]
    [InlineData("nodes", "1+1+1+1")]
    public async Task The_text(string limit, string query)
    {
        var settings = new EngineSettings();
        await EndsAsync(query, settings, null);
        settings = limit switch
        {
            "size" => settings with { TextCharsMax = query.Length - 1 },
            "depth" => settings with { DepthMax = 4 },
            _ => settings with { NodesMax = 6 },
        };
        QueryException error = await EndsAsync(query, settings, limit) ?? throw new InvalidOperationException();
        Assert.Equal(QueryErrorKind.BadData, error.Kind);
    }

    [Fact]
    public async Task A_native_histogram_weighs_what_it_takes()
    {
        long floats = await PeakAsync("a{instance=\"i0\",mode=\"u\"}[30m]");
        long histograms = await PeakAsync("nh{instance=\"i0\"}[30m]");
        Assert.True(histograms > 5 * floats, $"{histograms} for histograms, {floats} for floats");

        static async Task<long> PeakAsync(string query) => (await new Engine(new EngineSettings(), TimeProvider.System).InstantAsync(
            query, new Timestamp(1_740_000), Data.Whole, QueryRunOptions.Default, CancellationToken.None)).Stats.SamplesPeak;
    }

    [Fact]
    public async Task What_all_queries_hold_together_is_bounded_and_given_back()
    {
        var engine = new Engine(new EngineSettings { MemoryMax = 100 << 10 }, TimeProvider.System);
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => RunAsync("sum(sum_over_time(vector(1)[70000s:1s]))", engine, keeps: false));
        Assert.Equal((QueryErrorKind.Unavailable, "memory"), (error.Kind, error.Limit));
        Assert.Equal(0, engine.MemoryHeld);

        // An answer that is kept leaves no room for another one, until it is given back.
        QueryResult kept = await RunAsync("a", engine, keeps: true);
        Assert.True(engine.MemoryHeld > 0);
        Engine other = engine.WithSubqueryStep(TimeSpan.FromSeconds(30)).WithLimits(1_000_000, 1_000_000);
        error = await Assert.ThrowsAsync<QueryException>(() => RunAsync("a", other, keeps: true));
        Assert.Equal("memory", error.Limit);
        kept.Memory!.Dispose();
        kept.Memory.Dispose();
        Assert.Equal(0, engine.MemoryHeld);
        (await RunAsync("a", other, keeps: true)).Memory!.Dispose();
        Assert.Null((await RunAsync("a", other, keeps: false)).Memory);
        Assert.Equal(0, engine.MemoryHeld);
    }

    [Theory]
    [InlineData("a + on (l) group_left () a")]
    [InlineData("topk by (l) (1, a)")]
    [InlineData("limitk by (l) (1, a)")]
    [InlineData("histogram_quantile(0.5, label_replace(a, \"le\", \"1\", \"l\", \".*\"))")]
    [InlineData("max_over_time((a or a)[200000s:1s])")]
    public async Task A_series_that_is_kept_takes_the_room_of_all_steps_however_few_samples_it_has(string query)
    {
        // A sample each, and 20 000 steps: less than 1 kB of samples, more than 160 kB of room.
        EngineSettings settings = new() { Features = PromQLFeatures.ExperimentalFunctions, Lookback = TimeSpan.FromSeconds(1), MemoryMax = 1 << 20 };
        MemorySource source = new();
        for (int series = 0; series < 20; series++)
        {
            source.With($"a{{l=\"{series}\"}}", 60_000, series);
        }

        QueryException error = await Assert.ThrowsAsync<QueryException>(() => new Engine(settings, TimeProvider.System).RangeAsync(
            query, new Timestamp(0), new Timestamp(20_000_000), TimeSpan.FromSeconds(1), source, QueryRunOptions.Default, CancellationToken.None));
        Assert.Equal("memory", error.Limit);
    }

    [Fact]
    public async Task A_match_group_that_is_filled_up_takes_the_room_of_its_bits()
    {
        // Two bits for each of 200 000 steps: 50 kB for each of 40 series without a partner.
        EngineSettings settings = new() { Features = PromQLFeatures.FillModifiers, Lookback = TimeSpan.FromSeconds(1), MemoryMax = 1 << 20 };
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => RunAsync(40));
        Assert.Equal("memory", error.Limit);
        (await RunAsync(4)).Memory?.Dispose();

        Task<QueryResult> RunAsync(int count)
        {
            MemorySource source = new();
            for (int series = 0; series < count; series++)
            {
                source.With($"a{{l=\"{series}\"}}", 60_000, series);
            }

            return new Engine(settings, TimeProvider.System).RangeAsync(
                "a + on (l) fill_right (1) b", new Timestamp(0), new Timestamp(200_000_000), TimeSpan.FromSeconds(1), source, QueryRunOptions.Default,
                CancellationToken.None);
        }
    }

    [Fact]
    public async Task Series_that_are_kept_take_the_room_of_their_labels()
    {
        // A sample and two labels each: 16 bytes and 128.
        EngineSettings settings = new() { MemoryMax = 1 << 20 };
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => RunAsync(10_000));
        Assert.Equal((QueryErrorKind.Unavailable, "memory"), (error.Kind, error.Limit));
        (await RunAsync(2000)).Memory?.Dispose();

        Task<QueryResult> RunAsync(int count)
        {
            var data = new ShardedData(Enumerable.Range(0, count).Select(static series => (Labels.From(("__name__", "a"), ("l", $"{series}")), new long[] { 60_000 }, new double[] { series })));
            return new Engine(settings, TimeProvider.System).InstantAsync(
                "scalar(a)", new Timestamp(60_000), data.On(2, threads: 1), QueryRunOptions.Default, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Groups_and_series_of_the_answer_take_room_too()
    {
        EngineSettings settings = new() { MemoryMax = 4 << 20 };
        foreach (string query in new[] { "a", "a[5m]", "sum by (l) (a)", "sort(a)" })
        {
            await RunAsync(2000, query);
            QueryException error = await Assert.ThrowsAsync<QueryException>(() => RunAsync(100_000, query));
            Assert.Equal((QueryErrorKind.Unavailable, "memory"), (error.Kind, error.Limit));
        }

        Task<QueryResult> RunAsync(int count, string query)
        {
            MemorySource source = new();
            for (int series = 0; series < count; series++)
            {
                source.With($"a{{l=\"{series}\"}}", 60_000, series);
            }

            return new Engine(settings, TimeProvider.System).InstantAsync(query, new Timestamp(60_000), source, QueryRunOptions.Default, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_process_without_memory_is_an_answer_to_ask_again_later_of_a_query_and_of_its_fragments()
    {
        MemorySource alone = new MemorySource().With("a", 60_000, 1);
        alone.OnRead(1, static () => throw new OutOfMemoryException());
        var shards = new ExhaustedShards();
        foreach (ISeriesSource source in new ISeriesSource[] { alone, shards })
        {
            QueryException error = await Assert.ThrowsAsync<QueryException>(() => new Engine(new EngineSettings(), TimeProvider.System).InstantAsync(
                "a", new Timestamp(60_000), source, QueryRunOptions.Default, CancellationToken.None));
            Assert.Equal((QueryErrorKind.Unavailable, "memory"), (error.Kind, error.Limit));
        }

        // What another node evaluates does not pass through its engine.
        Assert.IsType<QueryException>(shards.Failure);
    }

    [Fact]
    public async Task Room_is_looked_for_once_before_a_query_is_refused()
    {
        var engine = new Engine(new EngineSettings { MemoryMax = 64 << 20 }, TimeProvider.System);
        int looks = 0;
        long found = 0;
        engine.LetHold(1 << 20, 0);
        engine.BeforeRefusing(_ =>
        {
            looks++;
            engine.LetHold(found, 0);
        });

        // 70 000 samples of 16 bytes are more than a MiB.
        const string query = "sum(sum_over_time(vector(1)[70000s:1s]))";
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => RunAsync(query, engine, keeps: false));
        Assert.Equal(("memory", 1), (error.Limit, looks));
        found = 8 << 20;
        await RunAsync(query, engine, keeps: false);
        Assert.Equal(2, looks);

        // What there may never be is not looked for.
        var small = new Engine(new EngineSettings { MemoryMax = 1 << 20 }, TimeProvider.System);
        small.BeforeRefusing(_ => looks++);
        error = await Assert.ThrowsAsync<QueryException>(() => RunAsync(query, small, keeps: false));
        Assert.Equal(("memory", 2), (error.Limit, looks));
    }

    private static async Task<QueryException?> EndsAsync(string query, EngineSettings settings, string? limit)
    {
        try
        {
            await new Engine(settings, TimeProvider.System).InstantAsync(query, new Timestamp(0), Few, QueryRunOptions.Default, CancellationToken.None);
            Assert.Null(limit);
            return null;
        }
        catch (QueryException error)
        {
            Assert.Equal(limit, error.Limit);
            return error;
        }
    }

    private sealed class ExhaustedShards : IFragmentRunner
    {
        public ShardMap Shards { get; } = new(2);

        public Exception? Failure { get; private set; }

        public async Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel)
        {
            Failure = await Record.ExceptionAsync(() => fragment.RunAllAsync([.. shards.Select(_ => this)], threads: 1));
            throw Failure ?? new InvalidOperationException();
        }

        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => throw new OutOfMemoryException();

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) => throw new OutOfMemoryException();

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) => throw new OutOfMemoryException();
    }

    private static Task<QueryResult> RunAsync(string query, Engine engine, bool keeps) => engine.InstantAsync(
        query, new Timestamp(1_200_000), Data.On(4, threads: 2), new QueryRunOptions { KeepsMemory = keeps }, CancellationToken.None);
}
