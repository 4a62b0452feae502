using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A part of a plan that runs where the series are, once for each shard; yields the answers one behind the other.</summary>
/// <param name="Fragment">What each shard evaluates over its own series.</param>
/// <param name="Shards">Which shards are asked, ascending.</param>
/// <param name="Number">Which exchange of the plan it is: another node that makes the same plan finds the fragment by it.</param>
internal sealed record ExchangeNode(PlanNode Fragment, IReadOnlyList<int> Shards, int Number) : PlanNode(Fragment.Type, Fragment.Steps, Fragment.Span)
{
    /// <summary>All exchanges of a plan; none lies within the fragment of another.</summary>
    public static IEnumerable<ExchangeNode> AllIn(PlanNode plan) => plan is ExchangeNode exchange ? [exchange] : plan.Inputs.SelectMany(AllIn);

    public override IReadOnlyList<PlanNode> Inputs => [Fragment];

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => this with { Fragment = inputs[0] };

    public override string Describe() => Shards.Count switch
    {
        0 => "exchange with no shard",
        1 => $"exchange with shard {Shards[0].ToString(CultureInfo.InvariantCulture)}",
        int count => $"exchange with {count.ToString(CultureInfo.InvariantCulture)} shards",
    };
}

/// <summary>
/// The part of an aggregation that a shard does over its own series: a state for each group instead of a result. The aggregation above
/// the exchange merges states of one group.
/// </summary>
internal sealed record PartialNode(AggregateNode Aggregate) : PlanNode(ExprType.Vector, Aggregate.Steps, Aggregate.Span)
{
    public override IReadOnlyList<PlanNode> Inputs => Aggregate.Inputs;

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => new PartialNode((AggregateNode)Aggregate.WithInputs(inputs));

    public override string Describe() => "partial " + Aggregate.Describe();
}

/// <summary>Vectors that have no label set in common, one behind the other.</summary>
internal sealed record ConcatNode(IReadOnlyList<PlanNode> Parts) : PlanNode(ExprType.Vector, Parts[0].Steps, Parts[0].Span)
{
    public override IReadOnlyList<PlanNode> Inputs => Parts;

    public override PlanNode WithInputs(IReadOnlyList<PlanNode> inputs) => new ConcatNode(inputs);

    public override string Describe() => "one behind the other";
}
