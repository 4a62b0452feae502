namespace Pleiad.PromQL;

/// <summary>The expressions directly below an expression, in the order written.</summary>
public static class Children
{
    /// <summary>The children of a node; none for literals and selectors.</summary>
    public static IEnumerable<Expr> Of(Expr node) => node switch
    {
        ParenExpr paren => [paren.Inner],
        UnaryExpr unary => [unary.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        CallExpr call => call.Args,
        AggregateExpr { Parameter: { } parameter } aggregate => [parameter, aggregate.Inner],
        AggregateExpr aggregate => [aggregate.Inner],
        MatrixSelector matrix => [matrix.Vector],
        SubqueryExpr subquery => [subquery.Inner],
        _ => [],
    };
}
