using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Pushes to the shards what can be done there: functions of single series, joins and histograms whose series lie together, partial
/// aggregates, candidates of topk and its kin. What is left runs over the answers, or over the merged series of all shards.
/// </summary>
/// <remarks>
/// Where series are brought together by <c>instance</c>, those without the label may lie apart: they are taken out of what the shards do
/// (<c>instance!=""</c>) and done over the merged series (<c>instance=""</c>); the two have no match group in common.
/// </remarks>
internal sealed class Distribute
{
    private static readonly Matcher HasInstance = new(LabelName.Instance, MatchKind.NotEqual, string.Empty);
    private static readonly Matcher HasNoInstance = new(LabelName.Instance, MatchKind.Equal, string.Empty);

    private readonly ShardMap _map;
    private int _exchanges;

    private Distribute(ShardMap map) => _map = map;

    /// <summary>The plan for a number of shards; the same plan where there is nothing to gain.</summary>
    /// <param name="plan">Of the query.</param>
    /// <param name="map">Which series lies where.</param>
    /// <param name="pushesOne">What reads one shard alone is done there as well: it lies on another node.</param>
    public static PlanNode Run(PlanNode plan, ShardMap map, bool pushesOne = false)
    {
        if (OneShardOf(plan, map) is not { } only)
        {
            return new Distribute(map).Visit(plan, isRest: false);
        }

        var one = new Distribute(map);
        return !pushesOne || only.Count == 0 ? plan
            : plan.Type == ExprType.Vector && !HasInfo(plan) ? one.Gather(plan)
            : one.Visit(plan, isRest: false);
    }

    /// <summary>The only shard that a plan reads, or no shard where it reads none; null where it may read several.</summary>
    public static IReadOnlyList<int>? OneShardOf(PlanNode plan, ShardMap map) =>
        ReadsNothing(plan) ? [] : map.Count == 1 ? [0] : ShardsOf(plan, map) is { Count: <= 1 } few ? few : null;

    // Which info series are read shows while it runs: they are read over all shards.
    private static bool HasInfo(PlanNode node) => node is InfoNode || node.Inputs.Any(HasInfo);

    private static bool ReadsNothing(PlanNode node) => node is not (InstantSelectNode or RangeSelectNode or InfoNode) && node.Inputs.All(ReadsNothing);

    // isRest: among series without instance, which nothing by instance is to be gained from any more.
    private PlanNode Visit(PlanNode node, bool isRest)
    {
        if (ReadsNothing(node) || node is ExchangeNode)
        {
            return node;
        }

        ShardLocality locality = Locality.Of(node);
        // topk puts its groups in order, so it has the last word itself.
        bool isOrdered = node is AggregateNode { Op: AggregateOp.TopK or AggregateOp.BottomK };
        if (node.Type == ExprType.Vector && locality.HasFlag(ShardLocality.Always) && !isOrdered)
        {
            return Gather(node);
        }

        if (node is AggregateNode aggregate && Split(aggregate, isRest) is { } split)
        {
            return split;
        }

        if (node.Type == ExprType.Vector && !isRest && locality.HasFlag(ShardLocality.ForInstances) && Locality.GainsFromInstances(node))
        {
            return Parts(node, part => part);
        }

        // Stops at the first series it finds: asking all shards for all of theirs would be more.
        if (node is CallNode { Name: "absent" } call && Absent.MayStop(call.Args[0]))
        {
            return node;
        }

        return WithInputs(node, isRest);
    }

    private PlanNode WithInputs(PlanNode node, bool isRest) => node.WithInputs([.. node.Inputs.Select(input => Visit(input, isRest))]);

    private PlanNode? Split(AggregateNode node, bool isRest)
    {
        if (node.Parameter is not null && Locality.Of(node.Parameter) == ShardLocality.None)
        {
            return null;
        }

        ShardLocality inner = Locality.Of(node.Inner);
        bool always = inner.HasFlag(ShardLocality.Always);
        if (!always && (isRest || !inner.HasFlag(ShardLocality.ForInstances) || !Locality.GainsFromInstances(node.Inner)))
        {
            return null;
        }

        PlanNode Halves(Func<AggregateNode, PlanNode> half) => always ? Gather(half(node)) : Parts(node, part => half((AggregateNode)part));

        switch (node.Op)
        {
            case AggregateOp.Sum or AggregateOp.Avg or AggregateOp.Stddev or AggregateOp.Stdvar:
                return node with { Inner = Halves(part => new PartialNode(part)) };
            case AggregateOp.Min or AggregateOp.Max or AggregateOp.Group or AggregateOp.TopK or AggregateOp.BottomK or AggregateOp.LimitK:
                return node with { Inner = Halves(part => part) };
            case AggregateOp.Count:
                return node with { Op = AggregateOp.Sum, Inner = Halves(part => part) };
            case AggregateOp.CountValues when node.Parameter is TextNode { Value: var label } && !MetadataLabels.Is(label):
                return node with
                {
                    Op = AggregateOp.Sum,
                    Inner = Halves(part => part),
                    Parameter = null,
                    Grouping = node.Without ? [.. node.Grouping.Where(name => name != label)] : [.. node.Grouping, label],
                };
            default:
                return null;
        }
    }

    // Series with an instance in the shards, those without over the merged series.
    private PlanNode Parts(PlanNode node, Func<PlanNode, PlanNode> half)
    {
        if (Selectors(node).All(NeedsInstance))
        {
            return Gather(half(node));
        }

        PlanNode rest = half(Restricted(node, HasNoInstance));
        return new ConcatNode([Gather(half(Restricted(node, HasInstance))), WithInputs(rest, isRest: true)]);
    }

    private ExchangeNode Gather(PlanNode node) => new(node, ShardsOf(node, _map) ?? [.. Enumerable.Range(0, _map.Count)], _exchanges++);

    private static PlanNode Restricted(PlanNode node, Matcher matcher) => node.Rewrite(one => one switch
    {
        InstantSelectNode select => select with { Matchers = [.. select.Matchers, matcher] },
        RangeSelectNode select => select with { Matchers = [.. select.Matchers, matcher] },
        _ => one,
    });

    private static bool NeedsInstance(IReadOnlyList<Matcher> matchers) =>
        matchers.Any(matcher => matcher.Name == LabelName.Instance && !matcher.MatchesEmpty);

    private static IEnumerable<IReadOnlyList<Matcher>> Selectors(PlanNode node) => node switch
    {
        InstantSelectNode select => [select.Matchers],
        RangeSelectNode select => [select.Matchers],
        _ => node.Inputs.SelectMany(Selectors),
    };

    // Null for all shards: some selector prunes none, or what is read shows only while it runs.
    private static SortedSet<int>? UnionOf(PlanNode node, ShardMap map)
    {
        if (node is InfoNode)
        {
            return null;
        }

        if (node is InstantSelectNode or RangeSelectNode)
        {
            return ShardPruning.ShardsFor(Selectors(node).Single(), map) is { } few ? [.. few] : null;
        }

        var union = new SortedSet<int>();
        foreach (PlanNode input in node.Inputs)
        {
            if (UnionOf(input, map) is not { } some)
            {
                return null;
            }

            union.UnionWith(some);
        }

        return union;
    }

    private static IReadOnlyList<int>? ShardsOf(PlanNode node, ShardMap map) => UnionOf(node, map) is { } union ? [.. union] : null;
}
