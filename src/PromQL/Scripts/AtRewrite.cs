using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Fixes every selector and subquery of a query at a time, so that the answer no longer depends on when it is asked:
/// asking at other times must give the same.
/// </summary>
internal static class AtRewrite
{
    private static readonly HashSet<string> DependOnTime = new(StringComparer.Ordinal)
    {
        "time", "timestamp", "predict_linear", "minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year",
        "start", "end", "step", "range",
    };

    /// <summary>The query with <c>@ time</c> on all that have none; null where it depends on the time of evaluation all the same.</summary>
    public static Expr? Fix(Expr query, Timestamp at) => DependsOnTime(query) ? null : Fixed(query, new AtModifier(AtKind.Time, at));

    /// <summary>Whether the query asks for the range it is run over, in a function or in a duration.</summary>
    public static bool UsesQueryRange(Expr query) =>
        (query is CallExpr call && call.Function.Name is "start" or "end" or "step" or "range")
        || Modified(query).Any(m => m.At?.Kind is AtKind.Start or AtKind.End || m.Durations.Any(UsesQueryRange))
        || Children.Of(query).Any(UsesQueryRange);

    private static bool DependsOnTime(Expr query) =>
        (query is CallExpr call && DependOnTime.Contains(call.Function.Name))
        || Modified(query).Any(m => m.At?.Kind is AtKind.Start or AtKind.End || m.Durations.Any(UsesQueryRange))
        || Children.Of(query).Any(DependsOnTime);

    private static IEnumerable<(AtModifier? At, DurationExpr?[] Durations)> Modified(Expr query) => query switch
    {
        VectorSelector vector => [(vector.At, [vector.Offset])],
        MatrixSelector matrix => [(matrix.Vector.At, [matrix.Vector.Offset, matrix.Range])],
        SubqueryExpr subquery => [(subquery.At, [subquery.Range, subquery.Step, subquery.Offset])],
        _ => [],
    };

    private static bool UsesQueryRange(DurationExpr? duration) => duration switch
    {
        DurationStep or DurationRange => true,
        DurationUnary unary => UsesQueryRange(unary.Operand),
        DurationParen paren => UsesQueryRange(paren.Inner),
        DurationBinary binary => UsesQueryRange(binary.Left) || UsesQueryRange(binary.Right),
        _ => false,
    };

    private static Expr Fixed(Expr node, AtModifier at) => node switch
    {
        VectorSelector vector => Fixed(vector, at),
        MatrixSelector matrix => matrix with { Vector = Fixed(matrix.Vector, at) },

        // What is inside a subquery is evaluated at the subquery's own steps.
        SubqueryExpr subquery => subquery with { At = subquery.At ?? at },
        ParenExpr paren => paren with { Inner = Fixed(paren.Inner, at) },
        UnaryExpr unary => unary with { Operand = Fixed(unary.Operand, at) },
        BinaryExpr binary => binary with { Left = Fixed(binary.Left, at), Right = Fixed(binary.Right, at) },
        AggregateExpr aggregate => aggregate with
        {
            Inner = Fixed(aggregate.Inner, at),
            Parameter = aggregate.Parameter is null ? null : Fixed(aggregate.Parameter, at),
        },

        // The second argument of info() only names labels.
        CallExpr { Function.Name: "info" } info => info with { Args = [Fixed(info.Args[0], at), .. info.Args.Skip(1)] },
        CallExpr call => call with { Args = [.. call.Args.Select(arg => Fixed(arg, at))] },
        _ => node,
    };

    private static VectorSelector Fixed(VectorSelector vector, AtModifier at) => vector with { At = vector.At ?? at };
}
