namespace Pleiad.PromQL;

/// <summary>What the nodes of a plan have cost in one run. Used by one thread at a time; a shard has figures of its own until they are added.</summary>
internal sealed class PlanFigures(TimeProvider time)
{
    private readonly Dictionary<PlanNode, NodeFigures> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PlanNode, List<ShardCost>> _shards = new(ReferenceEqualityComparer.Instance);

    /// <summary>Measures time.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>The figures of a node, to be counted up.</summary>
    public NodeFigures Of(PlanNode node)
    {
        if (!_nodes.TryGetValue(node, out NodeFigures? figures))
        {
            _nodes.Add(node, figures = new NodeFigures());
        }

        return figures;
    }

    /// <summary>What a node has cost, or null where it did not run.</summary>
    public NodeCost? CostOf(PlanNode node) =>
        _nodes.TryGetValue(node, out NodeFigures? figures) ? new NodeCost(figures.Time, figures.Series, figures.Samples, figures.Bytes) : null;

    /// <summary>What each shard has cost an exchange.</summary>
    public IReadOnlyList<ShardCost> ShardsOf(PlanNode exchange) => _shards.GetValueOrDefault(exchange) ?? [];

    /// <summary>What each shard has cost all exchanges together, ascending.</summary>
    public IReadOnlyList<ShardCost> ShardsOfAll() =>
    [
        .. _shards.Values.SelectMany(costs => costs).GroupBy(cost => cost.Shard).OrderBy(costs => costs.Key).Select(costs => new ShardCost(
            costs.Key,
            TimeSpan.FromTicks(costs.Sum(cost => cost.Time.Ticks)),
            costs.Sum(cost => cost.SeriesRead),
            costs.Sum(cost => cost.SamplesRead),
            costs.Sum(cost => cost.Series),
            costs.Sum(cost => cost.Bytes))),
    ];

    /// <summary>Notes what a shard has cost an exchange.</summary>
    public void Add(PlanNode exchange, ShardCost cost)
    {
        if (!_shards.TryGetValue(exchange, out List<ShardCost>? costs))
        {
            _shards.Add(exchange, costs = []);
        }

        costs.Add(cost);
    }

    /// <summary>Adds the figures of a shard.</summary>
    public void Absorb(PlanFigures shard)
    {
        foreach ((PlanNode node, NodeFigures figures) in shard._nodes)
        {
            Of(node).Add(figures);
        }
    }
}

/// <summary>What a node has cost so far.</summary>
internal sealed class NodeFigures
{
    public TimeSpan Time { get; set; }

    public long Series { get; private set; }

    public long Samples { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Counts a series that was handed on.</summary>
    /// <param name="samples">Its samples.</param>
    /// <param name="bytes">What they take.</param>
    public void Count(long samples, long bytes)
    {
        Series++;
        Samples += samples;
        Bytes += bytes;
    }

    public void Add(NodeFigures other)
    {
        Time += other.Time;
        Series += other.Series;
        Samples += other.Samples;
        Bytes += other.Bytes;
    }
}
