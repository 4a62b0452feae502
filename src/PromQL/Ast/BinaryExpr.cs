namespace Pleiad.PromQL;

/// <summary>Operators between two expressions.</summary>
public enum BinaryOp
{
    /// <summary><c>+</c></summary>
    Add,

    /// <summary><c>-</c></summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c></summary>
    Divide,

    /// <summary><c>%</c></summary>
    Modulo,

    /// <summary><c>^</c></summary>
    Power,

    /// <summary><c>atan2</c></summary>
    Atan2,

    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>&lt;/</c>: keep a histogram's observations up to a bound.</summary>
    TrimUpper,

    /// <summary><c>&gt;/</c>: keep a histogram's observations above a bound.</summary>
    TrimLower,

    /// <summary><c>and</c></summary>
    And,

    /// <summary><c>or</c></summary>
    Or,

    /// <summary><c>unless</c></summary>
    Unless,
}

/// <summary>How many series on each side may match.</summary>
public enum MatchCardinality
{
    /// <summary>One on each side.</summary>
    OneToOne,

    /// <summary><c>group_left</c>: many on the left.</summary>
    ManyToOne,

    /// <summary><c>group_right</c>: many on the right.</summary>
    OneToMany,

    /// <summary>Set operators.</summary>
    ManyToMany,
}

/// <summary>Which labels two vectors are matched on.</summary>
/// <param name="Cardinality">How many on each side.</param>
/// <param name="On">True: match on <paramref name="Labels"/> only; false: on all but them.</param>
/// <param name="Labels">Names of <c>on</c> or <c>ignoring</c>.</param>
/// <param name="Include">Names of <c>group_left</c> / <c>group_right</c>: taken over from the "one" side.</param>
/// <param name="FillLeft">Value for a missing left side, or null.</param>
/// <param name="FillRight">Value for a missing right side, or null.</param>
public sealed record VectorMatching(
    MatchCardinality Cardinality, bool On, IReadOnlyList<string> Labels, IReadOnlyList<string> Include, double? FillLeft, double? FillRight);

/// <summary>Two expressions and an operator.</summary>
/// <param name="ReturnBool"><c>bool</c>: a comparison gives 0 or 1 instead of filtering.</param>
/// <param name="Matching">Null unless both sides are vectors.</param>
public sealed record BinaryExpr(
    BinaryOp Op, Expr Left, Expr Right, bool ReturnBool, VectorMatching? Matching, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type =>
        Left.Type == ExprType.Scalar && Right.Type == ExprType.Scalar ? ExprType.Scalar : ExprType.Vector;
}
