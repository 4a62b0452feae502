namespace Pleiad.PromQL;

/// <summary>Whether an expression has the same value at every step: each selector fixed by <c>@</c>, and no function that reads the clock.</summary>
internal static class StepInvariance
{
    public static bool Holds(Expr expr) => expr switch
    {
        NumberLiteral or StringLiteral => true,
        ParenExpr paren => Holds(paren.Inner),
        UnaryExpr unary => Holds(unary.Operand),
        VectorSelector selector => selector.At is not null,
        MatrixSelector matrix => matrix.Vector.At is not null,
        SubqueryExpr subquery => subquery.At is not null,

        // As in Prometheus the parameter is not asked: over a fixed vector that of the first step counts for all.
        AggregateExpr aggregate => Holds(aggregate.Inner),
        BinaryExpr binary => Holds(binary.Left) && Holds(binary.Right),
        CallExpr call => !ReadsTheClock(call) && call.Args.All(Holds),
        _ => false,
    };

    private static bool ReadsTheClock(CallExpr call) => call.Function.Name switch
    {
        "time" or "timestamp" or "start_timestamp" or "predict_linear" => true,
        "minute" or "hour" or "day_of_week" or "day_of_month" or "day_of_year" or "days_in_month" or "month" or "year" => true,
        "info" => true,
        _ => false,
    };
}
