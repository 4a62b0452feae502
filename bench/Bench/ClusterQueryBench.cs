// Run: dotnet run -c Release --project bench/Bench -- -i --filter '*ClusterQueryBench*'
// Queries over 16 shards of 100 instances x 80 series x 240 samples (1 h at 15 s), all on this node, or spread over three nodes of this process with
// real connections over loopback. All three share the same processors, so the difference is what asking other nodes costs, not what they gain.
using System.Net;
using BenchmarkDotNet.Attributes;
using Pleiad.Actors;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Bench;

[MemoryDiagnoser]
public class ClusterQueryBench
{
    private const int ShardCount = 16;
    private const int NodeCount = 3;
    private const int Instances = 100;
    private const int Samples = 240;
    private const int StepMs = 15_000;

    private readonly ShardMap _map = new(ShardCount);
    private readonly Engine _engine = new(new EngineSettings(), TimeProvider.System);
    private readonly List<NodeTransport> _transports = [];
    private readonly Dictionary<int, ISeriesSource> _views = [];
    private ClusterReads _alone = null!;
    private ClusterReads _spread = null!;

    [Params(
        "up{instance=\"host-7\"}",
        "sum(rate(m[5m]))",
        "sum by (instance) (rate(m[5m]))",
        "range: sum by (instance) (rate(m[5m]))",
        "range: rate(m[5m])")]
    public string Query { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        Shard[] shards = [.. Enumerable.Range(0, ShardCount).Select(i => new Shard(new ShardId(i), new ShardSettings()))];
        var random = new Random(1);
        for (int instance = 0; instance < Instances; instance++)
        {
            SeriesKey[] keys = [.. Enumerable.Range(0, 80).Select(i => new SeriesKey(Labels.From(
                ("__name__", i == 0 ? "up" : "m"), ("instance", $"host-{instance}"), ("n", $"{i}"))))];
            var values = new double[keys.Length];
            Shard shard = shards[_map.Of(keys[0].Labels).Value];
            for (int sample = 0; sample < Samples; sample++)
            {
                using var batch = new SampleBatch(shard.Id);
                for (int i = 0; i < keys.Length; i++)
                {
                    values[i] += random.Next(100);
                    batch.Add(keys[i], sample * StepMs, values[i]);
                }

                shard.Apply(shard.Prepare(batch));
            }
        }

        foreach (Shard shard in shards)
        {
            _views.Add(shard.Id.Value, shard.View());
        }

        _alone = Node(0, nodes: 1);
        _spread = Node(0, NodeCount);
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        foreach (NodeTransport transport in _transports)
        {
            await transport.DisposeAsync();
        }
    }

    [Benchmark(Baseline = true)]
    public Task<int> HereAsync() => RunAsync(_alone);

    [Benchmark]
    public Task<int> ThreeNodesAsync() => RunAsync(_spread);

    private async Task<int> RunAsync(ClusterReads reads)
    {
        using QueryView view = await reads.ViewAsync(static () => TimeSpan.FromMinutes(1), goals: null, CancellationToken.None);
        var end = new Timestamp(((Samples - 1) * StepMs) + 7000);
        QueryResult result = Query.StartsWith("range: ", StringComparison.Ordinal)
            ? await _engine.RangeAsync(
                Query["range: ".Length..], new Timestamp(7000), end, TimeSpan.FromSeconds(60), view.Source, QueryRunOptions.Default, CancellationToken.None)
            : await _engine.InstantAsync(Query, end, view.Source, QueryRunOptions.Default, CancellationToken.None);
        return view.ShardsMissing.Count == 0 ? result.Warnings.Count : throw new InvalidOperationException("shards are missing");
    }

    // Shard i lies on node i mod nodes; only the first is asked.
    private ClusterReads Node(int first, int nodes)
    {
        var others = new Dictionary<int, (NodeIncarnation Identity, NodeTransport Transport)>();
        for (int number = 0; number < nodes; number++)
        {
            int self = number;
            var identity = new NodeIncarnation(new Guid((nodes * 10) + number, 1, 1, new byte[8]));
            var messages = new NodeMessages();
            var places = new PublishedPlaces(new ShardPlaces(0, [.. Enumerable.Range(0, ShardCount).Select(shard =>
                new ShardPlace { Shard = shard, Here = shard % nodes == self ? ShardRole.Leader : ShardRole.None })]));
            new PeerQueries(_engine, new Views(_map, _views), new NoTargets(), places, new QuerySettings(), TimeProvider.System).AddTo(messages);
            var transport = NodeTransport.Listen(identity, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, messages.HandleAsync);
            _transports.Add(transport);
            others.Add(number, (identity, transport));
        }

        ShardPeer?[] peers = [.. Enumerable.Range(0, nodes).Select(number => number == first ? null : new ShardPeer(
            others[number].Identity, $"node {number}", others[first].Transport.LinkTo(others[number].Identity, others[number].Transport.Address)))];
        var seen = new PublishedPlaces(new ShardPlaces(0, [.. Enumerable.Range(0, ShardCount).Select(shard => new ShardPlace
        {
            Shard = shard,
            Here = shard % nodes == first ? ShardRole.Leader : ShardRole.None,
            Leader = peers[shard % nodes],
        })]));
        return new ClusterReads(new Views(_map, _views), seen, new QuerySettings(), TimeProvider.System);
    }

    private sealed class Views(ShardMap map, IReadOnlyDictionary<int, ISeriesSource> views) : ILocalShards
    {
        public ShardMap Map => map;

        // Not given back: the next query uses them too.
        public Task<LocalViews> ViewAsync(IReadOnlyList<int> shards, CancellationToken cancel) =>
            Task.FromResult(new LocalViews(shards.ToDictionary(static shard => shard, ISeriesSource (shard) => new Kept(views[shard]))));

        public Task<IReadOnlyList<StoredExemplar>> ExemplarsAsync(int shard, CancellationToken cancel) => Task.FromResult<IReadOnlyList<StoredExemplar>>([]);

        public Task<long> ChunksAsync(int shard, CancellationToken cancel) => Task.FromResult(0L);
    }

    private sealed class Kept(ISeriesSource inner) : ISeriesSource
    {
        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => inner.Select(request, cancel);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
            inner.AddLabelNames(matchers, range, into, cancel);

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
            inner.AddLabelValues(name, matchers, range, into, cancel);
    }

    private sealed class NoTargets : ITargetCatalog
    {
        public IReadOnlyList<string> Pools => [];

        public Task<IReadOnlyList<ActiveTarget>> ActiveAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<ActiveTarget>>([]);

        public Task<IReadOnlyList<DroppedTarget>> DroppedAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<DroppedTarget>>([]);

        public Task<IReadOnlyDictionary<string, int>> DroppedCountsAsync(CancellationToken cancel) =>
            Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>());

        public Task<IReadOnlyList<TargetMetadata>> MetadataAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<TargetMetadata>>([]);

        public IReadOnlyList<TargetRelabelStep>? RelabelSteps(string pool, Labels discovered) => null;
    }
}
