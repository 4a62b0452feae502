using System.Net;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>Several nodes in this process, with real connections between them, over which the shards of some data are spread.</summary>
internal sealed class QueryNodes : IAsyncDisposable
{
    private readonly Node[] _nodes;
    private readonly ShardMap _map;

    /// <param name="parts">The series of each shard.</param>
    /// <param name="copies">For each shard the nodes that have it, the leader first.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="settings">Of all of them.</param>
    public QueryNodes(IReadOnlyList<ISeriesSource> parts, IReadOnlyList<int[]> copies, int nodes, QuerySettings? settings = null)
    {
        _map = new ShardMap(parts.Count);
        Rows = new CountedRows(parts.Select(static (_, shard) => FirstSeq(shard)));
        _nodes = [.. Enumerable.Range(0, nodes).Select(number => new Node(
            number, _map, copies.Index().Where(shard => shard.Item.Contains(number)).ToDictionary(shard => shard.Index, shard => parts[shard.Index]), settings ?? new QuerySettings(), Rows))];
        Publish(copies, epoch: 1);
    }

    public Node this[int number] => _nodes[number];

    /// <summary>What the database says of the shards.</summary>
    public CountedRows Rows { get; }

    private static long FirstSeq(int shard) => 1000 + shard;

    /// <summary>Tells a node that its copies of what others lead may be behind.</summary>
    public void Doubt(int number)
    {
        Node node = _nodes[number];
        node.Places.Publish([.. node.Places.Now.Shards.Select(place =>
            place.Here == ShardRole.Follower ? place with { Here = ShardRole.Uncertain, LastResort = node.PeerOf(node) } : place)]);
    }

    /// <summary>A node's copy of a shard lacks samples from now on, as when files of it are damaged: it is asked last.</summary>
    public void Lose(int number, int shard)
    {
        Node node = _nodes[number];
        node.Marks.NoteGap(shard);
        node.Marks.Note(shard, node.Marks.At(shard).Seq, 0, lacks: true);
        node.Places.Publish([.. node.Places.Now.Shards.Select(place => place.Shard != shard
            ? place
            : place with { Here = place.Here == ShardRole.Leader ? ShardRole.Leader : ShardRole.Uncertain, LastResort = node.PeerOf(node) })]);
    }

    /// <summary>Tells all nodes where the shards are.</summary>
    public void Publish(IReadOnlyList<int[]> copies, long epoch)
    {
        foreach (Node node in _nodes)
        {
            node.Places.Publish([.. copies.Select((of, shard) => new ShardPlace
            {
                Shard = shard,
                Epoch = epoch,
                Here = of.Contains(node.Number) ? of[0] == node.Number ? ShardRole.Leader : ShardRole.Follower : ShardRole.None,
                Leader = of.Length > 0 && of[0] != node.Number ? node.PeerOf(_nodes[of[0]]) : null,
                Followers = [.. of.Skip(1).Where(other => other != node.Number).Select(other => node.PeerOf(_nodes[other]))],
            })]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Node node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    internal sealed class Node : ILocalShards, ITargetCatalog, IAsyncDisposable
    {
        private readonly IReadOnlyDictionary<int, ISeriesSource> _shards;
        private readonly QuerySettings _settings;
        private readonly Dictionary<int, ShardPeer> _peers = [];
        private readonly NodeTransport _transport;
        private readonly NodeMessages _messages = new();
        private readonly TaskCompletionSource<(int, long)> _waitedFor = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Node(int number, ShardMap map, IReadOnlyDictionary<int, ISeriesSource> shards, QuerySettings settings, CountedRows rows)
        {
            Number = number;
            Map = map;
            _shards = shards;
            _settings = settings;
            for (int shard = 0; shard < map.Count; shard++)
            {
                // Whatever they have, it is all there is: some of them are real views, with few records.
                Marks.NoteWhole(shard);
                Marks.Note(shard, FirstSeq(shard), 0);
            }

            Places = new PublishedPlaces(ShardPlaces.AllHere(map.Count), MarkOf, (shard, seq, cancel) =>
            {
                _waitedFor.TrySetResult((shard, seq));
                return Marks.ReachAsync(shard, seq, cancel);
            }, Marks.WholeFrom);
            Queries = new PeerQueries(new Engine(new EngineSettings(), TimeProvider.System), this, this, Places, settings, TimeProvider.System);
            Queries.AddTo(_messages);
            _transport = NodeTransport.Listen(
                Identity, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System,
                message => Instead is { } instead ? instead(message) : _messages.HandleAsync(message));
            Reads = new ClusterReads(this, Places, settings, TimeProvider.System, rows);
        }

        public int Number { get; }

        public NodeIncarnation Identity => new(new Guid(Number + 1, 0, 0, new byte[8]));

        public ShardMap Map { get; }

        public PublishedPlaces Places { get; }

        private ShardMark MarkOf(int shard)
        {
            AppliedMark mark = Marks.MarkOf(shard);
            Marking(shard);
            return new ShardMark(mark.Seq, mark.Lacks, mark.Opening);
        }

        /// <summary>How far its shards are applied.</summary>
        public AppliedMarks Marks { get; } = new();

        /// <summary>The first record that somebody has had to wait for here.</summary>
        public Task<(int Shard, long Through)> IsWaitedFor => _waitedFor.Task;

        public PeerQueries Queries { get; }

        public ClusterReads Reads { get; }

        /// <summary>What answers other nodes instead of this one, where it is not null.</summary>
        public NodeMessageHandler? Instead { get; set; }

        /// <summary>The way from here to another node.</summary>
        public ShardPeer PeerOf(Node other)
        {
            if (!_peers.TryGetValue(other.Number, out ShardPeer? peer))
            {
                _peers.Add(other.Number, peer = new ShardPeer(other.Identity, $"node {other.Number}", _transport.LinkTo(other.Identity, other._transport.Address)));
            }

            return peer;
        }

        /// <summary>A frontend that takes queries here.</summary>
        public QueryFrontend Frontend(EngineSettings? engine = null) =>
            new(new Engine(engine ?? new EngineSettings(), TimeProvider.System), new ShardDirectory(Map, []), _settings, TimeProvider.System, new MemoryState(), Reads);

        /// <summary>The queries of all nodes as this one knows them; others learn of those of its frontend.</summary>
        /// <param name="frontend">Of this node.</param>
        /// <param name="peers">The other nodes.</param>
        public IRunningQueries Running(QueryFrontend frontend, IReadOnlyList<Node> peers)
        {
            new PeerRunningQueries(frontend).AddTo(_messages);
            Places.Publish([.. peers.Select(PeerOf)]);
            return new ClusterRunningQueries(frontend, new QueryNode(Identity.ToString(), $"node {Number}"), Places);
        }

        /// <summary>Told of a shard behind each look at how far it is applied here.</summary>
        public Action<int> Marking { get; set; } = static _ => { };

        /// <summary>Told of the shards of which views are taken here.</summary>
        public Action<IReadOnlyList<int>> Viewing { get; set; } = static _ => { };

        public Task<LocalViews> ViewAsync(IReadOnlyList<int> shards, CancellationToken cancel)
        {
            Viewing(shards);
            return Task.FromResult(new LocalViews(shards.ToDictionary(shard => shard, shard => _shards[shard])));
        }

        public Task<IReadOnlyList<StoredExemplar>> ExemplarsAsync(int shard, CancellationToken cancel) => Task.FromResult<IReadOnlyList<StoredExemplar>>(
            [new StoredExemplar(Labels.From(("__name__", "seen"), ("shard", $"{shard}")), new Exemplar(Labels.From(("trace_id", $"t{shard}")), shard, new Timestamp(1000)))]);

        public Task<long> ChunksAsync(int shard, CancellationToken cancel) => Task.FromResult(1L);

        public IReadOnlyList<string> Pools => ["first", "second"];

        public Task<IReadOnlyList<ActiveTarget>> ActiveAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<ActiveTarget>>([.. Pools.Select(TargetOf)]);

        public Task<IReadOnlyList<DroppedTarget>> DroppedAsync(CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<DroppedTarget>>([new DroppedTarget(Labels.From(("__address__", "dropped")), "first")]);

        public Task<IReadOnlyDictionary<string, int>> DroppedCountsAsync(CancellationToken cancel) =>
            Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int> { ["first"] = 1 });

        public IReadOnlyList<TargetRelabelStep>? RelabelSteps(string pool, Labels discovered) => null;

        public Task<IReadOnlyList<TargetMetadata>> MetadataAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<TargetMetadata>>(
            [.. Pools.Select(pool => new TargetMetadata(
                TargetOf(pool).Labels, pool, new Dictionary<string, MetricMetadata> { ["up"] = new(MetricType.Gauge, $"of node {Number}", "seconds") }))]);

        /// <summary>What this node scrapes of a pool; the first of a node that has an odd number was not scraped yet.</summary>
        public ActiveTarget TargetOf(string pool) => new(
            Labels.From(("__address__", $"host-{Number}:9100"), ("job", pool)), Labels.From(("instance", $"host-{Number}:9100"), ("job", pool)), pool,
            $"http://host-{Number}:9100/metrics", $"http://global-{Number}:9100/metrics", Number % 2 == 0 ? "" : "connection refused",
            Number % 2 == 0 ? new DateTimeOffset(2026, 11, 29, 10, 0, 0, 123, TimeSpan.Zero) : null, TimeSpan.FromMilliseconds(12.5 * Number),
            (TargetHealth)Number, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10));

        public async ValueTask DisposeAsync()
        {
            await _transport.DisposeAsync();
            Queries.Dispose();
        }
    }
}
