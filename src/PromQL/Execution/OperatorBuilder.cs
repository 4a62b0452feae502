using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Turns a plan into operators.</summary>
internal sealed class OperatorBuilder(QueryContext context)
{
    /// <summary>Operators of a vector; a scalar becomes a series without labels.</summary>
    public SeriesOperator Series(PlanNode node) =>
        node.Type == ExprType.Scalar ? new ScalarAsVector(context, Scalar(node)) : Vector(node);

    /// <summary>Operators of range vectors.</summary>
    /// <param name="node">A range selector or a subquery.</param>
    /// <param name="function">What will read them.</param>
    public RangeOperator Range(PlanNode node, string function)
    {
        RangeOperator ranges = NewRange(node, function);
        return context.Figures is { } figures ? new MeasuredRanges(context, figures, node, ranges) : ranges;
    }

    /// <summary>Operators of a number a step.</summary>
    public ScalarOperator Scalar(PlanNode node)
    {
        ScalarOperator scalar = NewScalar(node);
        return context.Figures is { } figures ? new MeasuredScalar(context, figures, node, scalar) : scalar;
    }

    private SeriesOperator Vector(PlanNode node)
    {
        SeriesOperator vector = NewVector(node);
        return context.Figures is { } figures ? new MeasuredSeries(context, figures, node, vector) : vector;
    }

    private RangeOperator NewRange(PlanNode node, string function) => node switch
    {
        RangeSelectNode select => new RangeSelector(context, select, function),
        SubqueryNode subquery => new SubquerySource(context, subquery, Whole(subquery.Inner)),
        _ => throw NotYet(node),
    };

    private ScalarOperator NewScalar(PlanNode node)
    {
        switch (node)
        {
            case ConstantNode constant:
                return new ConstantScalar(context, constant);
            case StepInvariantNode once:
                return new RepeatedScalar(context, node.Steps, Scalar(once.Inner));
            case NegateNode negate:
                return new NegatedScalar(context, Scalar(negate.Inner));
            case BinaryNode binary:
                return new BinaryScalar(
                    context, Scalar(binary.Left), Scalar(binary.Right),
                    (left, right, into) => ScalarArithmetic.Apply(binary.Op, left, right, into));
            case CallNode { Name: "time" }:
                return new TimeScalar(context, node.Steps);
            case CallNode { Name: "scalar" } call:
                return new ScalarOfVector(context, Vector(call.Args[0]));
            case CallNode { Name: "min_of" or "max_of" } call:
                bool max = call.Name == "max_of";
                return new BinaryScalar(context, Scalar(call.Args[0]), Scalar(call.Args[1]), (left, right, into) =>
                {
                    for (int i = 0; i < into.Length; i++)
                    {
                        into[i] = max ? Larger.Of(left[i], right[i]) : Larger.NotOf(left[i], right[i]);
                    }
                });
            default:
                throw NotYet(node);
        }
    }

    private static QueryException NotYet(PlanNode node) =>
        new(QueryErrorKind.Execution, $"not supported by this version: {node.Describe()}", node.Span);

    private SeriesOperator NewVector(PlanNode node) => node switch
    {
        InstantSelectNode select => new InstantSelector(context, select),
        StepInvariantNode once => new RepeatOnce(context, node.Steps, Vector(once.Inner)),
        NegateNode negate => Distinct(node, new Negated(context, Vector(negate.Inner))),
        RangeCallNode call => Distinct(call, RangeFunctionCall(call)),
        AggregateNode aggregate => Aggregate(aggregate),
        BinaryNode binary => Binary(binary),
        ExchangeNode exchange => new Exchange(context, exchange),
        ConcatNode concat => new Concatenation(context, concat.Steps, [.. concat.Parts.Select(Vector)]),
        PartialNode { Aggregate: var part } => new PartialAggregate(context, part, Vector(part.Inner), () => NewGroup(part)),
        InfoNode info => new InfoJoin(context, info, Whole(info.Base)),
        CallNode call => Call(call),
        _ => throw NotYet(node),
    };

    // A vector that never yields a label set twice.
    private SeriesOperator Whole(PlanNode node)
    {
        SeriesOperator vector = Series(node);
        return SeriesIdentity.IsUnique(node, context) ? vector : new MergeSameLabels(context, vector);
    }

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

    private SeriesOperator Binary(BinaryNode node)
    {
        if (node.Left.Type == ExprType.Scalar)
        {
            return Distinct(node, new VectorAndScalar(context, node, Vector(node.Right), Scalar(node.Left), scalarIsLeft: true));
        }

        if (node.Right.Type == ExprType.Scalar)
        {
            return Distinct(node, new VectorAndScalar(context, node, Vector(node.Left), Scalar(node.Right), scalarIsLeft: false));
        }

        SeriesOperator left = Vector(node.Left);
        SeriesOperator right = Vector(node.Right);
        return node.Op switch
        {
            BinaryOp.And or BinaryOp.Unless => new Intersection(context, node, left, right),
            BinaryOp.Or => new Union(context, node, left, right),
            _ => new VectorJoin(context, node, left, right),
        };
    }

    private SeriesOperator Call(CallNode call)
    {
        switch (call.Name)
        {
            case "vector":
                return new ScalarAsVector(context, Scalar(call.Args[0]));
            case "absent":
                return new Absent(context, Vector(call.Args[0]), call.AbsentLabels, mayStop: Absent.MayStop(call.Args[0]));
            case "timestamp" or "start_timestamp":
                bool isSelector = call.Args[0] is InstantSelectNode { Facet: not SampleFacet.Value };
                return Distinct(call, new TimestampFunction(
                    context, Vector(call.Args[0]), isSelector, isStart: call.Name == "start_timestamp"));
            case "label_replace":
                return new RefuseSameLabels(context, LabelFunctions.Replace(context, Vector(call.Args[0]), Texts(call)));
            case "label_join":
                return new RefuseSameLabels(context, LabelFunctions.Join(context, Vector(call.Args[0]), Texts(call)));
            case "sort" or "sort_desc" or "sort_by_label" or "sort_by_label_desc":
                return Sort(call);
            case "histogram_count":
                return Distinct(call, new HistogramFunction(context, Vector(call.Args[0]), h => h.Count));
            case "histogram_sum":
                return Distinct(call, new HistogramFunction(context, Vector(call.Args[0]), h => h.Sum));
            case "histogram_avg":
                return Distinct(call, new HistogramFunction(context, Vector(call.Args[0]), HistogramStatistics.Mean));
            case "histogram_stdvar":
                return Distinct(call, new HistogramFunction(context, Vector(call.Args[0]), HistogramStatistics.Variance));
            case "histogram_stddev":
                return Distinct(call, new HistogramFunction(context, Vector(call.Args[0]), HistogramStatistics.Deviation));
            case "histogram_quantile" or "histogram_quantiles" or "histogram_fraction":
                return new RefuseSameLabels(context, HistogramCall(call));
        }

        FloatFunction.Apply apply = FloatFunctions.Find(context, call.Name) ?? throw NotYet(call);
        ScalarOperator[] scalars = [.. call.Args.Skip(1).Select(Scalar)];
        return Distinct(call, new FloatFunction(context, Vector(call.Args[0]), scalars, apply));
    }

    private static List<string> Texts(CallNode call) => [.. call.Args.OfType<TextNode>().Select(text => text.Value)];

    private Sorted Sort(CallNode call)
    {
        SeriesOperator inner = Whole(call.Args[0]);
        bool byLabel = call.Name.StartsWith("sort_by_label", StringComparison.Ordinal);
        bool descending = call.Name.EndsWith("_desc", StringComparison.Ordinal);
        if (IsOfRange(call.Steps))
        {
            context.Annotations.SortInRangeQuery(call.Span);
            return new Sorted(context, inner, null, floatsOnly: !byLabel);
        }

        return new Sorted(
            context, inner, byLabel ? SortOrders.ByLabels(Texts(call), descending) : SortOrders.ByValue(descending), floatsOnly: !byLabel);
    }

    // Of the query or of a subquery; what is fixed in time is sorted once.
    private bool IsOfRange(Steps steps)
    {
        QueryOrigin origin = context.Run.Origin;
        return steps.Count > 1 || (steps == origin.Steps && origin.EndMs > origin.Steps.Start);
    }

    private HistogramAnswers HistogramCall(CallNode call)
    {
        IReadOnlyList<SourceSpan> spans = call.ArgSpans;
        if (call.Name == "histogram_fraction")
        {
            ScalarOperator lower = Scalar(call.Args[0]);
            ScalarOperator upper = Scalar(call.Args[1]);
            return new HistogramAnswers(
                context, call.Steps, Vector(call.Args[2]), [new FractionQuestion(context, lower, upper, spans[2])], spans[2], [lower, upper]);
        }

        if (call.Name == "histogram_quantile")
        {
            ScalarOperator quantile = Scalar(call.Args[0]);
            return new HistogramAnswers(
                context, call.Steps, Vector(call.Args[1]),
                [new QuantileQuestion(context, quantile, spans[0], spans[1], call.Steps, null)], spans[1], [quantile]);
        }

        string label = ((TextNode)call.Args[1]).Value;
        if (!LabelName.IsValid(label))
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid label name {QuotedText.Of(label)}", call.Span);
        }

        ScalarOperator[] quantiles = [.. call.Args.Skip(2).Select(Scalar)];
        return new HistogramAnswers(
            context, call.Steps, Vector(call.Args[0]),
            [.. quantiles.Select((q, i) => new QuantileQuestion(context, q, spans[i + 2], spans[0], call.Steps, label))],
            spans[0], quantiles);
    }
}
