using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>When a part of a plan may be evaluated shard by shard, the answers put one behind the other.</summary>
[Flags]
internal enum ShardLocality
{
    /// <summary>Never: it has to see the series of all shards.</summary>
    None = 0,

    /// <summary>Always: series that meet in it agree on all labels that decide the shard, and results with the same labels come from one shard.</summary>
    Always = 1,

    /// <summary>Over series that have the label <c>instance</c>: those that meet agree on it, and the results keep it.</summary>
    ForInstances = 2,
}

/// <summary>
/// Decides locality, bottom up. The shard of a series follows from <c>instance</c> or, where it has none, from all labels but the metric's
/// own and <c>le</c> (see <see cref="ShardMap"/>): whatever brings together only series that agree on these may be done inside a shard.
/// </summary>
internal static class Locality
{
    private const ShardLocality Both = ShardLocality.Always | ShardLocality.ForInstances;

    /// <summary>The locality of a node with everything below it.</summary>
    public static ShardLocality Of(PlanNode node) => node switch
    {
        InstantSelectNode or RangeSelectNode or ConstantNode or TextNode => Both,
        StepInvariantNode or NegateNode => OfInputs(node),
        SubqueryNode subquery => subquery.Inner.Type == ExprType.Vector ? Of(subquery.Inner) : ShardLocality.None,
        RangeCallNode => OfInputs(node),
        AggregateNode aggregate => OfInputs(node) & OfGrouping(aggregate),
        BinaryNode { Matching: { } matching } => OfInputs(node) & OfMatching(matching),
        BinaryNode => OfInputs(node),
        CallNode call => OfInputs(node) & OfCall(call),
        _ => ShardLocality.None,
    };

    /// <summary>Whether it is local only because of what it brings together by <c>instance</c>: a join, a histogram, a subquery.</summary>
    public static bool GainsFromInstances(PlanNode node)
    {
        bool brings = node switch
        {
            BinaryNode { Matching: not null } => true,
            CallNode call => call.Name.StartsWith("histogram_", StringComparison.Ordinal),
            SubqueryNode => true,
            _ => false,
        };
        return (brings && Of(node) == ShardLocality.ForInstances) || node.Inputs.Any(GainsFromInstances);
    }

    private static ShardLocality OfInputs(PlanNode node)
    {
        ShardLocality all = Both;
        foreach (PlanNode input in node.Inputs)
        {
            all &= Of(input);
        }

        return all;
    }

    private static ShardLocality OfGrouping(AggregateNode aggregate)
    {
        if (aggregate.Op == AggregateOp.LimitRatio)
        {
            return Both;
        }

        string label = aggregate is { Op: AggregateOp.CountValues, Parameter: TextNode text } ? text.Value : LabelName.MetricName;
        bool always = aggregate.Without && aggregate.Grouping.All(DecidesNothing) && DecidesNothing(label);
        bool byInstance = aggregate.Grouping.Contains(LabelName.Instance) != aggregate.Without && label != LabelName.Instance;
        return Some(always, byInstance);
    }

    private static ShardLocality OfMatching(VectorMatching matching)
    {
        bool always = !matching.On && matching.Labels.All(DecidesNothing) && matching.Include.All(DecidesNothing);
        bool byInstance = matching.Labels.Contains(LabelName.Instance) == matching.On && !matching.Include.Contains(LabelName.Instance);
        return Some(always, byInstance);
    }

    private static ShardLocality OfCall(CallNode call)
    {
        switch (call.Name)
        {
            case "absent" or "vector" or "scalar" or "info":
            case "sort" or "sort_desc" or "sort_by_label" or "sort_by_label_desc":
                return ShardLocality.None;
            case "label_replace" or "label_join" or "histogram_quantiles":
                string label = call.Args[1] is TextNode text ? text.Value : LabelName.Instance;
                return Some(DecidesNothing(label), label != LabelName.Instance);
            default:
                return Both;
        }
    }

    private static ShardLocality Some(bool always, bool forInstances) =>
        (always ? ShardLocality.Always : ShardLocality.None) | (forInstances ? ShardLocality.ForInstances : ShardLocality.None);

    private static bool DecidesNothing(string label) => label == LabelName.Bucket || MetadataLabels.Is(label);
}
