using System.Collections.Concurrent;
using System.Net;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>What an operator asks one node for reaches all: deletions the leaders, everything else each node.</summary>
public sealed class ClusterAdminTests : IAsyncLifetime
{
    private const int Shards = 4;
    private static readonly Matcher[] s_up = [new(LabelName.MetricName, MatchKind.Equal, "up"), new("job", MatchKind.Regex, "a|b")];

    private readonly Node[] _nodes;

    public ClusterAdminTests()
    {
        _nodes = [.. Enumerable.Range(0, 3).Select(static number => new Node(number))];
        foreach (Node node in _nodes)
        {
            node.Places.Publish([.. _nodes.Where(other => other != node).Select(node.PeerOf)]);
        }

        Lead(static shard => shard % 3);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (Node node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_deletion_goes_to_the_leader_of_each_shard_once()
    {
        Assert.Null(await DeleteAsync(_nodes[1], 5, 90));
        Assert.Equal(["0 up job 5 90", "3 up job 5 90"], _nodes[0].Deleted.Order());
        Assert.Equal(["1 up job 5 90"], _nodes[1].Deleted);
        Assert.Equal(["2 up job 5 90"], _nodes[2].Deleted);
        Assert.Null(await DeleteAsync(_nodes[1], 90, 5));
        Assert.Single(_nodes[1].Deleted);
    }

    [Fact]
    public async Task A_leader_that_has_lost_its_shard_is_followed_by_the_next()
    {
        _nodes[2].Leads = false;
        Task<string?> deleting = DeleteAsync(_nodes[1], 5, 90);
        await _nodes[2].Asked.Task.WaitAsync(TestActorSystem.HangGuard);
        Lead(static shard => shard == 2 ? 0 : shard % 3);
        Assert.Null(await deleting);
        Assert.Empty(_nodes[2].Deleted);
        Assert.Contains("2 up job 5 90", _nodes[0].Deleted);
    }

    [Fact]
    public async Task All_tries_together_have_the_time_of_one()
    {
        _nodes[1].MovesLeft = 2;
        Assert.Null(await DeleteAsync(_nodes[1], 5, 90));
        TimeSpan[] timeouts = [.. _nodes[1].Timeouts];
        Assert.Equal(3, timeouts.Length);
        Assert.True(timeouts[0] <= StorageAdmin.DeleteTimeout && timeouts[1] < timeouts[0] && timeouts[2] < timeouts[1], string.Join(' ', timeouts));
    }

    [Fact]
    public async Task What_a_leader_refuses_is_refused_with_its_reason_and_the_shard()
    {
        _nodes[2].Failure = "no space left";
        Assert.Equal("shard 2: no space left", await DeleteAsync(_nodes[0], 5, 90));
    }

    [Fact]
    public async Task Each_node_seals_cleans_and_copies_and_copies_have_one_name()
    {
        Assert.Null(await _nodes[0].Admin.SealAsync(CancellationToken.None));
        Assert.Null(await _nodes[1].Admin.CleanAsync(CancellationToken.None));
        StorageCopy copy = await _nodes[2].Admin.CopyAsync(skipsHead: true, CancellationToken.None);
        Assert.Null(copy.Failure);
        Assert.All(_nodes, node => Assert.Equal(["seal", "clean", $"copy {copy.Name} True"], node.Did));
        _nodes[1].Failure = "no space left";
        Assert.Equal("node 1: no space left", await _nodes[0].Admin.SealAsync(CancellationToken.None));
        Assert.Equal(new StorageCopy(null, "node 1: no space left"), await _nodes[0].Admin.CopyAsync(skipsHead: false, CancellationToken.None));
    }

    [Fact]
    public void Messages_that_are_none_are_refused()
    {
        byte[] sound = new DeletionMessage(3, new DeleteSamples(s_up, 5, 90)).ToMessage().Payload.ToArray();
        DeletionMessage read = DeletionMessage.Read(sound, Shards);
        Assert.Equal((3, 5, 90), (read.Shard, read.What.From, read.What.Through));
        Assert.Equal(s_up, read.What.Matchers);
        Assert.Throws<WireFormatException>(() => DeletionMessage.Read(sound, 3));
        Assert.Throws<WireFormatException>(() => DeletionMessage.Read([], Shards));
        Assert.Throws<WireFormatException>(() => DeletionMessage.Read(new DeletionMessage(3, new DeleteSamples(s_up, 90, 5)).ToMessage().Payload.Span, Shards));
        Assert.Throws<WireFormatException>(() => StorageMessage.Read([]));
        Assert.Throws<WireFormatException>(() => StorageMessage.Read(new StorageMessage(StorageTask.Copy, Name: "../elsewhere").ToMessage().Payload.Span));
        Assert.Throws<WireFormatException>(() => StorageMessage.Read(new StorageMessage(StorageTask.Copy).ToMessage().Payload.Span));
        Assert.Throws<WireFormatException>(() => AdminAnswer.Read(new NodeMessage(WriteAnswer.Number, ReadOnlyMemory<byte>.Empty)));
    }

    private static Task<string?> DeleteAsync(Node node, long from, long through) =>
        node.Admin.DeleteAsync(s_up, new Timestamp(from), new Timestamp(through), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);

    private void Lead(Func<int, int> leaderOf)
    {
        foreach (Node node in _nodes)
        {
            node.Places.Publish([.. Enumerable.Range(0, Shards).Select(shard => new ShardPlace
            {
                Shard = shard,
                Here = leaderOf(shard) == node.Number ? ShardRole.Leader : ShardRole.None,
                Leader = leaderOf(shard) == node.Number ? null : node.PeerOf(_nodes[leaderOf(shard)]),
            })]);
        }
    }

    private sealed class Node : INodeStorage, IAsyncDisposable
    {
        private readonly NodeTransport _transport;
        private readonly Dictionary<int, ShardPeer> _peers = [];

        public Node(int number)
        {
            Number = number;
            Places = new PublishedPlaces(ShardPlaces.AllHere(Shards));
            Admin = new ClusterAdmin(this, Places, new ForwardSettings(), TimeProvider.System);
            var messages = new NodeMessages();
            new PeerAdmin(this, Shards).AddTo(messages);
            _transport = NodeTransport.Listen(Identity, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, messages.HandleAsync);
        }

        public int Number { get; }

        public PublishedPlaces Places { get; }

        public ClusterAdmin Admin { get; }

        public bool Leads { get; set; } = true;

        /// <summary>How many deletions it still says of that its shard has moved.</summary>
        public int MovesLeft { get; set; }

        public ConcurrentQueue<TimeSpan> Timeouts { get; } = new();

        public string? Failure { get; set; }

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Deleted { get; } = new();

        public ConcurrentQueue<string> Did { get; } = new();

        private NodeIncarnation Identity => new(new Guid(Number + 1, 0, 0, new byte[8]));

        public ShardPeer PeerOf(Node other)
        {
            if (!_peers.TryGetValue(other.Number, out ShardPeer? peer))
            {
                _peers.Add(other.Number, peer = new ShardPeer(other.Identity, $"node {other.Number}", _transport.LinkTo(other.Identity, other._transport.Address)));
            }

            return peer;
        }

        public Task<string?> SealAsync(CancellationToken cancel) => Do("seal");

        public Task<string?> CleanAsync(CancellationToken cancel) => Do("clean");

        public async Task<StorageCopy> CopyAsync(bool skipsHead, string name, CancellationToken cancel) =>
            await Do($"copy {name} {skipsHead}") is { } failure ? new StorageCopy(null, failure) : new StorageCopy(name, null);

        public Task<SamplesDeleted> DeleteAsync(int shard, DeleteSamples what, TimeSpan timeout, CancellationToken cancel)
        {
            Timeouts.Enqueue(timeout);
            Asked.TrySetResult();
            if (!Leads || MovesLeft-- > 0)
            {
                return Task.FromResult(SamplesDeleted.Moved);
            }

            if (Failure is null)
            {
                Deleted.Enqueue($"{shard} {what.Matchers[0].Value} {what.Matchers[1].Name} {what.From} {what.Through}");
            }

            return Task.FromResult(new SamplesDeleted(Failure));
        }

        public async ValueTask DisposeAsync() => await _transport.DisposeAsync();

        private Task<string?> Do(string what)
        {
            Did.Enqueue(what);
            return Task.FromResult(Failure);
        }
    }
}
