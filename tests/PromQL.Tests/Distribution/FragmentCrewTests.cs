using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

public sealed class FragmentCrewTests
{
    private const int ShardCount = 12;

    [Fact]
    public async Task Little_work_is_done_on_the_thread_of_the_caller()
    {
        var seen = new SeenThreads(seriesPerShard: 3);
        Task<IReadOnlyList<FragmentAnswer>> running = FragmentOf("up").RunAllAsync(seen.Shards, threads: 4);
        Assert.True(running.IsCompletedSuccessfully, "something was waited for");
        Assert.Equal(ShardCount, (await running).Count);
        Assert.Equal([Environment.CurrentManagedThreadId], seen.Threads.Distinct());
    }

    [Fact]
    public async Task Much_work_is_shared_with_other_threads_and_answered_in_the_order_of_shards()
    {
        // The caller's thread does not get beyond its second shard before a helper has come.
        var seen = new SeenThreads(seriesPerShard: 1000, waitsForAnother: true);
        IReadOnlyList<FragmentAnswer> answers = await FragmentOf("up").RunAllAsync(seen.Shards, threads: 3);
        Assert.Equal(Enumerable.Range(0, ShardCount).Select(shard => 1000 + shard), answers.Select(answer => answer.Rows.Count));
        Assert.True(seen.Threads.Distinct().Count() > 1, "one thread did it all");
    }

    [Fact]
    public async Task A_failure_of_any_shard_is_the_failure_of_all()
    {
        foreach (int threads in (int[])[1, 4])
        {
            var seen = new SeenThreads(seriesPerShard: 500, fails: 7);
            InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(
                () => FragmentOf("up").RunAllAsync(seen.Shards, threads));
            Assert.Equal("shard 7 is broken", failure.Message);
        }
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1000, 12)]
    public async Task Shards_are_evaluated_together_as_long_as_they_are_little_work(int seriesPerShard, int answersWanted)
    {
        var seen = new SeenThreads(seriesPerShard);
        IReadOnlyList<FragmentAnswer> answers = await FragmentOf("up").RunTogetherAsync(seen.Shards, threads: 3);

        // 3 series each: one shard, four, seven.
        Assert.Equal(answersWanted, answers.Count);
        int shard = 0;
        int at = 0;
        foreach (FragmentAnswer answer in answers)
        {
            for (int row = 0; row < answer.Rows.Count; row++)
            {
                Assert.Equal($"{shard}-{at}", answer.Rows.Packed(row, out _, out _, out _).Labels.Get("instance"));
                (shard, at) = ++at == seriesPerShard + shard ? (shard + 1, 0) : (shard, at);
            }
        }

        Assert.Equal((ShardCount, 0), (shard, at));
    }

    [Fact]
    public async Task A_failure_of_shards_together_is_the_failure_of_all()
    {
        var seen = new SeenThreads(seriesPerShard: 3, fails: 7);
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await FragmentOf("up").RunTogetherAsync(seen.Shards, threads: 2));
        Assert.Equal("shard 7 is broken", failure.Message);
    }

    private static PlanFragment FragmentOf(string query)
    {
        var settings = new EngineSettings();
        var origin = new QueryOrigin(query, Steps.Once(1000), IsRange: false, 300_000, 60_000, settings.SamplesMax, settings.Features, PushesOne: false);
        PlanNode plan = Planner.Plan(Parser.Parse(query, settings), new QuerySpan(origin.Steps, origin.LookbackMs, origin.SubqueryStepMs, origin.InnerStepsMax));
        return new PlanFragment(new ExchangeNode(plan, [], 0), new QueryRun(settings, origin, new QueryBudget(settings, null), null, CancellationToken.None, CancellationToken.None));
    }

    /// <summary>Shards that note who reads them; shard i has i series more than the first.</summary>
    private sealed class SeenThreads(int seriesPerShard, bool waitsForAnother = false, int fails = -1)
    {
        private readonly ManualResetEventSlim _another = new();

        public System.Collections.Concurrent.ConcurrentQueue<int> Threads { get; } = new();

        public IReadOnlyList<ISeriesSource> Shards => [.. Enumerable.Range(0, ShardCount).Select(shard => new Shard(this, shard))];

        private void Enter(int shard)
        {
            int thread = Environment.CurrentManagedThreadId;
            if (Threads.Any(other => other != thread))
            {
                _another.Set();
            }
            else if (waitsForAnother && Threads.Count == 2)
            {
                Assert.True(_another.Wait(TimeSpan.FromMinutes(1)), "no helper came");
            }

            Threads.Enqueue(thread);
            if (shard == fails)
            {
                throw new InvalidOperationException($"shard {shard} is broken");
            }
        }

        private sealed class Shard(SeenThreads seen, int number) : ISeriesSource
        {
            public SeriesCursor Select(SelectRequest request, CancellationToken cancel)
            {
                seen.Enter(number);
                return new Cursor(seen, number);
            }

            public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
            {
            }

            public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
            {
            }

            private sealed class Cursor(SeenThreads seen, int shard) : SeriesCursor
            {
                private int _at = -1;

                public override Labels Labels => Labels.From((LabelName.MetricName, "up"), ("instance", $"{shard}-{_at}"));

                public override bool MoveNext() => ++_at < seen.SeriesIn(shard);

                public override void Read(SampleColumns into) => into.Add(1000, 1);
            }
        }

        private int SeriesIn(int shard) => seriesPerShard + shard;
    }
}
