using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Turns a checked syntax tree into a plan for one run: durations and <c>@</c> resolved, steps of subqueries laid out.</summary>
internal sealed class Planner
{
    private readonly QuerySpan _query;
    private readonly DurationValue _durations;

    // Calls around the node at hand that need of a histogram only count and sum, and those (subqueries too) that need its buckets.
    private int _needCounts;
    private int _needBuckets;

    private CountedAs _counted;

    private Planner(QuerySpan query)
    {
        _query = query;
        _durations = new DurationValue(query.Steps.StepMs, query.EndMs - query.Steps.Start);
    }

    /// <summary>The plan of an expression.</summary>
    /// <exception cref="QueryException">A duration that cannot be, or a subquery with more steps than the limit.</exception>
    public static PlanNode Plan(Expr expr, QuerySpan query) => FoldConstants.Run(new Planner(query).Node(expr, query.Steps));

    private static Expr Bare(Expr expr)
    {
        while (expr is ParenExpr paren)
        {
            expr = paren.Inner;
        }

        return expr;
    }

    private PlanNode Node(Expr expr, Steps steps)
    {
        Expr bare = Bare(expr);
        if (steps.Count > 1 && bare.Type is ExprType.Vector or ExprType.Scalar && bare is not NumberLiteral && StepInvariance.Holds(bare))
        {
            // A selector alone knows its fixed instant itself; the wrapper saves the repetition all the same.
            CountedAs around = _counted;
            _counted = around == CountedAs.EachStep ? CountedAs.EveryStep : around;
            PlanNode inner = Bound(bare, Steps.Once(steps.Start));
            _counted = around;
            return inner is ConstantNode constant
                ? constant with { Steps = steps }
                : new StepInvariantNode(inner, steps, expr.Span);
        }

        return Bound(bare, steps);
    }

    private PlanNode Bound(Expr expr, Steps steps) => expr switch
    {
        NumberLiteral number => new ConstantNode(number.Value, steps, expr.Span),
        StringLiteral text => new TextNode(text.Value, steps, expr.Span),
        UnaryExpr { Negative: false } unary => Node(unary.Operand, steps),
        UnaryExpr unary => new NegateNode(Node(unary.Operand, steps), steps, expr.Span),
        VectorSelector selector => Select(selector, SampleFacet.Value, steps),
        MatrixSelector matrix => new RangeSelectNode(
            matrix.Vector.Matchers, Window(matrix.Vector, _durations.Positive(matrix.Range)), FindsResets, steps, expr.Span),
        SubqueryExpr subquery => Subquery(subquery, steps),
        AggregateExpr aggregate => Aggregate(aggregate, steps),
        BinaryExpr binary => Binary(binary, steps),
        CallExpr call => Call(call, steps),
        _ => throw new InvalidOperationException($"expression {expr.GetType().Name}"),
    };

    private BinaryNode Binary(BinaryExpr binary, Steps steps)
    {
        bool trims = binary.Op is BinaryOp.TrimLower or BinaryOp.TrimUpper;
        if (trims && binary.Type == ExprType.Scalar)
        {
            throw new QueryException(
                QueryErrorKind.Execution, $"operator \"{Operators.TextOf(binary.Op)}\" not allowed for Scalar operations", binary.Span);
        }

        _needBuckets += trims ? 1 : 0;
        var node = new BinaryNode(
            binary.Op, Node(binary.Left, steps), Node(binary.Right, steps), binary.ReturnBool, binary.Matching, binary.Type, steps, binary.Span);
        _needBuckets -= trims ? 1 : 0;
        return node;
    }

    // Prometheus compares histograms as it reads them where only count and sum are asked for, and elsewhere does not.
    private bool FindsResets => _needCounts > 0 && _needBuckets == 0;

    private InstantSelectNode Select(VectorSelector selector, SampleFacet facet, Steps steps) =>
        new(selector.Matchers, Window(selector, 0), facet, FindsResets, steps, selector.Span) { Counted = _counted };

    private SelectorWindow Window(VectorSelector selector, long rangeMs) => new(
        selector.Offset is null ? 0 : _durations.Milliseconds(selector.Offset), At(selector.At), rangeMs, _query.LookbackMs, selector.Window);

    private long? At(AtModifier? at) => at switch
    {
        null => null,
        { Kind: AtKind.Start } => _query.Steps.Start,
        { Kind: AtKind.End } => _query.EndMs,
        { } fixedAt => fixedAt.Time.Milliseconds,
    };

    private SubqueryNode Subquery(SubqueryExpr subquery, Steps steps)
    {
        // In this order, so that of several that cannot be the first is told.
        long offset = subquery.Offset is null ? 0 : _durations.Milliseconds(subquery.Offset);
        long step = subquery.Step is null ? _query.SubqueryStepMs : _durations.Positive(subquery.Step);
        long range = _durations.Positive(subquery.Range);
        var window = new SelectorWindow(offset, At(subquery.At), range, _query.LookbackMs, WindowMode.Plain);
        TimeRange reads = new(window.StartAt(steps.Start), window.EndAt(steps.End));

        // Aligned to multiples of the step since the epoch, the first one inside the left-open range.
        long first = (Math.DivRem(reads.After, step, out long rest) - (rest < 0 ? 1 : 0) + 1) * step;
        long count = first > reads.Through ? 1 : ((reads.Through - first) / step) + 1;
        if (count > _query.InnerStepsMax || count > Array.MaxLength)
        {
            throw QueryContext.TooManySamples();
        }

        var inner = count == 1 ? Steps.Once(first) : new Steps(first, step, (int)count);
        CountedAs around = _counted;
        _counted = CountedAs.Nowhere;
        _needBuckets++;
        PlanNode plan = Node(subquery.Inner, inner);
        _needBuckets--;
        _counted = around;
        return new SubqueryNode(plan, window, steps, subquery.Span);
    }

    private AggregateNode Aggregate(AggregateExpr aggregate, Steps steps) => new(
        aggregate.Op,
        Node(aggregate.Inner, steps),
        aggregate.Parameter is null ? null : Node(aggregate.Parameter, steps),
        aggregate.Without,
        aggregate.Grouping,
        aggregate.Inner.Span,
        aggregate.Parameter?.Span ?? aggregate.Span,
        steps,
        aggregate.Span);

    private PlanNode Call(CallExpr call, Steps steps)
    {
        bool counts = call.Function.Name is "histogram_count" or "histogram_sum" or "histogram_avg";
        bool buckets = !counts && call.Function.Name.StartsWith("histogram_", StringComparison.Ordinal);
        _needCounts += counts ? 1 : 0;
        _needBuckets += buckets ? 1 : 0;
        PlanNode node = BoundCall(call, steps);
        _needCounts -= counts ? 1 : 0;
        _needBuckets -= buckets ? 1 : 0;
        return node;
    }

    private PlanNode BoundCall(CallExpr call, Steps steps)
    {
        string name = call.Function.Name;
        switch (name)
        {
            case "pi":
                return new ConstantNode(Math.PI, steps, call.Span);
            case "start":
                return new ConstantNode(_query.Steps.Start / 1000.0, steps, call.Span);
            case "end":
                return new ConstantNode(_query.EndMs / 1000.0, steps, call.Span);
            case "range":
                return new ConstantNode((_query.EndMs - _query.Steps.Start) / 1000.0, steps, call.Span);
            case "step":
                // In a range that ends where it begins the function is 0; in a duration the step stays what was asked for.
                bool isInstant = _query.EndMs == _query.Steps.Start;
                return new ConstantNode(isInstant ? 0 : _query.Steps.StepMs / 1000.0, steps, call.Span);
            case "timestamp" or "start_timestamp" when Bare(call.Args[0]) is VectorSelector selector:
                SampleFacet facet = name == "timestamp" ? SampleFacet.Time : SampleFacet.StartTime;
                return Call(name, call, [Select(selector, facet, steps)], steps);
            case "absent":
                return Call(name, call, [Node(call.Args[0], steps)], steps);
            case "absent_over_time":
                return Call("absent", call, [RangeCall("present_over_time", call, steps)], steps);
            case "info":
                return Info(call, steps);
        }

        if (call.Function.Parameters.Contains(ExprType.Matrix))
        {
            return RangeCall(name, call, steps);
        }

        if (call.Args.Count == 0 && IsCalendar(name))
        {
            PlanNode now = new CallNode("time", [], [], Labels.Empty, ExprType.Scalar, steps, call.Span);
            PlanNode vector = new CallNode("vector", [now], [call.Span], Labels.Empty, ExprType.Vector, steps, call.Span);
            return Call(name, call, [vector], steps);
        }

        return Call(name, call, [.. call.Args.Select(arg => Node(arg, steps))], steps);
    }

    private static bool IsCalendar(string name) =>
        name is "minute" or "hour" or "day_of_week" or "day_of_month" or "day_of_year" or "days_in_month" or "month" or "year";

    private static CallNode Call(string name, CallExpr call, IReadOnlyList<PlanNode> args, Steps steps) => new(
        name,
        args,
        [.. call.Args.Select(arg => arg.Span)],
        name == "absent" ? AbsentLabels.Of(Bare(call.Args[0])) : Labels.Empty,
        call.Type,
        steps,
        call.Span);

    private RangeCallNode RangeCall(string name, CallExpr call, Steps steps)
    {
        PlanNode? range = null;
        var scalars = new List<PlanNode>();
        foreach (Expr arg in call.Args)
        {
            if (arg.Type == ExprType.Matrix)
            {
                RangeModes.Check(call, Bare(arg));
                range = Node(arg, steps);
            }
            else
            {
                scalars.Add(Node(arg, steps));
            }
        }

        return new RangeCallNode(name, range!, scalars, [.. call.Args.Select(arg => arg.Span)], steps, call.Span) { Counted = _counted };
    }

    private InfoNode Info(CallExpr call, Steps steps)
    {
        IReadOnlyList<Matcher> matchers = call.Args.Count > 1 && Bare(call.Args[1]) is VectorSelector labels
            ? labels.Matchers
            : [new Matcher(LabelName.MetricName, MatchKind.Equal, "target_info")];
        VectorSelector? first = FirstSelector(call.Args[0]);
        SelectorWindow window = first is null
            ? new SelectorWindow(0, null, 0, _query.LookbackMs, WindowMode.Plain)
            : Window(first, 0) with { Mode = WindowMode.Plain };
        return new InfoNode(Node(call.Args[0], steps), matchers, window, steps, call.Span);
    }

    private static VectorSelector? FirstSelector(Expr expr) => expr switch
    {
        VectorSelector selector => selector,
        ParenExpr paren => FirstSelector(paren.Inner),
        UnaryExpr unary => FirstSelector(unary.Operand),
        MatrixSelector matrix => matrix.Vector,
        SubqueryExpr subquery => FirstSelector(subquery.Inner),
        AggregateExpr aggregate => FirstSelector(aggregate.Inner),
        BinaryExpr binary => FirstSelector(binary.Left) ?? FirstSelector(binary.Right),
        CallExpr call => call.Args.Select(FirstSelector).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
