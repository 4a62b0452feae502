using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The <c>@</c> modifier: a fixed time, or an end of the query's range.</summary>
public enum AtKind
{
    /// <summary><c>@ 1609746000.123</c></summary>
    Time,

    /// <summary><c>@ start()</c></summary>
    Start,

    /// <summary><c>@ end()</c></summary>
    End,
}

/// <summary>The <c>@</c> modifier.</summary>
/// <param name="Kind">Fixed, start or end.</param>
/// <param name="Time">For <see cref="AtKind.Time"/>.</param>
public readonly record struct AtModifier(AtKind Kind, Timestamp Time);

/// <summary>How a selector treats the edges of its window.</summary>
public enum WindowMode
{
    /// <summary>As always.</summary>
    Plain,

    /// <summary><c>anchored</c>: starts from the last sample at or before the window.</summary>
    Anchored,

    /// <summary><c>smoothed</c>: interpolates at the edges.</summary>
    Smoothed,
}

/// <summary>An instant vector selector.</summary>
/// <param name="Name">The metric name as written before the braces; empty where it stands inside, quoted or as a matcher on <c>__name__</c>.</param>
/// <param name="Matchers">All conditions in the order written; the one on <c>__name__</c> that <paramref name="Name"/> means comes last.</param>
/// <param name="Offset">As written, or null.</param>
/// <param name="At">As written, or null.</param>
/// <param name="Window">Plain, anchored or smoothed.</param>
public sealed record VectorSelector(
    string Name, IReadOnlyList<Matcher> Matchers, DurationExpr? Offset, AtModifier? At, WindowMode Window, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => ExprType.Vector;
}

/// <summary>A range vector selector: <c>selector[range]</c>. Offset, <c>@</c> and mode are the inner selector's.</summary>
public sealed record MatrixSelector(VectorSelector Vector, DurationExpr Range, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => ExprType.Matrix;
}

/// <summary>A subquery: <c>expr[range:step]</c>.</summary>
/// <param name="Step">Null where left out: the engine's default step.</param>
public sealed record SubqueryExpr(
    Expr Inner, DurationExpr Range, DurationExpr? Step, DurationExpr? Offset, AtModifier? At, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => ExprType.Matrix;
}
