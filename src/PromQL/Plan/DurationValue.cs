namespace Pleiad.PromQL;

/// <summary>The value of a duration expression for one run of a query.</summary>
/// <param name="stepMs">The query's step; 0 for an instant query.</param>
/// <param name="rangeMs">End minus start of the query.</param>
internal readonly struct DurationValue(long stepMs, long rangeMs)
{
    /// <summary>Milliseconds, rounded to the nearest.</summary>
    /// <exception cref="QueryException">Division by zero, or a value no duration can hold.</exception>
    public long Milliseconds(DurationExpr expr)
    {
        if (expr is DurationLiteral literal)
        {
            return literal.Milliseconds;
        }

        double seconds = Seconds(expr);
        double ms = seconds * 1000;
        if (double.IsNaN(ms) || Math.Abs(ms) >= long.MaxValue / 1_000_000.0)
        {
            throw new QueryException(QueryErrorKind.BadData, "duration out of range", expr.Span);
        }

        return (long)Math.Round(ms, MidpointRounding.AwayFromZero);
    }

    /// <summary>Like <see cref="Milliseconds"/>, for ranges and steps, which must be above zero.</summary>
    public long Positive(DurationExpr expr)
    {
        long ms = Milliseconds(expr);
        return ms > 0
            ? ms
            : throw new QueryException(QueryErrorKind.BadData, "duration must be greater than 0", expr.Span);
    }

    private double Seconds(DurationExpr expr) => expr switch
    {
        DurationLiteral literal => literal.Milliseconds / 1000.0,
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
            throw new QueryException(
                QueryErrorKind.BadData, binary.Op == DurationOp.Divide ? "division by zero" : "modulo by zero", binary.Span);
        }

        return binary.Op == DurationOp.Divide ? left / right : left % right;
    }
}
