using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Scraping;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

public sealed class QueryFrontendTests
{
    private static readonly Timestamp Now = new(1_700_000_000_000);
    private static readonly TimeRange All = TimeRange.All;

    [Fact]
    public async Task The_time_that_a_query_waits_for_its_turn_counts()
    {
        using var silent = new SilentNode(new QuerySettings { ConcurrencyMax = 1, Timeout = TimeSpan.FromSeconds(10) });
        Task<QueryResult> first = silent.Frontend.InstantAsync("up", Now, default, CancellationToken.None);
        Task<QueryResult> hasty = silent.Frontend.InstantAsync("up", Now, new QueryOptions(TimeSpan.FromSeconds(1), null), CancellationToken.None);
        Task<QueryResult> patient = silent.Frontend.InstantAsync("up", Now, new QueryOptions(TimeSpan.FromHours(1), null), CancellationToken.None);
        silent.Test.Time.Advance(TimeSpan.FromSeconds(1));
        await AssertTimeoutAsync(hasty, "query timed out in query queue");
        Assert.False(first.IsCompleted);
        silent.Test.Time.Advance(TimeSpan.FromSeconds(9));
        await AssertTimeoutAsync(first, "query timed out in expression evaluation");

        // A client cannot have more time than the node gives.
        QueryException late = await Assert.ThrowsAsync<QueryException>(() => patient.WaitAsync(TestActorSystem.HangGuard));
        Assert.Equal(QueryErrorKind.Timeout, late.Kind);
    }

    [Fact]
    public async Task Requests_for_series_and_labels_and_figures_time_out_as_queries_do()
    {
        using var silent = new SilentNode(new QuerySettings { Timeout = TimeSpan.FromSeconds(10) });
        Task[] asked =
        [
            silent.Frontend.SeriesAsync([[]], All, 0, CancellationToken.None),
            silent.Frontend.LabelNamesAsync([], All, 0, CancellationToken.None),
            silent.Frontend.LabelValuesAsync("job", [], All, 0, CancellationToken.None),
            silent.Frontend.StorageAsync(10, CancellationToken.None),
        ];
        silent.Test.Time.Advance(TimeSpan.FromSeconds(10));
        foreach (Task one in asked)
        {
            await AssertTimeoutAsync(one, "query timed out in expression evaluation");
        }
    }

    [Fact]
    public async Task Requests_for_series_and_labels_and_figures_wait_in_the_queue_of_queries()
    {
        using var silent = new SilentNode(new QuerySettings { ConcurrencyMax = 1, QueueMax = 0, Timeout = TimeSpan.FromSeconds(10) });
        Task<QueryResult> running = silent.Frontend.InstantAsync("up", Now, default, CancellationToken.None);
        foreach (Func<Task> ask in new Func<Task>[]
                 {
                     () => silent.Frontend.SeriesAsync([[]], All, 0, CancellationToken.None),
                     () => silent.Frontend.LabelNamesAsync([], All, 0, CancellationToken.None),
                     () => silent.Frontend.LabelValuesAsync("job", [], All, 0, CancellationToken.None),
                     () => silent.Frontend.StorageAsync(10, CancellationToken.None),
                 })
        {
            QueryException refused = await Assert.ThrowsAsync<QueryException>(ask);
            Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
        }

        silent.Test.Time.Advance(TimeSpan.FromSeconds(10));
        await AssertTimeoutAsync(running, "query timed out in expression evaluation");
    }

    [Fact]
    public async Task A_shard_that_does_not_answer_makes_every_question_one_to_ask_again_later()
    {
        using var silent = new SilentNode(new QuerySettings { Timeout = TimeSpan.FromHours(1) });
        Task[] asked =
        [
            silent.Frontend.InstantAsync("up", Now, default, CancellationToken.None),
            silent.Frontend.SeriesAsync([[]], All, 0, CancellationToken.None),
            silent.Frontend.ExemplarsAsync([[]], Now, Now, CancellationToken.None),
            silent.Frontend.StorageAsync(10, CancellationToken.None),
        ];
        silent.Test.Time.Advance(TimeSpan.FromMinutes(1));
        foreach (Task one in asked)
        {
            QueryException refused = await Assert.ThrowsAsync<QueryException>(() => one.WaitAsync(TestActorSystem.HangGuard));
            Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
        }

        Assert.Equal(QueryState.Failed, Assert.Single(silent.Frontend.Queries()).State);
    }

    [Fact]
    public async Task A_client_that_gives_up_is_no_timeout()
    {
        using var silent = new SilentNode(new QuerySettings { Timeout = TimeSpan.FromSeconds(10) });
        using var client = new CancellationTokenSource();
        Task<LabelAnswer<string>> asked = silent.Frontend.LabelNamesAsync([], All, 0, client.Token);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(TestActorSystem.HangGuard));
    }

    [Fact]
    public async Task Subqueries_without_a_step_take_the_evaluation_interval_of_the_configuration_in_force()
    {
        using var place = new TempDirectory();
        using TestActorSystem test = TestActorSystem.OnPool();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, shardCount: 1);
        RecoveredData recovered = HeadRecovery.Run(directory, new ShardSettings(), new SegmentLogSettings(), static _ => { }, CancellationToken.None);
        using SegmentLog journal = recovered.Log;
        using var actors = new PleiadActors(
            test.System, directory, recovered, new Engine(new EngineSettings(), test.Time), new ActorsSettings(), NullLoggerFactory.Instance);
        foreach ((string interval, double points) in new[] { ("1m", 5.0), ("30s", 10.0), ("5m", 1.0) })
        {
            PrometheusConfig config = ScrapeConfigFile.Parse($"global: {{evaluation_interval: {interval}}}\n", "test.yml");
            await actors.ApplyAsync(config, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
            QueryResult result = await actors.Query.InstantAsync("count_over_time(vector(1)[5m:])", Now, default, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
            Assert.Equal(points, Assert.Single(Assert.IsType<VectorValue>(result.Value).Samples).Value);
        }
    }

    [Fact]
    public async Task Short_of_memory_queries_hold_less_and_what_reads_whole_shards_is_refused()
    {
        using var place = new TempDirectory();
        using TestActorSystem test = TestActorSystem.OnPool();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, shardCount: 1);
        RecoveredData recovered = HeadRecovery.Run(directory, new ShardSettings(), new SegmentLogSettings(), static _ => { }, CancellationToken.None);
        using SegmentLog journal = recovered.Log;
        using var actors = new PleiadActors(
            test.System, directory, recovered, new Engine(new EngineSettings(), test.Time), new ActorsSettings(), NullLoggerFactory.Instance);
        const string large = "count_over_time(vector(1)[5m:1s])";
        await actors.Query.InstantAsync(large, Now, default, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        await actors.StorageAsync(1, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        actors.Memory.Status = MemoryStatus.Unwatched with
        {
            Step = MemoryStep.QueriesRefused, UsedBytes = 80 << 20, LimitBytes = 100 << 20, Settings = new MemorySettings { QuerySamplesMax = 100 },
        };
        foreach (Func<Task> ask in new Func<Task>[]
                 {
                     () => actors.Query.InstantAsync(large, Now, default, CancellationToken.None),
                     () => actors.StorageAsync(1, CancellationToken.None),
                     () => actors.Query.ReadAsync([new Matcher("a", MatchKind.Equal, "b")], All, static (labels, _) => labels, CancellationToken.None),
                 })
        {
            QueryException refused = await Assert.ThrowsAsync<QueryException>(() => ask().WaitAsync(TestActorSystem.HangGuard));
            Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
            Assert.Contains("memory is short (80 MiB of 100 MiB are in use)", refused.Message, StringComparison.Ordinal);
        }

        await actors.Query.InstantAsync("count_over_time(vector(1)[1m:1s])", Now, default, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
    }

    [Fact]
    public async Task Short_of_memory_what_reads_or_lists_many_series_is_refused_though_it_holds_few_samples()
    {
        using var place = new TempDirectory();
        using TestActorSystem test = TestActorSystem.OnPool();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, shardCount: 1);
        RecoveredData recovered = HeadRecovery.Run(directory, new ShardSettings(), new SegmentLogSettings(), static _ => { }, CancellationToken.None);
        using SegmentLog journal = recovered.Log;
        using var flusher = new SegmentLogFlusher(journal, TimeProvider.System);
        using var actors = new PleiadActors(
            test.System, directory, recovered, new Engine(new EngineSettings(), test.Time), new ActorsSettings(), NullLoggerFactory.Instance);
        var batch = new SampleBatch(new ShardId(0));
        for (int series = 0; series < 20; series++)
        {
            batch.Add(new SeriesKey(Labels.From(("__name__", "a"), ("l", $"{series}"))), Now.Milliseconds, series);
        }

        IngestOutcome written = await actors.Ingest.WriteAsync([batch], CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal(20, written.Accepted);
        Matcher[] all = [new Matcher("__name__", MatchKind.Equal, "a")];
        (Func<Task> Ask, string Words)[] asked =
        [
            (() => actors.Query.InstantAsync("count({__name__=~\".+\"})", Now, default, CancellationToken.None), "the query reads more than 10 series"),
            (() => actors.Query.SeriesAsync([all], All, 0, CancellationToken.None), "at most 10 series are listed at present"),
            (() => actors.Query.LabelValuesAsync("l", [all], All, 0, CancellationToken.None), "at most 10 names or values are listed at present"),
        ];
        foreach ((Func<Task> ask, _) in asked)
        {
            await ask().WaitAsync(TestActorSystem.HangGuard);
        }

        actors.Memory.Status = MemoryStatus.Unwatched with
        {
            Step = MemoryStep.QueriesRefused, UsedBytes = 80 << 20, LimitBytes = 100 << 20, Settings = new MemorySettings { QuerySeriesMax = 10 },
        };
        foreach ((Func<Task> ask, string words) in asked)
        {
            QueryException refused = await Assert.ThrowsAsync<QueryException>(() => ask().WaitAsync(TestActorSystem.HangGuard));
            Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
            Assert.StartsWith("memory is short (80 MiB of 100 MiB are in use)", refused.Message, StringComparison.Ordinal);
            Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        }

        await actors.Query.LabelNamesAsync([all], All, 0, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
    }

    private static async Task AssertTimeoutAsync(Task asked, string message)
    {
        QueryException late = await Assert.ThrowsAsync<QueryException>(() => asked.WaitAsync(TestActorSystem.HangGuard));
        Assert.Equal((QueryErrorKind.Timeout, message), (late.Kind, late.Message));
    }

    /// <summary>A frontend whose one shard never answers.</summary>
    private sealed class SilentNode : IDisposable
    {
        public SilentNode(QuerySettings settings)
        {
            Test = TestActorSystem.OnPool();
            var shards = new ShardDirectory(new ShardMap(1), [Test.CreateProbe("shard").Ref]);
            Frontend = new QueryFrontend(new Engine(new EngineSettings(), Test.Time), shards, settings, Test.Time, new MemoryState());
        }

        public TestActorSystem Test { get; }

        public QueryFrontend Frontend { get; }

        public void Dispose()
        {
            Frontend.Dispose();
            Test.Dispose();
        }
    }
}
