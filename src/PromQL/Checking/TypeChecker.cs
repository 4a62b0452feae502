using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Refuses what parses but makes no sense, in Prometheus's words, and settles how vectors match.</summary>
internal sealed class TypeChecker(string text)
{
    /// <summary>The checked expression: the same, but with matching only where both sides are vectors, and many-to-many for set operators.</summary>
    /// <exception cref="QueryException">The first thing wrong, in the order written.</exception>
    public Expr Check(Expr node) => node switch
    {
        VectorSelector vector => Selector(vector, mayMatchEmpty: false),
        MatrixSelector matrix => matrix with { Vector = Selector(matrix.Vector, mayMatchEmpty: false) },
        ParenExpr paren => paren with { Inner = Check(paren.Inner) },
        UnaryExpr unary => Unary(unary),
        BinaryExpr binary => Binary(binary),
        AggregateExpr aggregate => Aggregate(aggregate),
        CallExpr call => Call(call),
        SubqueryExpr subquery => Subquery(subquery),
        _ => node,
    };

    /// <summary>The selector as it is, once its name is not given twice and, unless it may, it does not select every series.</summary>
    public VectorSelector Selector(VectorSelector vector, bool mayMatchEmpty)
    {
        if (vector.Name.Length > 0)
        {
            // The last matcher is the name written in front.
            foreach (Matcher matcher in vector.Matchers.Take(vector.Matchers.Count - 1))
            {
                Require(
                    matcher.Name != LabelName.MetricName,
                    vector,
                    $"metric name must not be set twice: {GoQuote.Text(vector.Name)} or {GoQuote.Text(matcher.Value)}");
            }

            return vector;
        }

        Require(
            mayMatchEmpty || vector.Matchers.Any(m => !m.MatchesEmpty),
            vector,
            "vector selector must contain at least one non-empty matcher");
        return vector;
    }

    private UnaryExpr Unary(UnaryExpr unary)
    {
        Expr operand = Check(unary.Operand);
        Require(
            operand.Type is ExprType.Scalar or ExprType.Vector,
            unary,
            $"unary expression only allowed on expressions of type scalar or instant vector, got {GoQuote.Text(Documented(operand.Type))}");
        return unary with { Operand = operand };
    }

    private BinaryExpr Binary(BinaryExpr binary)
    {
        Expr left = Check(binary.Left);
        Expr right = Check(binary.Right);
        string name = GoQuote.Text(Operators.TextOf(binary.Op));
        bool set = Operators.IsSet(binary.Op);
        bool scalars = left.Type == ExprType.Scalar && right.Type == ExprType.Scalar;
        SourceSpan between = OperatorPlace(binary);

        Require(
            !binary.ReturnBool || Operators.IsComparison(binary.Op), between, "bool modifier can only be used on comparison operators");
        Require(
            !(Operators.IsComparison(binary.Op) && scalars && !binary.ReturnBool), between, "comparisons between scalars must use BOOL modifier");

        VectorMatching? matching = binary.Matching;
        if (matching is { On: true })
        {
            string? both = matching.Labels.FirstOrDefault(matching.Include.Contains);
            Require(both is null, between, $"label {GoQuote.Text(both ?? string.Empty)} must not occur in ON and GROUP clause at once");
        }

        const string Operands = "binary expression must contain only scalar and instant vector types";
        Require(left.Type is ExprType.Scalar or ExprType.Vector, left, Operands);
        Require(right.Type is ExprType.Scalar or ExprType.Vector, right, Operands);

        bool fills = matching is not null && (matching.FillLeft is not null || matching.FillRight is not null);
        if (left.Type != ExprType.Vector || right.Type != ExprType.Vector)
        {
            Require(matching is null || matching.Labels.Count == 0, binary, "vector matching only allowed between instant vectors");
            Require(!fills, binary, "filling in missing series only allowed between instant vectors");
            matching = null;
        }
        else if (set && matching is not null)
        {
            Require(matching.Cardinality == MatchCardinality.OneToOne, binary, $"no grouping allowed for {name} operation");
            Require(!fills, binary, "filling in missing series not allowed for set operators");
            matching = matching with { Cardinality = MatchCardinality.ManyToMany };
        }

        Require(
            !(set && (left.Type == ExprType.Scalar || right.Type == ExprType.Scalar)),
            binary,
            $"set operator {name} not allowed in binary scalar expression");
        return binary with { Left = left, Right = right, Matching = matching };
    }

    private SourceSpan OperatorPlace(BinaryExpr binary)
    {
        int start = binary.Left.Span.End;
        while (start < binary.Right.Span.Start && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        return new SourceSpan(start, binary.Right.Span.Start);
    }

    private AggregateExpr Aggregate(AggregateExpr aggregate)
    {
        Expr inner = Expect(aggregate.Inner, ExprType.Vector, "aggregation expression");
        if (aggregate.Parameter is null)
        {
            return aggregate with { Inner = inner };
        }

        ExprType wanted = aggregate.Op == AggregateOp.CountValues ? ExprType.String : ExprType.Scalar;
        return aggregate with { Inner = inner, Parameter = Expect(aggregate.Parameter, wanted, "aggregation parameter") };
    }

    private CallExpr Call(CallExpr call)
    {
        FunctionSignature function = call.Function;
        string name = GoQuote.Text(function.Name);
        int required = function.Parameters.Count - function.OptionalCount;
        int given = call.Args.Count;
        if (function.OptionalCount == 0 && !function.Variadic)
        {
            Require(given == required, call, $"expected {required} argument(s) in call to {name}, got {given}");
        }
        else
        {
            Require(given >= required, call, $"expected at least {required} argument(s) in call to {name}, got {given}");
            Require(
                function.Variadic || given <= function.Parameters.Count,
                call,
                $"expected at most {function.Parameters.Count} argument(s) in call to {name}, got {given}");
        }

        bool hasDataLabels = function.Name == "info" && given > 1;
        if (hasDataLabels)
        {
            RequireDataLabels(call);
        }

        var args = new Expr[given];
        for (int i = 0; i < given; i++)
        {
            ExprType wanted = function.Parameters[Math.Min(i, function.Parameters.Count - 1)];
            args[i] = hasDataLabels && i == 1 ? call.Args[i] : Expect(call.Args[i], wanted, $"call to function {name}");
        }

        return call with { Args = args };
    }

    // The second argument of info() is no vector: its matchers choose labels of info metrics, so they may all match empty.
    private void RequireDataLabels(CallExpr call)
    {
        Expr argument = call.Args[1];
        Require(argument.Type == ExprType.Vector, call, Mismatch(ExprType.Vector, "call to function \"info\"", argument.Type));
        var selector = argument as VectorSelector;
        Require(selector is not null, argument, "expected label selectors only");
        Require(selector is { Name.Length: 0 }, argument, "expected label selectors only, got vector selector instead");
    }

    private SubqueryExpr Subquery(SubqueryExpr subquery)
    {
        Expr inner = Check(subquery.Inner);
        Require(
            inner.Type == ExprType.Vector, subquery, $"subquery is only allowed on instant vector, got {Plain(inner.Type)} instead");
        return subquery with { Inner = inner };
    }

    private Expr Expect(Expr node, ExprType wanted, string context)
    {
        Expr seen = Check(node);
        Require(seen.Type == wanted, node, Mismatch(wanted, context, seen.Type));
        return seen;
    }

    private static string Mismatch(ExprType wanted, string context, ExprType got) =>
        $"expected type {Documented(wanted)} in {context}, got {Documented(got)}";

    private void Require(bool holds, Expr node, string reason) => Require(holds, node.Span, reason);

    private void Require(bool holds, SourceSpan span, string reason)
    {
        if (!holds)
        {
            throw ParseFailure.At(text, span, reason);
        }
    }

    private static string Documented(ExprType type) => type switch
    {
        ExprType.Vector => "instant vector",
        ExprType.Matrix => "range vector",
        _ => Plain(type),
    };

    private static string Plain(ExprType type) => type switch
    {
        ExprType.Scalar => "scalar",
        ExprType.String => "string",
        ExprType.Vector => "vector",
        ExprType.Matrix => "matrix",
        _ => "none",
    };
}
