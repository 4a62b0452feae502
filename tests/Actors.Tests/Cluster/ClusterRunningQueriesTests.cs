using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors.Tests;

/// <summary>Whoever is asked knows which queries run, on whichever node, and can end them.</summary>
public sealed class ClusterRunningQueriesTests
{
    private static readonly Labels[] Series = [.. Enumerable.Range(0, 80).Select(i => Labels.From(("__name__", "m"), ("instance", $"i{i % 40}"), ("n", $"{i}")))];

    [Fact]
    public async Task How_far_a_query_is_is_known_to_every_node_and_any_can_end_it()
    {
        IReadOnlyList<ListedSeries> parts = ListedSeries.Spread(Series, samples: 100, shards: 4);
        await using var nodes = new QueryNodes(parts, [[0], [1], [1], [2]], nodes: 3);
        using var mayGoOn = new ManualResetEventSlim();
        parts[3].BeforeSelect = _ => mayGoOn.Wait(TestActorSystem.HangGuard, CancellationToken.None);
        using QueryFrontend asked = nodes[0].Frontend();
        using QueryFrontend first = nodes[1].Frontend();
        using QueryFrontend second = nodes[2].Frontend();
        IRunningQueries[] known = [nodes[0].Running(asked, [nodes[1], nodes[2]]), nodes[1].Running(first, [nodes[0], nodes[2]]), nodes[2].Running(second, [nodes[0], nodes[1]])];
        Task<QueryResult> running = asked.RangeAsync(
            "sum by (n) (m)", new Timestamp(0), new Timestamp(60_000), TimeSpan.FromSeconds(15), default, CancellationToken.None);

        foreach (IRunningQueries node in known)
        {
            using var hang = new CancellationTokenSource(TestActorSystem.HangGuard);
            RunningQueries all = await node.AllAsync(withEnded: false, hang.Token);
            while (all.Queries is not [{ ShardsDone: 3, ShardsAsked: 4, State: QueryState.Running }])
            {
                all = await node.AllAsync(withEnded: false, hang.Token);
            }

            Assert.Equal(("sum by (n) (m)", "node 0", 1), (all.Queries[0].Query, all.Queries[0].Node!.Name, all.Queries[0].Id));
            Assert.Equal(new QueryTimes(new Timestamp(0), new Timestamp(60_000), TimeSpan.FromSeconds(15)), all.Queries[0].Times);
            Assert.Empty(all.Warnings);
        }

        string at = (await known[1].AllAsync(withEnded: false, CancellationToken.None)).Queries[0].Node!.Id;
        Assert.False(await known[1].CancelAsync(null, 1, CancellationToken.None));
        Assert.False(await known[1].CancelAsync("nobody", 1, CancellationToken.None));
        Assert.False(await known[1].CancelAsync(at, 2, CancellationToken.None));
        Assert.True(await known[1].CancelAsync(at, 1, CancellationToken.None));
        Assert.Equal(QueryErrorKind.Canceled, (await Assert.ThrowsAsync<QueryException>(() => running.WaitAsync(TestActorSystem.HangGuard))).Kind);
        mayGoOn.Set();
        foreach (IRunningQueries node in known)
        {
            Assert.Equal([QueryState.Canceled], (await node.AllAsync(withEnded: true, CancellationToken.None)).Queries.Select(record => record.State));
            Assert.Empty((await node.AllAsync(withEnded: false, CancellationToken.None)).Queries);
        }
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_named_and_hides_nothing_of_the_others()
    {
        await using var nodes = new QueryNodes(ListedSeries.Spread(Series, samples: 10, shards: 2), [[0], [1]], nodes: 2);
        using QueryFrontend here = nodes[0].Frontend();
        IRunningQueries known = nodes[0].Running(here, [nodes[1]]);
        await here.InstantAsync("1", new Timestamp(1000), default, CancellationToken.None);

        // It knows no such message: as a node of an older version.
        RunningQueries all = await known.AllAsync(withEnded: true, CancellationToken.None);
        Assert.Equal("1", Assert.Single(all.Queries).Query);
        Assert.StartsWith("node 1 does not say which queries it answers", Assert.Single(all.Warnings), StringComparison.Ordinal);
        await Assert.ThrowsAsync<QueryException>(() => known.CancelAsync(nodes[1].Identity.ToString(), 1, CancellationToken.None));

        nodes[1].Instead = static _ => ValueTask.FromResult(new NodeMessage(QueryMessage.Listed, new byte[] { 0x0f }));
        Assert.StartsWith("node 1: ", Assert.Single((await known.AllAsync(withEnded: true, CancellationToken.None)).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_is_read_as_it_was_written_and_says_what_it_left_out()
    {
        var node = new QueryNode("a1", "node 1");
        QueryRecord[] records =
        [
            new(7, "sum(é)", QueryTimes.At(new Timestamp(-5)), QueryState.Waiting, DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(1.5), 3, 4, null, null, string.Empty),
            new(6, "up", new QueryTimes(new Timestamp(0), new Timestamp(10), TimeSpan.FromSeconds(1)), QueryState.Done, DateTimeOffset.UnixEpoch, TimeSpan.Zero, 0, 9, 0, 12, "x")
            {
                ShardsAsked = 8,
                ShardsDone = 5,
            },
        ];
        (IReadOnlyList<QueryRecord> read, int leftOut) = QueryListMessage.ReadAnswer(QueryListMessage.Answer(records, 10_000), node);
        Assert.Equal(records.Select(record => record with { Node = node }), read);
        Assert.Equal(0, leftOut);

        int one = QueryListMessage.Answer(records[..1], 10_000).Payload.Length;
        Assert.Equal((1, 1), Counts(QueryListMessage.Answer(records, one)));
        Assert.Equal((0, 2), Counts(QueryListMessage.Answer(records, 8)));

        (int, int) Counts(NodeMessage message) => QueryListMessage.ReadAnswer(message, node) is var (queries, out_) ? (queries.Count, out_) : default;
    }

    [Fact]
    public void What_is_no_list_is_refused_however_it_is_cut()
    {
        var node = new QueryNode("a1", "node 1");
        QueryRecord record = new(7, "up", QueryTimes.At(new Timestamp(1)), QueryState.Failed, DateTimeOffset.UnixEpoch, TimeSpan.Zero, 0, 0, null, null, "why");
        NodeMessage whole = QueryListMessage.Answer([record], 10_000);
        for (int length = 1; length < whole.Payload.Length; length++)
        {
            Assert.Throws<WireFormatException>(() => QueryListMessage.ReadAnswer(whole with { Payload = whole.Payload[..length] }, node));
        }

        Assert.Throws<WireFormatException>(() => QueryListMessage.ReadAnswer(whole with { Number = QueryMessage.Part }, node));
        Assert.Throws<WireFormatException>(() => QueryCancelMessage.ReadAnswer(whole));
        Assert.Throws<WireFormatException>(() => QueryListMessage.ReadAnswer(QueryListMessage.Answer([record with { Elapsed = TimeSpan.MaxValue }], 10_000), node));
    }
}
