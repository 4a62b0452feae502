using System.Threading.Channels;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors.Tests;

public sealed class StrongReadTests
{
    private const int Samples = 10;
    private const string Query = "count(m)";

    // Shard 0 at node 0; shards 1 to 3 led by node 1, with copies at node 2.
    private static readonly int[][] Copies = [[0, 1], [1, 2], [1, 2], [1, 2]];
    private static readonly Labels[] Series = [.. Enumerable.Range(0, 80).Select(i => Labels.From(("__name__", "m"), ("instance", $"i{i % 40}"), ("n", $"{i}")))];
    private static readonly QueryOptions Strong = new() { IsStrong = true };

    private static QueryNodes Nodes(QuerySettings? settings = null) => new(ListedSeries.Spread(Series, Samples, 4), Copies, nodes: 3, settings ?? Patient(TimeSpan.FromHours(1)));

    private static QuerySettings Patient(TimeSpan hedgeAfter) => new() { HedgeAfter = hedgeAfter, StrongTimeout = TimeSpan.FromHours(1) };

    private static Task<QueryResult> AskAsync(QueryFrontend frontend, QueryOptions options) =>
        frontend.InstantAsync(Query, new Timestamp((Samples - 1) * ListedSeries.StepMs), options, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);

    private static void AssertWhole(QueryResult result)
    {
        Assert.False(result.IsPartial);
        Assert.Equal(Series.Length, ((VectorValue)result.Value).Samples.Single().Value);
    }

    [Fact]
    public async Task It_waits_until_a_copy_elsewhere_has_what_was_acknowledged()
    {
        await using QueryNodes nodes = Nodes();
        nodes.Rows.Commit(shard: 2, count: 5);
        using QueryFrontend frontend = nodes[0].Frontend();
        Task<QueryResult> asking = AskAsync(frontend, Strong);
        (int shard, long through) = await nodes[1].IsWaitedFor.WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal((2, nodes[1].Marks.At(2).Seq + 5), (shard, through));
        Assert.False(asking.IsCompleted);

        // Who does not ask for it gets what is there.
        AssertWhole(await AskAsync(frontend, default));
        nodes[1].Marks.Note(2, through - 1, 0);
        Assert.False(asking.IsCompleted);
        nodes[1].Marks.Note(2, through, 0);
        AssertWhole(await asking);
    }

    [Fact]
    public async Task It_is_refused_while_a_node_has_what_the_database_has_not()
    {
        await using QueryNodes nodes = Nodes();
        bool[] spooled = new bool[1];
        var reads = new ClusterReads(nodes[0], nodes[0].Places, new QuerySettings(), TimeProvider.System, nodes.Rows, _ => Task.FromResult(spooled[0]));
        Assert.NotNull(await reads.ReachAsync([], static () => TimeSpan.FromMinutes(1), CancellationToken.None));
        spooled[0] = true;
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => reads.ReachAsync([], static () => TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
        using QueryView other = await reads.ViewAsync(static () => TimeSpan.FromMinutes(1), goals: null, CancellationToken.None);
    }

    [Fact]
    public async Task However_many_there_are_while_nodes_are_asked_they_are_asked_once_more()
    {
        await using QueryNodes nodes = Nodes();
        var inquiries = Channel.CreateUnbounded<TaskCompletionSource<bool>>();
        var reads = new ClusterReads(nodes[0], nodes[0].Places, new QuerySettings(), TimeProvider.System, nodes.Rows, _ =>
        {
            var inquiry = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.True(inquiries.Writer.TryWrite(inquiry));
            return inquiry.Task;
        });
        Task<StrongGoals> first = ReachAsync();
        TaskCompletionSource<bool> asked = await NextAsync();
        Task<StrongGoals>[] later = [.. Enumerable.Range(0, 300).Select(_ => ReachAsync())];
        asked.SetResult(false);
        await first.WaitAsync(TestActorSystem.HangGuard);

        // What was asked before they came may have been answered before what they have to see.
        (await NextAsync()).SetResult(true);
        foreach (Task<StrongGoals> refused in later)
        {
            await Assert.ThrowsAsync<QueryException>(() => refused.WaitAsync(TestActorSystem.HangGuard));
        }

        Assert.False(inquiries.Reader.TryRead(out _));

        Task<StrongGoals> ReachAsync() => reads.ReachAsync([], static () => TimeSpan.FromMinutes(1), CancellationToken.None);

        Task<TaskCompletionSource<bool>> NextAsync() => inquiries.Reader.ReadAsync().AsTask().WaitAsync(TestActorSystem.HangGuard);
    }

    [Fact]
    public async Task It_waits_until_the_copy_here_has_it()
    {
        await using QueryNodes nodes = Nodes();
        nodes.Rows.Commit(shard: 0, count: 1);
        using QueryFrontend frontend = nodes[0].Frontend();
        Task<QueryResult> asking = AskAsync(frontend, Strong);
        (int shard, long through) = await nodes[0].IsWaitedFor.WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal(0, shard);
        Assert.False(asking.IsCompleted);
        nodes[0].Marks.Note(0, through, 0);
        AssertWhole(await asking);
    }

    [Fact]
    public async Task A_leader_that_was_replaced_and_does_not_know_it_is_passed_over_for_a_copy_that_has_it()
    {
        await using QueryNodes nodes = Nodes(Patient(TimeSpan.FromMilliseconds(1)));
        nodes.Rows.Commit(shard: 3, count: 1);
        nodes[2].Marks.Note(3, nodes[2].Marks.At(3).Seq + 1, 0);
        using QueryFrontend frontend = nodes[0].Frontend();
        AssertWhole(await AskAsync(frontend, Strong));
    }

    [Fact]
    public async Task A_copy_that_has_it_answers_whatever_it_is_taken_for()
    {
        await using QueryNodes nodes = Nodes();
        nodes.Doubt(2);
        await nodes[1].DisposeAsync();
        using QueryFrontend frontend = nodes[2].Frontend();
        Assert.True((await AskAsync(frontend, default)).IsPartial);
        AssertWhole(await AskAsync(frontend, Strong));
    }

    [Fact]
    public async Task A_shard_that_fails_while_it_is_looked_at_is_read_elsewhere()
    {
        await using QueryNodes nodes = Nodes();
        bool isAsked = false;
        nodes[1].Viewing = shards => nodes[1].Marks.Note(3, shards.Contains(3) ? AppliedMarks.Unknown : nodes[1].Marks.At(3).Seq, 0);
        nodes[2].Viewing = shards => Volatile.Write(ref isAsked, Volatile.Read(ref isAsked) || shards.Contains(3));
        using QueryFrontend frontend = nodes[0].Frontend();
        AssertWhole(await AskAsync(frontend, Strong));
        Assert.True(Volatile.Read(ref isAsked));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public async Task A_shard_that_was_opened_anew_while_its_view_was_taken_is_read_elsewhere(int asker, bool isStrong)
    {
        await using QueryNodes nodes = Nodes();
        bool isAsked = false;
        nodes[1].Viewing = shards =>
        {
            if (shards.Contains(3))
            {
                // As far as before: nothing but the opening tells.
                long seq = nodes[1].Marks.At(3).Seq;
                nodes[1].Marks.NoteClosed(3);
                nodes[1].Marks.Note(3, seq, 0);
                nodes[1].Marks.NoteWhole(3);
            }
        };
        nodes[2].Viewing = shards => Volatile.Write(ref isAsked, Volatile.Read(ref isAsked) || shards.Contains(3));
        using QueryFrontend frontend = nodes[asker].Frontend();
        AssertWhole(await AskAsync(frontend, new QueryOptions { IsStrong = isStrong }));
        Assert.True(Volatile.Read(ref isAsked));
    }

    [Fact]
    public async Task A_shard_that_is_closed_while_a_copy_of_it_that_lacks_samples_is_asked_for_its_mark_has_not_all()
    {
        QuerySettings settings = Patient(TimeSpan.FromHours(1)) with { StrongTimeout = TimeSpan.FromMilliseconds(1) };
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, Samples, 4), [[0], [0], [0], [0]], nodes: 1, settings);
        using QueryFrontend frontend = nodes[0].Frontend();
        nodes.Lose(number: 0, shard: 2);
        Assert.True((await AskAsync(frontend, Strong)).IsPartial);
        nodes[0].Marking = shard =>
        {
            if (shard == 2)
            {
                nodes[0].Marks.NoteClosed(2);
            }
        };
        Assert.Equal(QueryErrorKind.Unavailable, (await Assert.ThrowsAsync<QueryException>(() => AskAsync(frontend, Strong))).Kind);
    }

    [Fact]
    public async Task A_view_that_is_older_than_what_the_node_had_applied_is_not_enough()
    {
        var journal = new SharedJournal();
        using var node = new CopyNode(journal);
        node.Lead(journal.Take());
        node.Send("m", 1, 1);
        node.Test.Drain();
        journal.Commit();
        node.Writer.ExpectMsg<IngestOutcome>();

        // One record more than the shard has: as if it had been recovered behind the mark.
        var map = new ShardMap(1);
        long mark = node.Journal.AppliedSeq(0);
        var places = new PublishedPlaces(ShardPlaces.AllHere(1), _ => new ShardMark(Volatile.Read(ref mark)));
        var rows = new CountedRows([mark]);
        var reads = new ClusterReads(new ShardDirectory(map, [node.Shard]), places, new QuerySettings(), TimeProvider.System, rows);
        using var frontend = new QueryFrontend(
            new Engine(new EngineSettings(), TimeProvider.System), new ShardDirectory(map, []), new QuerySettings(), TimeProvider.System, new MemoryState(), reads);
        Assert.False((await AskAsync(frontend, Strong)).IsPartial);
        rows.Commit(shard: 0, count: 1);
        Volatile.Write(ref mark, mark + 1);
        Assert.Equal(QueryErrorKind.Unavailable, (await Assert.ThrowsAsync<QueryException>(() => AskAsync(frontend, Strong))).Kind);
    }

    [Fact]
    public async Task A_copy_that_lacks_samples_answers_where_nobody_has_all_and_the_answer_says_so()
    {
        await using QueryNodes nodes = Nodes(new QuerySettings { HedgeAfter = TimeSpan.FromHours(1), StrongTimeout = TimeSpan.FromMilliseconds(1) });
        using QueryFrontend frontend = nodes[0].Frontend();
        nodes.Lose(number: 1, shard: 3);
        AssertWhole(await AskAsync(frontend, Strong));
        AssertWhole(await AskAsync(frontend, default));

        nodes.Lose(number: 2, shard: 3);
        foreach (QueryOptions options in new[] { Strong, default })
        {
            QueryResult result = await AskAsync(frontend, options);
            Assert.True(result.IsPartial);
            Assert.Equal("partial: the copies that answered for 1 of 4 shards lack samples that were damaged, so series may be missing", Assert.Single(result.Warnings));
            Assert.Equal(Series.Length, ((VectorValue)result.Value).Samples.Single().Value);
        }

        // What was acknowledged last it has to have all the same.
        nodes.Rows.Commit(shard: 3, count: 1);
        Assert.Equal(QueryErrorKind.Unavailable, (await Assert.ThrowsAsync<QueryException>(() => AskAsync(frontend, Strong))).Kind);
    }

    [Fact]
    public async Task A_leader_that_lacks_samples_and_is_alone_answers_when_it_has_what_was_acknowledged_and_says_what_it_lacks()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, Samples, 4), [[0], [0], [0], [0]], nodes: 1, Patient(TimeSpan.FromHours(1)));
        using QueryFrontend frontend = nodes[0].Frontend();
        nodes.Lose(number: 0, shard: 2);
        Assert.True((await AskAsync(frontend, Strong)).IsPartial);
        nodes.Rows.Commit(shard: 2, count: 1);
        Task<QueryResult> asking = AskAsync(frontend, Strong);
        (_, long through) = await nodes[0].IsWaitedFor.WaitAsync(TestActorSystem.HangGuard);
        Assert.False(asking.IsCompleted);
        nodes[0].Marks.Note(2, through, 0, lacks: true);
        QueryResult result = await asking;
        Assert.True(result.IsPartial);
        Assert.Contains("lack samples", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_does_not_know_what_lacking_is_takes_the_header_of_such_a_copy_for_one_that_has_nothing()
    {
        var header = new ShardHeader(3, IsServed: true, Epoch: 7, AppliedSeq: 0, ChunksDamaged: 2, IsBehind: true, Lacks: true);
        foreach (ShardHeader written in new[] { header, header with { AppliedSeq = 40 }, header with { AppliedSeq = 40, Lacks = false } })
        {
            var message = new MessageWriter();
            written.Write(message);
            var reader = new MessageReader(message.Memory.Span);
            Assert.True(reader.Next(out int kind));
            Assert.Equal((int)RecordKind.Shard, kind);
            ReadOnlySpan<byte> body = reader.Bytes();
            Assert.Equal(written, ShardHeader.Read(body));
            ulong applied = 0;
            var old = new MessageReader(body);
            while (old.Next(out int field))
            {
                applied = field == 4 ? old.Number() : applied;
            }

            Assert.Equal(written.Lacks ? 0 : 40UL, applied);
        }
    }

    [Fact]
    public async Task It_is_refused_when_no_copy_gets_there_in_time()
    {
        await using QueryNodes nodes = Nodes(new QuerySettings { StrongTimeout = TimeSpan.FromMilliseconds(1) });
        nodes.Rows.Commit(shard: 1, count: 1);
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => AskAsync(frontend, Strong));
        Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
        Assert.Contains("1 of 4 shards", refused.Message, StringComparison.Ordinal);
        AssertWhole(await AskAsync(frontend, default));
    }

    [Fact]
    public async Task While_it_waits_it_keeps_no_other_query_from_its_turn()
    {
        await using QueryNodes nodes = Nodes(Patient(TimeSpan.FromHours(1)) with { ConcurrencyMax = 1, PeerConcurrencyMax = 1, StrongWaitingMax = 3 });
        nodes.Rows.Commit(shard: 0, count: 1);
        nodes.Rows.Commit(shard: 2, count: 5);
        using QueryFrontend frontend = nodes[0].Frontend();
        Task<QueryResult>[] asking = [.. Enumerable.Range(0, 3).Select(_ => AskAsync(frontend, Strong))];
        (_, long here) = await nodes[0].IsWaitedFor.WaitAsync(TestActorSystem.HangGuard);
        AssertWhole(await AskAsync(frontend, default));

        // A fourth is one too many; one that is not strong is not.
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => AskAsync(frontend, Strong));
        Assert.Equal((QueryErrorKind.Unavailable, "strong-waiting"), (refused.Kind, refused.Limit));
        nodes[0].Marks.Note(0, here, 0);
        (_, long there) = await nodes[1].IsWaitedFor.WaitAsync(TestActorSystem.HangGuard);
        AssertWhole(await AskAsync(frontend, default));
        Assert.All(asking, static asked => Assert.False(asked.IsCompleted));
        nodes[1].Marks.Note(2, there, 0);
        Assert.All(await Task.WhenAll(asking), AssertWhole);
        AssertWhole(await AskAsync(frontend, Strong));
    }

    [Fact]
    public async Task What_it_does_not_name_is_not_waited_for()
    {
        await using QueryNodes nodes = Nodes();
        Labels one = Series[0];
        int shard = new ShardMap(4).OfInstance(one.Get("instance")).Value;
        for (int other = 0; other < 4; other++)
        {
            nodes.Rows.Commit(other, other == shard ? 0 : 1);
        }

        using QueryFrontend frontend = nodes[0].Frontend();
        QueryResult result = await frontend
            .InstantAsync($"count(m{{instance=\"{one.Get("instance")}\"}})", new Timestamp((Samples - 1) * ListedSeries.StepMs), Strong, CancellationToken.None)
            .WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal(2, ((VectorValue)result.Value).Samples.Single().Value);
    }

    [Fact]
    public async Task It_is_refused_when_the_database_is_away()
    {
        await using QueryNodes nodes = Nodes();
        nodes.Rows.IsAway = true;
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => AskAsync(frontend, Strong));
        Assert.Equal(QueryErrorKind.Unavailable, refused.Kind);
        AssertWhole(await AskAsync(frontend, default));
    }
}
