using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>What is made of the answers of copies that lack samples.</summary>
public sealed class ShardGatherTests
{
    private const long Epoch = 7;

    private readonly VirtualTime _time = new();
    private readonly Dictionary<string, ShardHeader> _headers = [];
    private readonly List<string> _asked = [];

    [Fact]
    public async Task A_leader_that_lacks_samples_is_read_once()
    {
        _headers["leader"] = Lacking(300);
        (string, string, string) end = await RunAsync(leads: true, "leader");
        Assert.Equal(["leader"], _asked);
        Assert.Equal(("leader", "", "0"), end);
    }

    [Fact]
    public async Task A_copy_that_lacks_samples_may_lack_the_newest_too_where_no_leader_answers()
    {
        _headers["one"] = Lacking(300);
        _headers["other"] = Lacking(310);
        (string, string, string) end = await RunAsync(leads: false, "one", "other");
        Assert.Equal(["one", "other"], _asked);
        Assert.Equal(("other", "0", "0"), end);
    }

    [Fact]
    public async Task A_leader_of_before_that_lacks_samples_lacks_the_newest_too_and_is_asked_again()
    {
        _headers["leader"] = Lacking(300) with { Epoch = Epoch - 1 };
        (string, string, string) end = await RunAsync(leads: true, "leader");
        Assert.Equal(4, _asked.Count);
        Assert.Equal(("leader", "0", "0"), end);
    }

    [Fact]
    public async Task Who_is_only_behind_is_asked_again_and_who_lacks_samples_is_not()
    {
        _headers["leader"] = Lacking(300);
        _headers["copy"] = Lacking(290) with { Lacks = false };
        (string, string, string) end = await RunAsync(leads: true, "leader", "copy");
        Assert.Equal(["leader", "copy", "copy", "copy", "copy"], _asked);
        Assert.Equal(("leader", "", "0"), end);
    }

    [Fact]
    public async Task Of_two_that_are_as_far_the_one_that_lacks_nothing_counts()
    {
        _headers["leader"] = Lacking(300);
        _headers["copy"] = Lacking(300) with { Lacks = false };
        (string, string, string) end = await RunAsync(leads: true, "leader", "copy");
        Assert.Equal(("copy", "0", ""), end);
    }

    [Fact]
    public async Task What_a_shard_lacks_for_good_is_fetched_once_and_counted_once()
    {
        Labels[] series = [.. Enumerable.Range(0, 80).Select(i => Labels.From(("__name__", "m"), ("instance", $"i{i}")))];
        long limit = 1024;
        while (!await FitsAsync(series, limit, lacks: false))
        {
            limit *= 2;
            Assert.True(limit < 1 << 30);
        }

        // Twice as much would not fit.
        Assert.True(await FitsAsync(series, limit, lacks: true));
    }

    private static ShardHeader Lacking(long seq) => new(0, IsServed: true, Epoch, seq, 0, IsBehind: true, Lacks: true);

    private static async Task<bool> FitsAsync(Labels[] series, long limit, bool lacks)
    {
        await using var nodes = new QueryNodes(
            ListedSeries.Spread(series, samples: 100, shards: 1), [[1]], nodes: 2, new QuerySettings { FetchBytesMax = limit, HedgeAfter = TimeSpan.FromHours(1) });
        using QueryFrontend frontend = nodes[0].Frontend();
        if (lacks)
        {
            nodes.Lose(number: 1, shard: 0);
        }

        try
        {
            QueryResult result = await frontend.InstantAsync("m[2d]", new Timestamp(99 * ListedSeries.StepMs), default, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
            Assert.Equal(lacks, result.IsPartial);
            Assert.Equal(series.Length, Assert.IsType<MatrixValue>(result.Value).Series.Count);
            return true;
        }
        catch (QueryException e) when (e.Message.StartsWith("query would fetch more than", StringComparison.Ordinal))
        {
            return false;
        }
    }

    // The first of the nodes leads, where one does.
    private async Task<(string Answer, string Missing, string Lacking)> RunAsync(bool leads, params string[] nodes)
    {
        ShardPeer[] peers = [.. nodes.Select(static (name, i) => new ShardPeer(new NodeIncarnation(new Guid(i + 1, 0, 0, new byte[8])), name, null!))];
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = Epoch, Leader = leads ? peers[0] : null, Followers = [.. peers.Skip(leads ? 1 : 0)] }]));
        var gather = new ShardGather<string>(
            (peer, _, _) =>
            {
                _asked.Add(peer.Name);
                return Task.FromResult<IReadOnlyList<(ShardHeader, bool, string?)>>([(_headers[peer.Name], true, peer.Name)]);
            },
            places, TimeSpan.FromHours(1), _time);
        Task<IReadOnlyDictionary<int, string>> running = gather.RunAsync([0], CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return running.IsCompleted;
            },
            TestActorSystem.HangGuard));
        return ((await running)[0], string.Join(',', gather.Missing), string.Join(',', gather.Lacking));
    }
}
