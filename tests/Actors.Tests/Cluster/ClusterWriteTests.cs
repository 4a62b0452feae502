using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors.Tests;

public sealed class ClusterWriteTests : IAsyncLifetime
{
    private static readonly ShardMap Map = new(4);
    private readonly List<Node> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (Node node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public void A_batch_is_the_same_behind_its_messages_however_they_are_cut()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            using SampleBatch batch = RandomBatch(random, rows: random.Next(200));
            IReadOnlyList<byte[]> messages = WriteMessage.Write(batch, bytesSoft: random.Next(10_000));
            var read = new List<string>();
            var exemplars = new List<string>();
            foreach (byte[] message in messages)
            {
                using SampleBatch part = WriteMessage.Read(message, Map);
                Assert.Equal(batch.Shard, part.Shard);
                read.AddRange(Rows(part));
                exemplars.AddRange(Exemplars(part));
            }

            Assert.Equal(Rows(batch), read);
            Assert.Equal(Exemplars(batch), exemplars);
        }
    }

    [Fact]
    public void A_damaged_message_is_refused_or_another_batch_but_never_a_crash()
    {
        using SampleBatch batch = RandomBatch(new Random(1), rows: 50);
        byte[] sound = Assert.Single(WriteMessage.Write(batch));
        for (int length = 0; length < sound.Length; length++)
        {
            Try(sound.AsSpan(0, length));
        }

        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            byte[] flipped = [.. sound];
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            Try(flipped);
        }

        static void Try(ReadOnlySpan<byte> message)
        {
            try
            {
                WriteMessage.Read(message, Map).Dispose();
            }
            catch (WireFormatException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public async Task A_batch_that_arrives_anywhere_is_written_by_its_leader_and_acknowledged_when_that_is_durable()
    {
        Node[] nodes = Nodes(2);
        Publish(nodes, leader: 1);
        var durable = new TaskCompletionSource();
        nodes[1].Before = durable.Task;
        using SampleBatch batch = RandomBatch(new Random(7), rows: 20);
        string[] expected = [.. Rows(batch)];
        Task<IngestOutcome> writing = nodes[0].Writes.WriteAsync(batch.HandOver(), CancellationToken.None);
        await nodes[1].Asked.Task.WaitAsync(TestActorSystem.HangGuard);
        Assert.False(writing.IsCompleted);
        durable.SetResult();
        IngestOutcome outcome = await writing.WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal((20, null), (outcome.Accepted, outcome.Failure));
        Assert.Equal(expected, nodes[1].Written);
        Assert.Empty(nodes[0].Written);
    }

    [Fact]
    public async Task A_shard_that_has_moved_is_written_at_its_new_leader()
    {
        Node[] nodes = Nodes(3);
        nodes[1].Leads = false;
        Publish(nodes, leader: 1);
        using SampleBatch batch = RandomBatch(new Random(7), rows: 20);
        string[] expected = [.. Rows(batch)];
        Task<IngestOutcome> writing = nodes[0].Writes.WriteAsync(batch.HandOver(), CancellationToken.None);
        await nodes[1].Asked.Task.WaitAsync(TestActorSystem.HangGuard);
        Publish(nodes, leader: 2);
        Assert.Equal((20, null), await writing.WaitAsync(TestActorSystem.HangGuard) is var outcome ? (outcome.Accepted, outcome.Failure) : default);
        Assert.Equal(expected, nodes[2].Written);
        Assert.Empty(nodes[1].Written);
    }

    [Fact]
    public async Task A_shard_whose_leader_has_died_is_written_at_its_successor_before_anybody_has_seen_him_lead()
    {
        Node[] nodes = Nodes(2);
        Publish(nodes, leader: -1, successor: 1);
        using SampleBatch batch = RandomBatch(new Random(7), rows: 20);
        string[] expected = [.. Rows(batch)];
        Assert.Equal(20, (await nodes[0].Writes.WriteAsync(batch.HandOver(), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard)).Accepted);
        Assert.Equal(expected, nodes[1].Written);
    }

    [Fact]
    public async Task A_node_that_loses_its_shard_sends_the_batch_on()
    {
        Node[] nodes = Nodes(2);
        nodes[0].Leads = false;
        Publish(nodes, leader: 0);
        using SampleBatch batch = RandomBatch(new Random(7), rows: 20);
        string[] expected = [.. Rows(batch)];
        Task<IngestOutcome> writing = nodes[0].Writes.WriteAsync(batch.HandOver(), CancellationToken.None);
        await nodes[0].Asked.Task.WaitAsync(TestActorSystem.HangGuard);
        Publish(nodes, leader: 1);
        Assert.Equal(20, (await writing.WaitAsync(TestActorSystem.HangGuard)).Accepted);
        Assert.Equal(expected, nodes[1].Written);
    }

    [Fact]
    public async Task A_leader_that_dies_in_the_middle_of_a_long_batch_loses_nothing()
    {
        Node[] nodes = Nodes(3);
        Publish(nodes, leader: 1);
        using SampleBatch batch = RandomBatch(new Random(3), rows: 100_000);
        Assert.True(WriteMessage.Write(batch).Count > 2);
        string[] expected = [.. Rows(batch).Order(StringComparer.Ordinal)];
        var second = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        int messages = 0;
        nodes[1].BeforeEach = () => Interlocked.Increment(ref messages) == 2 ? Stop() : Task.CompletedTask;
        Task<IngestOutcome> writing = nodes[0].Writes.WriteAsync(batch.HandOver(), CancellationToken.None);
        await second.Task.WaitAsync(TestActorSystem.HangGuard);
        Publish(nodes, leader: 2);
        await nodes[1].DisposeAsync();
        Assert.Equal((100_000, null), await writing.WaitAsync(TestActorSystem.HangGuard) is var outcome ? (outcome.Accepted, outcome.Failure) : default);
        never.SetCanceled();
        Assert.Equal(expected, nodes[1].Written.Concat(nodes[2].Written).Order(StringComparer.Ordinal));
        Assert.NotEmpty(nodes[1].Written);

        Task Stop()
        {
            second.SetResult();
            return never.Task;
        }
    }

    [Fact]
    public async Task Without_a_leader_the_sender_is_told_to_come_again()
    {
        Node[] nodes = Nodes(2, new ForwardSettings { Deadline = TimeSpan.FromMilliseconds(300), RetryPause = TimeSpan.FromMilliseconds(10) });
        Publish(nodes, leader: -1);
        Assert.Equal(
            "shard 1 takes no samples now (nobody leads it); try again later",
            (await nodes[0].Writes.WriteAsync(RandomBatch(new Random(7), rows: 3), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard)).Failure);
        Publish(nodes, leader: 1);
        await nodes[1].DisposeAsync();
        Assert.Equal(
            "shard 1 takes no samples now (node 1 did not take them); try again later",
            (await nodes[0].Writes.WriteAsync(RandomBatch(new Random(7), rows: 3), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard)).Failure);
    }

    [Fact]
    public async Task A_leader_that_cannot_be_reached_from_here_is_reached_by_way_of_another_node()
    {
        Node[] nodes = Nodes(4);
        using var deaf = new DeafPeer();
        Publish(nodes, leader: 3);
        nodes[0].PublishUnreached(nodes[3], deaf, via: [nodes[1], nodes[2]]);

        // The first of the others takes nobody for the leader and does not lead either: the second is asked.
        nodes[1].Leads = false;
        nodes[1].Places.Publish([.. Enumerable.Range(0, Map.Count).Select(static shard => new ShardPlace { Shard = shard })]);
        using SampleBatch batch = RandomBatch(new Random(3), rows: 100_000);
        Assert.True(WriteMessage.Write(batch).Count > 2);
        string[] expected = [.. Rows(batch)];
        IngestOutcome outcome = await nodes[0].Writes.WriteAsync(batch.HandOver(), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal((100_000, null), (outcome.Accepted, outcome.Failure));
        Assert.Equal(expected, nodes[3].Written);
        Assert.Empty(nodes[1].Written.Concat(nodes[2].Written));
    }

    [Fact]
    public async Task Who_waits_for_another_node_to_reach_the_leader_goes_to_the_next_leader_as_soon_as_there_is_one()
    {
        Node[] nodes = Nodes(3);
        using var deaf = new DeafPeer();
        Publish(nodes, leader: 2);
        nodes[0].PublishUnreached(nodes[2], deaf, via: [nodes[1]]);
        var never = new TaskCompletionSource();
        nodes[2].Before = never.Task;
        using SampleBatch batch = RandomBatch(new Random(7), rows: 20);
        string[] expected = [.. Rows(batch)];
        Task<IngestOutcome> writing = nodes[0].Writes.WriteAsync(batch.HandOver(), CancellationToken.None);
        await nodes[2].Asked.Task.WaitAsync(TestActorSystem.HangGuard);
        Publish(nodes, leader: 1);
        Assert.Equal(20, (await writing.WaitAsync(TestActorSystem.HangGuard)).Accepted);
        Assert.Equal(expected, nodes[1].Written);
        never.SetCanceled();
    }

    [Fact]
    public async Task Samples_that_nobody_can_pass_on_go_back_to_the_sender_when_their_time_is_over()
    {
        Node[] nodes = Nodes(3, new ForwardSettings { Deadline = TimeSpan.FromMilliseconds(300), RetryPause = TimeSpan.FromMilliseconds(10) });
        using var deaf = new DeafPeer();
        Publish(nodes, leader: 2);
        nodes[0].PublishUnreached(nodes[2], deaf, via: [nodes[1]]);
        nodes[1].PublishUnreached(nodes[2], deaf, via: [nodes[0]]);
        Assert.Equal(
            "shard 1 takes no samples now (node 2 did not take them); try again later",
            (await nodes[0].Writes.WriteAsync(RandomBatch(new Random(7), rows: 3), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard)).Failure);
    }

    [Fact]
    public async Task What_the_leader_refuses_comes_back_to_the_sender()
    {
        Node[] nodes = Nodes(2);
        Publish(nodes, leader: 1);
        nodes[1].Outcome = new IngestOutcome(1, 2, 3, 4, 5, 6, 7, "disk full") { Histograms = 8, BeyondWindow = 9, LateOverLimit = 10 };
        Assert.Equal(nodes[1].Outcome, await nodes[0].Writes.WriteAsync(RandomBatch(new Random(7), rows: 3), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard));
    }

    [Fact]
    public async Task A_node_takes_so_many_bytes_of_others_at_once_and_no_more()
    {
        using SampleBatch batch = RandomBatch(new Random(7), rows: 20);
        int length = Assert.Single(WriteMessage.Write(batch)).Length;
        Node[] nodes = Nodes(2, new ForwardSettings { BytesMax = length });
        Publish(nodes, leader: 1);
        var durable = new TaskCompletionSource();
        nodes[1].Before = durable.Task;
        Task<IngestOutcome> first = nodes[0].Writes.WriteAsync(RandomBatch(new Random(7), rows: 20), CancellationToken.None);
        await nodes[1].Asked.Task.WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal(
            $"more than {length} bytes of samples of other nodes are being written; try again later",
            (await nodes[0].Writes.WriteAsync(RandomBatch(new Random(7), rows: 20), CancellationToken.None).WaitAsync(TestActorSystem.HangGuard)).Failure);
        durable.SetResult();
        Assert.Equal(20, (await first.WaitAsync(TestActorSystem.HangGuard)).Accepted);
    }

    private static SampleBatch RandomBatch(Random random, int rows)
    {
        // All of shard 1.
        var keys = new List<SeriesKey>();
        for (int i = 0; keys.Count < 20; i++)
        {
            var labels = Labels.From(("__name__", $"m{i}"), ("instance", $"host-{i}"), ("zone", "münchen"));
            if (Map.Of(labels).Value == 1)
            {
                keys.Add(new SeriesKey(labels));
            }
        }

        var batch = new SampleBatch(new ShardId(1));
        for (int row = 0; row < rows; row++)
        {
            SeriesKey key = keys[random.Next(keys.Count)];
            if (random.Next(50) == 0)
            {
                batch.Add(key, row, new NativeHistogram
                {
                    Schema = 2,
                    ResetHint = CounterResetHint.Gauge,
                    Count = 6,
                    Sum = random.NextDouble(),
                    ZeroThreshold = 1e-128,
                    PositiveSpans = [new BucketSpan(-7, 2), new BucketSpan(3, 1)],
                    PositiveBuckets = [1, 2, 3],
                });
            }
            else
            {
                batch.Add(key, row, random.Next(20) == 0 ? StaleMarker.Value : random.NextDouble());
            }

            if (random.Next(10) == 0)
            {
                batch.SetStartTime(row - 5);
            }

            if (random.Next(100) == 0)
            {
                batch.AddExemplar(new Exemplar(Labels.From(("trace_id", $"{row}")), row, random.Next(2) == 0 ? null : new Timestamp(0)));
            }
        }

        return batch;
    }

    private static IEnumerable<string> Rows(SampleBatch batch)
    {
        var rows = new List<string>(batch.Count);
        for (int row = 0; row < batch.Count; row++)
        {
            string value = batch.HasHistograms && batch.Histograms[row] is { } histogram
                ? $"{histogram} {histogram.ResetHint} {histogram.ZeroThreshold:R}"
                : $"{BitConverter.DoubleToInt64Bits(batch.Values[row]):x}";
            rows.Add($"{batch.Series[row].Labels} {batch.Times[row]} {value} {(batch.StartTimes.Length > 0 ? batch.StartTimes[row] : 0)}");
        }

        return rows;
    }

    private static IEnumerable<string> Exemplars(SampleBatch batch) =>
        [.. batch.Exemplars.Select(one => $"{one.Series.Labels} {one.Exemplar.Labels} {one.Exemplar.Value:R} {one.Exemplar.At?.Milliseconds}")];

    private static void Publish(Node[] nodes, int leader, int successor = -1)
    {
        foreach (Node node in nodes)
        {
            node.Places.Publish([.. Enumerable.Range(0, Map.Count).Select(shard => new ShardPlace
            {
                Shard = shard,
                Here = node.Number == leader ? ShardRole.Leader : ShardRole.None,
                Leader = leader >= 0 && node.Number != leader ? node.PeerOf(nodes[leader]) : null,
                Successor = successor >= 0 && node.Number != successor ? node.PeerOf(nodes[successor]) : null,
            })]);
        }
    }

    private Node[] Nodes(int count, ForwardSettings? settings = null)
    {
        _nodes.AddRange(Enumerable.Range(0, count).Select(number => new Node(number, settings ?? new ForwardSettings { Deadline = TimeSpan.FromMinutes(2) })));
        return [.. _nodes];
    }

    /// <summary>A node that keeps what it is given.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly NodeTransport _transport;
        private readonly Dictionary<int, ShardPeer> _peers = [];

        public Node(int number, ForwardSettings settings)
        {
            Number = number;
            Places = new PublishedPlaces(ShardPlaces.AllHere(Map.Count));
            Writes = new ClusterWrites(HereAsync, Map, Places, settings, TimeProvider.System);
            var messages = new NodeMessages();
            new PeerWrites(HereAsync, Map, Places, settings).AddTo(messages);
            _transport = NodeTransport.Listen(
                Identity, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, messages.HandleAsync);
        }

        public int Number { get; }

        public PublishedPlaces Places { get; }

        public ClusterWrites Writes { get; }

        public bool Leads { get; set; } = true;

        public Task Before { get; set; } = Task.CompletedTask;

        public Func<Task> BeforeEach { get; set; } = static () => Task.CompletedTask;

        public IngestOutcome? Outcome { get; set; }

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Written { get; } = new();

        private NodeIncarnation Identity => new(new Guid(Number + 1, 0, 0, new byte[8]));

        public ShardPeer PeerOf(Node other)
        {
            if (!_peers.TryGetValue(other.Number, out ShardPeer? peer))
            {
                _peers.Add(other.Number, peer = new ShardPeer(other.Identity, $"node {other.Number}", _transport.LinkTo(other.Identity, other._transport.Address)));
            }

            return peer;
        }

        /// <summary>From here a leader is not reached: whoever is there does not answer.</summary>
        public void PublishUnreached(Node leader, DeafPeer deaf, Node[] via)
        {
            var unreached = new ShardPeer(leader.Identity, $"node {leader.Number}", _transport.LinkTo(leader.Identity, deaf.Address));
            Places.Publish([.. via.Select(PeerOf), unreached]);
            Places.Publish([.. Enumerable.Range(0, Map.Count).Select(shard => new ShardPlace { Shard = shard, Leader = unreached })]);
        }

        public async ValueTask DisposeAsync() => await _transport.DisposeAsync();

        private async Task<WriteHere> HereAsync(SampleBatch batch, CancellationToken cancel)
        {
            Asked.TrySetResult();
            if (!Leads)
            {
                return new WriteHere(IngestOutcome.Nothing, batch);
            }

            await Before.WaitAsync(cancel);
            await BeforeEach();
            using (batch)
            {
                foreach (string row in Rows(batch))
                {
                    Written.Enqueue(row);
                }

                return new WriteHere(Outcome ?? IngestOutcome.Nothing with { Accepted = batch.Count }, null);
            }
        }
    }

    // Closes every connection before it has greeted.
    private sealed class DeafPeer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public DeafPeer()
        {
            _listener.Start();
            _ = CloseAllAsync();
        }

        public EndPoint Address => _listener.LocalEndpoint;

        public void Dispose() => _listener.Dispose();

        private async Task CloseAllAsync()
        {
            try
            {
                while (true)
                {
                    (await _listener.AcceptSocketAsync()).Dispose();
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
