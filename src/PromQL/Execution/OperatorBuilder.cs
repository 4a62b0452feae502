namespace Pleiad.PromQL;

/// <summary>Turns a plan into operators.</summary>
internal sealed class OperatorBuilder(QueryContext context)
{
    /// <summary>Operators of a vector.</summary>
    public SeriesOperator Vector(PlanNode node) => node switch
    {
        InstantSelectNode select => new InstantSelector(context, select),
        StepInvariantNode once => new RepeatOnce(context, node.Steps, Vector(once.Inner)),
        RangeCallNode call => Distinct(call, RangeFunctionCall(call)),
        AggregateNode aggregate => Aggregate(aggregate),
        _ => throw NotYet(node),
    };

    /// <summary>Operators of a number a step.</summary>
    public ScalarOperator Scalar(PlanNode node) => node switch
    {
        ConstantNode constant => new ConstantScalar(context, constant),
        _ => throw NotYet(node),
    };

    /// <summary>Operators of range vectors.</summary>
    /// <param name="function">What will read them.</param>
    public RangeOperator Range(PlanNode node, string function) => node switch
    {
        RangeSelectNode select => new RangeSelector(context, select, function),
        SubqueryNode subquery => new SubquerySource(context, subquery, Whole(subquery.Inner)),
        _ => throw NotYet(node),
    };

    /// <summary>Operators of a vector; a scalar becomes a series without labels.</summary>
    public SeriesOperator Series(PlanNode node) =>
        node.Type == ExprType.Scalar ? new ScalarAsVector(context, Scalar(node)) : Vector(node);

    /// <summary>Operators of a vector that never yields a label set twice.</summary>
    public SeriesOperator Whole(PlanNode node)
    {
        SeriesOperator vector = Series(node);
        return SeriesIdentity.IsUnique(node, context) ? vector : new MergeSameLabels(context, vector);
    }

    private static QueryException NotYet(PlanNode node) =>
        new(QueryErrorKind.Execution, $"not supported by this version: {node.Describe()}", node.Span);

    // Where names are dropped at once, series that differed in nothing else collide.
    private SeriesOperator Distinct(PlanNode node, SeriesOperator vector) =>
        SeriesIdentity.MayCollide(node, context) ? new RefuseSameLabels(context, vector) : vector;

    private RangeCall RangeFunctionCall(RangeCallNode call)
    {
        RangeFunction function = RangeFunctions.Find(call.Name) ?? throw NotYet(call);
        return new RangeCall(context, call, Range(call.Range, call.Name), function, [.. call.Scalars.Select(Scalar)]);
    }

    private SeriesOperator Aggregate(AggregateNode node)
    {
        SeriesOperator inner = Vector(node.Inner);
        switch (node.Op)
        {
            case AggregateOp.TopK or AggregateOp.BottomK:
                return new TopK(context, node, inner, Scalar(node.Parameter!));
            case AggregateOp.LimitK:
                return new LimitK(context, node, inner, Scalar(node.Parameter!));
            case AggregateOp.LimitRatio:
                return new LimitRatio(context, node, inner, Scalar(node.Parameter!));
            case AggregateOp.CountValues:
                return new CountValues(context, node, inner, ((TextNode)node.Parameter!).Value);
            case AggregateOp.Quantile:
                var quantiles = new double[node.Steps.Count];
                ScalarOperator parameter = Scalar(node.Parameter!);
                return new GroupedAggregate(
                    context, node, inner, parameter, () => new QuantileState(context, node, quantiles),
                    () => SelectionParameter.Quantiles(context, node, parameter, quantiles));
        }

        return new GroupedAggregate(context, node, inner, null, () => NewGroup(node), null);
    }

    private GroupState NewGroup(AggregateNode node) => node.Op switch
    {
        AggregateOp.Sum => new SumState(context, node),
        AggregateOp.Avg => new AvgState(context, node),
        AggregateOp.Min or AggregateOp.Max => new ExtremeState(context, node),
        AggregateOp.Count => new CountState(node.Steps),
        AggregateOp.Group => new PresenceState(node.Steps),
        AggregateOp.Stddev or AggregateOp.Stdvar => new SpreadState(context, node),
        _ => throw NotYet(node),
    };
}
