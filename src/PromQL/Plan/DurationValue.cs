namespace Pleiad.PromQL;

/// <summary>The value of a duration expression for one run of a query. Errors begin as Prometheus's do, with the ends of the expression in the text: <c>4:11: </c>.</summary>
/// <param name="stepMs">The query's step; 0 for an instant query.</param>
/// <param name="rangeMs">End minus start of the query.</param>
internal readonly struct DurationValue(long stepMs, long rangeMs)
{
    // What 64 bits of nanoseconds hold, rounded as a float is.
    private const double SecondsMax = 9_223_372_036.854776;

    /// <summary>Whole milliseconds; what is beyond the last is cut off.</summary>
    /// <exception cref="QueryException">Division by zero, or a value no duration can hold.</exception>
    public long Milliseconds(DurationExpr expr) => expr is DurationLiteral literal ? literal.Milliseconds : Value(expr, mayBeNegative: true);

    /// <summary>Like <see cref="Milliseconds"/>, for ranges and steps, which must be above zero.</summary>
    public long Positive(DurationExpr expr)
    {
        long ms = expr is DurationLiteral literal ? literal.Milliseconds : Value(expr, mayBeNegative: false);
        return ms > 0 ? ms : throw Failure(expr, "duration must be greater than 0");
    }

    private long Value(DurationExpr expr, bool mayBeNegative)
    {
        double seconds = Seconds(expr);
        if (!double.IsFinite(seconds))
        {
            throw Failure(expr, "duration is NaN or infinite");
        }

        if (seconds <= 0 && !mayBeNegative)
        {
            throw Failure(expr, "duration must be greater than 0");
        }

        return Math.Abs(seconds) <= SecondsMax ? (long)(seconds * 1000) : throw Failure(expr, "duration is out of range");
    }

    private double Seconds(DurationExpr expr) => expr switch
    {
        DurationLiteral literal => literal.Seconds,
        DurationStep => stepMs / 1000.0,
        DurationRange => rangeMs / 1000.0,
        DurationParen paren => Seconds(paren.Inner),
        DurationUnary unary => unary.Negative ? -Seconds(unary.Operand) : Seconds(unary.Operand),
        DurationBinary binary => Combine(binary, Seconds(binary.Left), Seconds(binary.Right)),
        _ => throw new InvalidOperationException($"duration expression {expr.GetType().Name}"),
    };

    private static double Combine(DurationBinary binary, double left, double right)
    {
        switch (binary.Op)
        {
            case DurationOp.Add: return left + right;
            case DurationOp.Subtract: return left - right;
            case DurationOp.Multiply: return left * right;
            case DurationOp.Power: return Math.Pow(left, right);
            case DurationOp.MinOf: return Math.Min(left, right);
            case DurationOp.MaxOf: return Math.Max(left, right);
        }

        if (right == 0)
        {
            throw Failure(binary, binary.Op == DurationOp.Divide ? "division by zero" : "modulo by zero");
        }

        return binary.Op == DurationOp.Divide ? left / right : left % right;
    }

    private static QueryException Failure(DurationExpr expr, string reason)
    {
        SourceSpan place = PlaceOf(expr);
        return new QueryException(QueryErrorKind.BadData, $"{place.Start}:{place.End}: {reason}", expr.Span);
    }

    // Parentheses and the names of functions are not part of the place.
    private static SourceSpan PlaceOf(DurationExpr expr) => expr switch
    {
        DurationParen paren => PlaceOf(paren.Inner),
        DurationUnary unary => new SourceSpan(unary.Span.Start, PlaceOf(unary.Operand).End),
        DurationBinary binary => new SourceSpan(PlaceOf(binary.Left).Start, PlaceOf(binary.Right).End),
        _ => expr.Span,
    };
}
