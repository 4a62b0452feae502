namespace Pleiad.PromQL;

/// <summary>A node of the syntax tree. Immutable.</summary>
/// <param name="Span">Where it stands in the text.</param>
public abstract record Expr(SourceSpan Span)
{
    /// <summary>What it evaluates to.</summary>
    public abstract ExprType Type { get; }
}

/// <summary>A number, or a duration used as one.</summary>
/// <param name="Value">The number; seconds where it was written as a duration.</param>
/// <param name="IsDuration">Written as a duration (<c>5m</c>), so that it prints as one.</param>
public sealed record NumberLiteral(double Value, bool IsDuration, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => ExprType.Scalar;
}

/// <summary>A string.</summary>
/// <param name="Value">Unescaped.</param>
public sealed record StringLiteral(string Value, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => ExprType.String;
}

/// <summary>An expression in parentheses.</summary>
public sealed record ParenExpr(Expr Inner, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => Inner.Type;
}

/// <summary>Plus or minus in front of an expression.</summary>
/// <param name="Negative">Whether the sign is a minus.</param>
public sealed record UnaryExpr(bool Negative, Expr Operand, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => Operand.Type;
}

/// <summary>A call of a function from the table.</summary>
/// <param name="Function">Its signature.</param>
/// <param name="Args">Checked against the signature.</param>
public sealed record CallExpr(FunctionSignature Function, IReadOnlyList<Expr> Args, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => Function.Result;
}
