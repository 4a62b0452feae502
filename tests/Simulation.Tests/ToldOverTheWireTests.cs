using System.Net;
using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.TestKit;

namespace Pleiad.Simulation.Tests;

/// <summary>Two cluster actors with real connections between them, each on a clock of its own that moves when the test says so.</summary>
public sealed class ToldOverTheWireTests : IAsyncLifetime
{
    private const int Shards = 4;

    private readonly MemoryClusterStore _store = new(new Random(1));
    private readonly List<Node> _nodes = [];

    public async Task InitializeAsync()
    {
        await _store.Ownership.CreateAsync(Shards, CancellationToken.None);
        _nodes.Add(new Node(_store, 1, "a"));
        _nodes.Add(new Node(_store, 2, "b"));
    }

    public async Task DisposeAsync()
    {
        foreach (Node node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_node_that_does_not_look_at_the_rows_hears_from_the_new_leader_himself()
    {
        Until(() => _nodes.TrueForAll(node => node.Status() is { Leading.Length: Shards / 2 } status && status.Rows.SequenceEqual(Rows())), _nodes);
        (Node takes, Node hears) = (_nodes[0], _nodes[1]);
        int shard = takes.Status().Leading[0];

        // Somebody has taken it whom nobody knows: it is taken from him. The other's clock stands still, so that it does not look.
        ShardOwnership before = hears.Status().Rows[shard];
        ShardOwnership? lost = await _store.Ownership.TakeAsync(shard, before.Epoch, new NodeIncarnation(new Guid(9, 0, 0, new byte[8])), CancellationToken.None);
        Assert.NotNull(lost);
        Until(() => !hears.Status().Told.IsEmpty, [takes]);
        Assert.Equal([new ToldLeader(shard, takes.Incarnation, before.Epoch + 2)], hears.Status().Told.ToArray());
        Assert.Equal(before, hears.Status().Rows[shard]);
        Assert.True(hears.HasPublished(static status => !status.Told.IsEmpty));

        // Then it looks.
        Until(() => hears.Status().Rows[shard].Epoch == before.Epoch + 2, [hears]);
        Assert.Empty(hears.Status().Told);
    }

    private IReadOnlyList<ShardOwnership> Rows() => _store.Ownership.ReadAllAsync(CancellationToken.None).AsTask().Result;

    // What real connections bring about, while the clocks of some nodes move.
    private static void Until(Func<bool> isSo, IReadOnlyList<Node> moving)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TestActorSystem.HangGuard, "it did not come about");
            foreach (Node node in moving)
            {
                node.Test.Advance(TimeSpan.FromMilliseconds(100));
            }

            Thread.Yield();
        }
    }

    private sealed class Node : IShardHost, IAsyncDisposable
    {
        private readonly NodeTransport _transport;
        private readonly ActorRef _cluster;
        private readonly List<ClusterStatus> _published = [];

        public Node(MemoryClusterStore store, int number, string name)
        {
            Incarnation = new NodeIncarnation(new Guid(number, 0, 0, new byte[8]));
            var settings = new MembershipSettings();
            var pulse = new Pulse(Test.Time, settings.StallMax);
            var began = new TaskCompletionSource<ActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
            _transport = NodeTransport.Listen(
                Incarnation, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System,
                async message => await ClusterActor.HandleAsync(await began.Task, pulse, message, TestActorSystem.HangGuard));
            Test.ActorOf(() => new Listener(_published), "listener");
            Test.Drain();
            var setup = new ClusterSetup
            {
                Self = new Member { Incarnation = Incarnation, Name = name, Address = _transport.Address.ToString()!, Status = MemberStatus.Joining, Roles = ["store"] },
                Store = store,
                Transport = _transport,
                Pulse = pulse,
                Shards = this,
                Membership = settings,
                Region = new RegionSettings { Replicas = 2 },
            };
            _cluster = Test.ActorOf(() => new ClusterActor(setup), "cluster");
            began.SetResult(_cluster);
        }

        public TestActorSystem Test { get; } = TestActorSystem.OnPool();

        public NodeIncarnation Incarnation { get; }

        public ClusterStatus Status() => Test.Await(_cluster.Ask<ClusterStatus>(new ClusterActor.TakeStatus(), TestActorSystem.HangGuard, CancellationToken.None));

        public bool HasPublished(Predicate<ClusterStatus> which)
        {
            Test.Drain();
            lock (_published)
            {
                return _published.Exists(which);
            }
        }

        public async ValueTask DisposeAsync()
        {
            Test.Dispose();
            await _transport.DisposeAsync();
        }

        public Task<ShardOwnership> CatchUpAsync(ShardOwnership row) => Task.FromResult(row);

        public Task DrainAsync(int shard) => Task.CompletedTask;

        public long HandOffSeq(int shard, bool ownerLeaves) => 0;

        public bool TakeIsStarting() => false;

        public bool Keeps(int shard) => false;

        public void BeginLead(ShardOwnership row)
        {
        }

        public void EndLead(int shard)
        {
        }

        public void Follow(ShardOwnership row)
        {
        }

        public void Watch(ShardOwnership row)
        {
        }
    }

    private sealed class Listener(List<ClusterStatus> published) : Actor
    {
        protected override void PreStart() => Context.System.EventStream.Subscribe<ClusterStatus>(Self);

        protected override void Receive(object message)
        {
            lock (published)
            {
                published.Add((ClusterStatus)message);
            }
        }
    }
}
