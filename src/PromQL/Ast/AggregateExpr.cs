namespace Pleiad.PromQL;

/// <summary>Aggregation operators.</summary>
public enum AggregateOp
{
    /// <summary><c>sum</c></summary>
    Sum,

    /// <summary><c>avg</c></summary>
    Avg,

    /// <summary><c>min</c></summary>
    Min,

    /// <summary><c>max</c></summary>
    Max,

    /// <summary><c>group</c></summary>
    Group,

    /// <summary><c>count</c></summary>
    Count,

    /// <summary><c>stddev</c></summary>
    Stddev,

    /// <summary><c>stdvar</c></summary>
    Stdvar,

    /// <summary><c>topk</c></summary>
    TopK,

    /// <summary><c>bottomk</c></summary>
    BottomK,

    /// <summary><c>quantile</c></summary>
    Quantile,

    /// <summary><c>count_values</c></summary>
    CountValues,

    /// <summary><c>limitk</c></summary>
    LimitK,

    /// <summary><c>limit_ratio</c></summary>
    LimitRatio,
}

/// <summary>An aggregation over series.</summary>
/// <param name="Parameter">k, quantile, ratio or label name; null for operators without one.</param>
/// <param name="Without">True: group by all labels but <paramref name="Grouping"/>.</param>
/// <param name="Grouping">Names of <c>by</c> or <c>without</c>; empty with <c>Without</c> false where no clause was written.</param>
public sealed record AggregateExpr(
    AggregateOp Op, Expr Inner, Expr? Parameter, bool Without, IReadOnlyList<string> Grouping, SourceSpan Span) : Expr(Span)
{
    /// <inheritdoc/>
    public override ExprType Type => ExprType.Vector;
}
