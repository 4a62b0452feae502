using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors.Tests;

public sealed class ClusterQueryTests
{
    private const int Samples = 2000;
    private static readonly Timestamp End = new((Samples - 1) * ListedSeries.StepMs);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);
    private static readonly Labels[] Series = [.. Enumerable.Range(0, 200).Select(i => Labels.From(("__name__", "m"), ("instance", $"i{i % 40}"), ("n", $"{i}")))];

    // Shard 0 at node 0; shards 1 to 3 led by node 1, with copies at node 2 where there are two.
    private static int[][] Copies(bool two) => two ? [[0, 1], [1, 2], [1, 2], [1, 2]] : [[0], [1], [1], [1]];

    private static Task<QueryResult> RangeAsync(QueryFrontend frontend, string query, CancellationToken cancel = default) =>
        frontend.RangeAsync(query, new Timestamp(0), End, Step, default, cancel).WaitAsync(TestActorSystem.HangGuard, CancellationToken.None);

    private static string Text(QueryResult result) => string.Join('\n', ((MatrixValue)result.Value).Series.Select(series =>
        $"{series.Labels} {string.Join(' ', series.Times)} {string.Join(' ', series.Values)}"));

    private static async Task<string> WholeAsync(string query) => Text(await new Engine(new EngineSettings(), TimeProvider.System).RangeAsync(
        query, new Timestamp(0), End, Step, new ListedSeries(Series, Samples), QueryRunOptions.Default, CancellationToken.None));

    [Fact]
    public async Task An_answer_of_several_messages_comes_whole()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, Samples, 4), Copies(two: false), nodes: 3);
        foreach (int asked in new[] { 0, 1, 2 })
        {
            // 200 series of 2 000 steps: more than 3 MB.
            using QueryFrontend frontend = nodes[asked].Frontend();
            QueryResult result = await RangeAsync(frontend, "m");
            Assert.False(result.IsPartial);
            Assert.Equal(await WholeAsync("m"), Text(result));
        }
    }

    [Fact]
    public async Task A_node_that_dies_in_the_middle_of_a_query_is_replaced_by_its_follower()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, Samples, 4);
        await using var nodes = new QueryNodes(parts, Copies(two: true), nodes: 3, new QuerySettings { HedgeAfter = TimeSpan.FromHours(1) });
        var reached = new TaskCompletionSource();
        using var mayGoOn = new ManualResetEventSlim();
        int selected = 0;
        parts[2].BeforeSelect = _ =>
        {
            // The first to come is node 1; the follower that comes second is not held up.
            if (Interlocked.Increment(ref selected) == 1)
            {
                reached.SetResult();
                mayGoOn.Wait(TestActorSystem.HangGuard, CancellationToken.None);
            }
        };
        using QueryFrontend frontend = nodes[0].Frontend();
        Task<QueryResult> running = RangeAsync(frontend, "sum by (n) (m)");
        await reached.Task.WaitAsync(TestActorSystem.HangGuard);
        await nodes[1].DisposeAsync();
        QueryResult result = await running;
        mayGoOn.Set();
        Assert.False(result.IsPartial);
        Assert.Equal(await WholeAsync("sum by (n) (m)"), Text(result));
    }

    [Fact]
    public async Task How_many_shards_are_done_is_known_while_the_others_still_work()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, Samples, 4);
        await using var nodes = new QueryNodes(parts, [[0], [1], [1], [2]], nodes: 3);
        using var mayGoOn = new ManualResetEventSlim();
        parts[3].BeforeSelect = _ => mayGoOn.Wait(TestActorSystem.HangGuard, CancellationToken.None);
        using QueryFrontend frontend = nodes[0].Frontend();
        Task<QueryResult> running = RangeAsync(frontend, "sum by (n) (m)");
        using var hang = new CancellationTokenSource(TestActorSystem.HangGuard);
        while (frontend.Queries() is not [{ ShardsDone: 3, ShardsAsked: 4, State: QueryState.Running }])
        {
            hang.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        mayGoOn.Set();
        await running;
        QueryRecord ended = Assert.Single(frontend.Queries());
        Assert.Equal((4, 4), (ended.ShardsDone, ended.ShardsAsked));
    }

    [Fact]
    public async Task A_shard_that_nobody_answers_for_is_told_as_missing()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, Samples, 4), Copies(two: false), nodes: 3);
        await nodes[1].DisposeAsync();
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryResult result = await RangeAsync(frontend, "count(m)");
        Assert.True(result.IsPartial);
        Assert.Equal(["partial: no node answered for 3 of 4 shards, so series may be missing"], result.Warnings);
        LabelAnswer<Labels> series = await frontend.SeriesAsync([[new Matcher("__name__", MatchKind.Equal, "m")]], TimeRange.All, 0, CancellationToken.None);
        Assert.True(series.IsPartial);
        Assert.NotEmpty(series.Warnings);

        // What has no place for a warning is refused.
        QueryException refused = await Assert.ThrowsAsync<QueryException>(
            () => frontend.NewestAsync([[new Matcher("__name__", MatchKind.Equal, "m")]], TimeRange.All, CancellationToken.None));
        Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
    }

    [Fact]
    public async Task A_copy_that_may_be_behind_answers_only_when_nobody_else_does_and_says_so()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, Samples, 4);
        await using var nodes = new QueryNodes(parts, Copies(two: true), nodes: 3);
        nodes.Doubt(2);
        using QueryFrontend frontend = nodes[2].Frontend();
        QueryResult result = await RangeAsync(frontend, "count by (n) (m)");
        Assert.False(result.IsPartial);
        Assert.Equal(await WholeAsync("count by (n) (m)"), Text(result));

        // Its leader is gone: better than nothing, but it may not be everything.
        await nodes[1].DisposeAsync();
        result = await RangeAsync(frontend, "count by (n) (m)");
        Assert.True(result.IsPartial);
        Assert.Equal(await WholeAsync("count by (n) (m)"), Text(result));
        Assert.NotEmpty(result.Warnings);
    }

    [Fact]
    public async Task Shards_that_have_just_changed_hands_are_asked_for_again()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, Samples, 4);
        await using var nodes = new QueryNodes(parts, Copies(two: false), nodes: 3);

        // The node that is asked knows of new leaders before they do.
        nodes[0].Places.Publish([.. nodes[0].Places.Now.Shards.Select(static place => place with { Epoch = 2 })]);
        parts[2].BeforeSelect = _ => nodes.Publish(Copies(two: false), epoch: 2);
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryResult result = await RangeAsync(frontend, "count by (n) (m)");
        Assert.False(result.IsPartial);
        Assert.Equal(await WholeAsync("count by (n) (m)"), Text(result));
    }

    [Fact]
    public async Task A_node_that_is_slow_is_not_waited_for_where_there_is_another_copy()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, Samples, 4);
        await using var nodes = new QueryNodes(parts, Copies(two: true), nodes: 3, new QuerySettings { HedgeAfter = TimeSpan.FromMilliseconds(1) });
        using var never = new ManualResetEventSlim();
        var given = new TaskCompletionSource();
        int selected = 0;
        parts[2].BeforeSelect = cancel =>
        {
            if (Interlocked.Increment(ref selected) == 1)
            {
                try
                {
                    never.Wait(TestActorSystem.HangGuard, cancel);
                }
                catch (OperationCanceledException)
                {
                    given.SetResult();
                    throw;
                }
            }
        };
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryResult result = await RangeAsync(frontend, "m");
        Assert.False(result.IsPartial);
        Assert.Equal(await WholeAsync("m"), Text(result));

        // The slow one is told that nobody waits any more.
        await given.Task.WaitAsync(TestActorSystem.HangGuard);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_query_on_all_nodes()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, Samples, 4);
        await using var nodes = new QueryNodes(parts, Copies(two: false), nodes: 3);
        var reached = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        parts[2].BeforeSelect = cancel =>
        {
            using (cancel.Register(ended.SetResult))
            {
                reached.SetResult();
                Assert.True(ended.Task.Wait(TestActorSystem.HangGuard, CancellationToken.None));
            }
        };
        using QueryFrontend frontend = nodes[0].Frontend();
        using var client = new CancellationTokenSource();
        Task<QueryResult> running = RangeAsync(frontend, "m", client.Token);
        await reached.Task.WaitAsync(TestActorSystem.HangGuard);
        await client.CancelAsync();
        QueryException canceled = await Assert.ThrowsAsync<QueryException>(() => running);
        Assert.Equal(QueryErrorKind.Canceled, canceled.Kind);
        await ended.Task.WaitAsync(TestActorSystem.HangGuard);
        Assert.True(SpinWait.SpinUntil(() => nodes[1].Queries.OpenCount == 0, TestActorSystem.HangGuard));
    }

    [Fact]
    public async Task Garbage_is_no_answer()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, samples: 10, shards: 4);
        await using var nodes = new QueryNodes(parts, Copies(two: true), nodes: 3, new QuerySettings { HedgeAfter = TimeSpan.FromHours(1) });
        using QueryFrontend frontend = nodes[0].Frontend();
        string whole = Text(await RangeAsync(frontend, "m"));
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            byte[] part = new byte[random.Next(200)];
            random.NextBytes(part);
            var message = new MessageWriter();
            if (seed % 2 == 0)
            {
                message.Append(part);
            }
            else
            {
                message.Bytes(2, part);
                message.Number(3, 1);
            }

            byte[] garbage = message.Written.ToArray();
            nodes[1].Instead = _ => new ValueTask<NodeMessage>(new NodeMessage(QueryMessage.Part, garbage));
            QueryResult result = await RangeAsync(frontend, "m");
            Assert.False(result.IsPartial, $"seed {seed}");
            Assert.True(whole == Text(result), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Flipped_bits_in_an_answer_are_an_error_or_another_answer_but_never_a_crash()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, samples: 10, shards: 4);
        await using var nodes = new QueryNodes(parts, Copies(two: true), nodes: 3, new QuerySettings { HedgeAfter = TimeSpan.FromHours(1) });
        using QueryFrontend frontend = nodes[0].Frontend();
        byte[] sound = [];
        var messages = new NodeMessages();
        nodes[1].Queries.AddTo(messages);
        nodes[1].Instead = async incoming =>
        {
            NodeMessage answer = await messages.HandleAsync(incoming);
            sound = incoming.Message.Number == QueryMessage.Begin ? answer.Payload.ToArray() : sound;
            return answer;
        };
        await RangeAsync(frontend, "m");
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] flipped = [.. sound];
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            nodes[1].Instead = _ => new ValueTask<NodeMessage>(new NodeMessage(QueryMessage.Part, flipped));
            try
            {
                await RangeAsync(frontend, "m");
            }
            catch (QueryException)
            {
                // Two series may have become one.
            }
        }
    }

    [Fact]
    public async Task An_answer_of_an_older_epoch_is_not_taken()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, Samples, 4), Copies(two: true), nodes: 3);

        // Nodes 0 and 2 have heard of the next leader, node 1 has not.
        PublishedPlaces behind = nodes[1].Places;
        ShardPlaces old = behind.Now;
        nodes.Publish(Copies(two: true), epoch: 2);
        behind.Publish(old.Shards);
        using QueryFrontend frontend = nodes[0].Frontend();
        int asked = 0;
        var messages = new NodeMessages();
        nodes[2].Queries.AddTo(messages);
        nodes[2].Instead = message =>
        {
            Interlocked.Increment(ref asked);
            return messages.HandleAsync(message);
        };
        QueryResult result = await RangeAsync(frontend, "m");
        Assert.Equal(await WholeAsync("m"), Text(result));
        Assert.True(asked > 0, "the follower was not asked");
    }

    [Fact]
    public async Task An_answer_of_an_older_epoch_is_better_than_none_and_told_as_partial()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, Samples, 4), Copies(two: false), nodes: 3);
        PublishedPlaces behind = nodes[1].Places;
        ShardPlaces old = behind.Now;
        nodes.Publish(Copies(two: false), epoch: 2);
        behind.Publish(old.Shards);
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryResult result = await RangeAsync(frontend, "m");
        Assert.True(result.IsPartial);
        Assert.Equal(await WholeAsync("m"), Text(result));
    }

    [Fact]
    public async Task Targets_are_those_of_all_nodes()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, samples: 10, shards: 4), [[0], [1], [2], [1]], nodes: 3);
        foreach (int asked in new[] { 0, 1, 2 })
        {
            var targets = new ClusterTargets(nodes[asked], nodes[asked].Reads);
            int[] order = [asked, .. new[] { 0, 1, 2 }.Where(other => other != asked)];
            IReadOnlyList<ActiveTarget> active = await targets.ActiveAsync(CancellationToken.None);
            Assert.Equal(
                new[] { "first", "second" }.SelectMany(pool => order.Select(number => nodes[number].TargetOf(pool))).OrderBy(target => (target.Pool, target.ScrapeUrl).ToString()),
                active.OrderBy(target => (target.Pool, target.ScrapeUrl).ToString()));
            Assert.Equal(["first", "first", "first", "second", "second", "second"], active.Select(target => target.Pool));
            IReadOnlyList<TargetMetadata> metadata = await targets.MetadataAsync(CancellationToken.None);
            Assert.Equal(6, metadata.Count);
            Assert.Equal(
                ["of node 0", "of node 1", "of node 2"], metadata.Select(target => target.Families["up"]).Select(family => family.Help).Distinct().Order());
            Assert.All(metadata, target => Assert.Equal((MetricType.Gauge, "seconds"), (target.Families["up"].Type, target.Families["up"].Unit)));
            Assert.Single(await targets.DroppedAsync(CancellationToken.None));
        }

        await nodes[1].DisposeAsync();
        QueryException silent = await Assert.ThrowsAsync<QueryException>(() => new ClusterTargets(nodes[0], nodes[0].Reads).ActiveAsync(CancellationToken.None));
        Assert.Equal(QueryErrorKind.Unavailable, silent.Kind);
    }

    [Fact]
    public async Task A_query_that_holds_too_much_fails_wherever_its_series_lie()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, Samples, 4), Copies(two: false), nodes: 3);
        using QueryFrontend frontend = nodes[0].Frontend(new EngineSettings { SamplesMax = 100_000 });
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => RangeAsync(frontend, "m"));
        Assert.Equal("query processing would load too many samples into memory in query execution", error.Message);
    }

    [Fact]
    public async Task Series_are_fetched_up_to_a_limit()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, Samples, 4);
        foreach ((long limit, bool fits) in new[] { (100_000_000L, true), (1_000_000L, false) })
        {
            await using var nodes = new QueryNodes(parts, Copies(two: false), nodes: 3, new QuerySettings { FetchBytesMax = limit });
            using QueryFrontend frontend = nodes[0].Frontend();
            Task<QueryResult> running = frontend.InstantAsync("m[2d]", End, default, CancellationToken.None);
            if (fits)
            {
                MatrixValue found = Assert.IsType<MatrixValue>((await running).Value);
                Assert.Equal((200, 200 * Samples), (found.Series.Count, found.Series.Sum(series => series.Times.Length)));
            }
            else
            {
                Assert.Equal("query would fetch more than 1000000 bytes of series from other nodes", (await Assert.ThrowsAsync<QueryException>(() => running)).Message);
            }
        }
    }

    [Fact]
    public async Task A_node_opens_so_many_queries_of_others_and_no_more()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, samples: 10, shards: 4), Copies(two: false), nodes: 3, new QuerySettings { PeerQueriesMax = 1 });
        using QueryView first = await nodes[0].Reads.ViewAsync(() => TimeSpan.FromMinutes(1), goals: null, CancellationToken.None);
        await first.Source.AddLabelNamesAsync([], TimeRange.All, new TextUnion(), CancellationToken.None);
        Assert.Equal((1, 0), (nodes[1].Queries.OpenCount, first.ShardsMissing.Count));
        using QueryView second = await nodes[2].Reads.ViewAsync(() => TimeSpan.FromMinutes(1), goals: null, CancellationToken.None);
        await second.Source.AddLabelNamesAsync([], TimeRange.All, new TextUnion(), CancellationToken.None);
        Assert.Equal([1, 2, 3], second.ShardsMissing);
    }

    [Fact]
    public async Task Series_and_labels_and_exemplars_are_those_of_all_nodes()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, samples: 10, shards: 4), [[0], [1], [2], [1]], nodes: 3);
        IReadOnlyList<IReadOnlyList<Matcher>> all = [[new Matcher("__name__", MatchKind.Equal, "m")]];
        foreach (int asked in new[] { 0, 1, 2 })
        {
            using QueryFrontend frontend = nodes[asked].Frontend();
            Assert.Equal(Series.Order(), (await frontend.SeriesAsync(all, TimeRange.All, 0, CancellationToken.None)).Items);
            Assert.Equal(["__name__", "instance", "n"], (await frontend.LabelNamesAsync([], TimeRange.All, 0, CancellationToken.None)).Items);
            Assert.Equal(40, (await frontend.LabelValuesAsync("instance", all, TimeRange.All, 0, CancellationToken.None)).Items.Count);
            Assert.Equal(200, (await frontend.NewestAsync(all, TimeRange.All, CancellationToken.None)).Items.Count);
            Assert.Equal(
                200, (await frontend.ReadAsync(all[0], TimeRange.All, static (labels, samples) => (labels, samples.Count), CancellationToken.None)).Count(read => read.Count == 10));
            IReadOnlyList<SeriesExemplars> exemplars = await frontend.ExemplarsAsync(
                [[new Matcher("__name__", MatchKind.Equal, "seen")]], new Timestamp(0), new Timestamp(2000), CancellationToken.None);
            Assert.Equal(["t0", "t1", "t2", "t3"], exemplars.SelectMany(series => series.Exemplars).Select(one => one.Labels.Get("trace_id")).Order());
        }
    }

    [Fact]
    public async Task A_query_of_one_shard_is_evaluated_where_it_lies()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, samples: 10, shards: 4);
        await using var nodes = new QueryNodes(parts, [[1], [1], [1], [1]], nodes: 2);
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryExplanation explained = await frontend.ExplainAsync("sum(m{instance=\"i1\"})", QueryTimes.At(new Timestamp(ListedSeries.StepMs)), run: true, default, CancellationToken.None);
        Assert.StartsWith("exchange with shard", explained.Plan.Operation, StringComparison.Ordinal);
        Assert.Equal(5, Assert.Single(explained.Plan.Shards).SeriesRead);
        Assert.Single(Assert.IsType<VectorValue>(explained.Result!.Value).Samples);
    }
}
