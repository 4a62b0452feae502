using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>What a plan says about the labels its series will have: whether two of them can be the same.</summary>
internal static class SeriesIdentity
{
    /// <summary>Whether a node yields each label set at most once.</summary>
    public static bool IsUnique(PlanNode node, QueryContext context) => node switch
    {
        InstantSelectNode or RangeSelectNode or ConstantNode => true,
        StepInvariantNode once => IsUnique(once.Inner, context),
        SubqueryNode subquery => true,
        ExchangeNode exchange => IsUnique(exchange.Fragment, context),
        ConcatNode concat => concat.Parts.All(part => IsUnique(part, context)),
        AggregateNode aggregate => aggregate.Op switch
        {
            AggregateOp.TopK or AggregateOp.BottomK or AggregateOp.LimitK or AggregateOp.LimitRatio => IsUnique(aggregate.Inner, context),
            _ => true,
        },
        RangeCallNode call => IsUnique(call.Range, context) && !MayCollide(call, context),
        NegateNode negate => IsUnique(negate.Inner, context) && !MayCollide(negate, context),
        BinaryNode { Matching: null } binary =>
            IsUnique(binary.Left, context) && IsUnique(binary.Right, context) && !MayCollide(binary, context),
        CallNode { Name: "label_replace" or "label_join" } => false,
        CallNode call => call.Args.All(arg => IsUnique(arg, context)) && !MayCollide(call, context),
        _ => false,
    };

    /// <summary>Whether dropping the name here makes series equal that were not: never when names are dropped at the end, nor when all have one name.</summary>
    public static bool MayCollide(PlanNode node, QueryContext context) =>
        !context.DelaysNameRemoval && !node.Inputs.All(HasOneName);

    /// <summary>Whether two series of a result may have the same labels once names are dropped.</summary>
    public static bool MayRepeatAtEnd(PlanNode node, QueryContext context) =>
        !IsUnique(node, context) || (context.DelaysNameRemoval && !HasOneName(node) && node is not InstantSelectNode);

    private static bool HasOneName(PlanNode node) => node switch
    {
        InstantSelectNode select => NamesOne(select.Matchers),
        RangeSelectNode select => NamesOne(select.Matchers),
        AggregateNode { Op: AggregateOp.TopK or AggregateOp.BottomK or AggregateOp.LimitK or AggregateOp.LimitRatio } aggregate =>
            HasOneName(aggregate.Inner),
        AggregateNode { Op: AggregateOp.CountValues, Parameter: TextNode { Value: LabelName.MetricName } } => false,
        AggregateNode aggregate => aggregate.Without || !aggregate.Grouping.Contains(LabelName.MetricName),
        CallNode { Name: "label_replace" or "label_join" } => false,
        BinaryNode { Matching: not null } => false,
        _ => node.Inputs.All(HasOneName),
    };

    private static bool NamesOne(IReadOnlyList<Matcher> matchers) =>
        matchers.Any(m => m.Name == LabelName.MetricName && m.Kind == MatchKind.Equal);
}
