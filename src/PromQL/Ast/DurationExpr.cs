namespace Pleiad.PromQL;

/// <summary>A duration inside a selector: a literal, or arithmetic over literals, <c>step()</c> and <c>range()</c>.</summary>
public abstract record DurationExpr(SourceSpan Span);

/// <summary>A literal, in milliseconds; may be negative for an offset.</summary>
/// <param name="AsNumber">An operand written as a bare number (<c>2</c> in <c>2*5m</c>); prints as one. A range or offset that is nothing but a number is a duration.</param>
public sealed record DurationLiteral(long Milliseconds, bool AsNumber, SourceSpan Span) : DurationExpr(Span)
{
    /// <summary>The exact value in seconds: as an operand a number need not be whole milliseconds (<c>5m*0.0333</c>).</summary>
    public double Seconds { get; init; } = Milliseconds / 1000.0;
}

/// <summary><c>step()</c>: the query's step; 0 for an instant query.</summary>
public sealed record DurationStep(SourceSpan Span) : DurationExpr(Span);

/// <summary><c>range()</c>: end minus start of the query.</summary>
public sealed record DurationRange(SourceSpan Span) : DurationExpr(Span);

/// <summary>A sign in front.</summary>
public sealed record DurationUnary(bool Negative, DurationExpr Operand, SourceSpan Span) : DurationExpr(Span);

/// <summary>Two operands: <c>+ - * / % ^</c>, or <c>min_of</c> and <c>max_of</c>.</summary>
public sealed record DurationBinary(DurationOp Op, DurationExpr Left, DurationExpr Right, SourceSpan Span) : DurationExpr(Span);

/// <summary>Parentheses.</summary>
public sealed record DurationParen(DurationExpr Inner, SourceSpan Span) : DurationExpr(Span);

/// <summary>Operators between durations.</summary>
public enum DurationOp
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

    /// <summary><c>min_of(a, b)</c></summary>
    MinOf,

    /// <summary><c>max_of(a, b)</c></summary>
    MaxOf,
}
