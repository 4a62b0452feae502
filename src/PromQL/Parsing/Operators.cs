namespace Pleiad.PromQL;

/// <summary>Operators and aggregators: their texts, their tokens, how closely they bind.</summary>
internal static class Operators
{
    /// <summary>The operator a token stands for, or null.</summary>
    public static BinaryOp? BinaryOf(TokenKind kind) => kind switch
    {
        TokenKind.Add => BinaryOp.Add,
        TokenKind.Subtract => BinaryOp.Subtract,
        TokenKind.Multiply => BinaryOp.Multiply,
        TokenKind.Divide => BinaryOp.Divide,
        TokenKind.Modulo => BinaryOp.Modulo,
        TokenKind.Power => BinaryOp.Power,
        TokenKind.Atan2 => BinaryOp.Atan2,
        TokenKind.Equal => BinaryOp.Equal,
        TokenKind.NotEqual => BinaryOp.NotEqual,
        TokenKind.Less => BinaryOp.Less,
        TokenKind.LessOrEqual => BinaryOp.LessOrEqual,
        TokenKind.Greater => BinaryOp.Greater,
        TokenKind.GreaterOrEqual => BinaryOp.GreaterOrEqual,
        TokenKind.TrimUpper => BinaryOp.TrimUpper,
        TokenKind.TrimLower => BinaryOp.TrimLower,
        TokenKind.And => BinaryOp.And,
        TokenKind.Or => BinaryOp.Or,
        TokenKind.Unless => BinaryOp.Unless,
        _ => null,
    };

    /// <summary>How closely an operator binds: 1 for <c>or</c> to 6 for <c>^</c>.</summary>
    public static int LevelOf(BinaryOp op) => op switch
    {
        BinaryOp.Or => 1,
        BinaryOp.And or BinaryOp.Unless => 2,
        BinaryOp.Add or BinaryOp.Subtract => 4,
        BinaryOp.Multiply or BinaryOp.Divide or BinaryOp.Modulo or BinaryOp.Atan2 => 5,
        BinaryOp.Power => 6,
        _ => 3,
    };

    /// <summary>The text of an operator.</summary>
    public static string TextOf(BinaryOp op) => op switch
    {
        BinaryOp.Add => "+",
        BinaryOp.Subtract => "-",
        BinaryOp.Multiply => "*",
        BinaryOp.Divide => "/",
        BinaryOp.Modulo => "%",
        BinaryOp.Power => "^",
        BinaryOp.Atan2 => "atan2",
        BinaryOp.Equal => "==",
        BinaryOp.NotEqual => "!=",
        BinaryOp.Less => "<",
        BinaryOp.LessOrEqual => "<=",
        BinaryOp.Greater => ">",
        BinaryOp.GreaterOrEqual => ">=",
        BinaryOp.TrimUpper => "</",
        BinaryOp.TrimLower => ">/",
        BinaryOp.And => "and",
        BinaryOp.Or => "or",
        _ => "unless",
    };

    /// <summary>Whether an operator compares and so may take <c>bool</c>.</summary>
    public static bool IsComparison(BinaryOp op) =>
        op is BinaryOp.Equal or BinaryOp.NotEqual or BinaryOp.Less or BinaryOp.LessOrEqual or BinaryOp.Greater or BinaryOp.GreaterOrEqual;

    /// <summary>Whether an operator works on sets of series.</summary>
    public static bool IsSet(BinaryOp op) => op is BinaryOp.And or BinaryOp.Or or BinaryOp.Unless;

    /// <summary>The aggregator a token stands for.</summary>
    public static AggregateOp AggregateOf(TokenKind kind) => kind switch
    {
        TokenKind.Sum => AggregateOp.Sum,
        TokenKind.Avg => AggregateOp.Avg,
        TokenKind.Count => AggregateOp.Count,
        TokenKind.Min => AggregateOp.Min,
        TokenKind.Max => AggregateOp.Max,
        TokenKind.Group => AggregateOp.Group,
        TokenKind.Stddev => AggregateOp.Stddev,
        TokenKind.Stdvar => AggregateOp.Stdvar,
        TokenKind.TopK => AggregateOp.TopK,
        TokenKind.BottomK => AggregateOp.BottomK,
        TokenKind.CountValues => AggregateOp.CountValues,
        TokenKind.Quantile => AggregateOp.Quantile,
        TokenKind.LimitK => AggregateOp.LimitK,
        TokenKind.LimitRatio => AggregateOp.LimitRatio,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an aggregator"),
    };

    /// <summary>The name of an aggregator.</summary>
    public static string NameOf(AggregateOp op) => op switch
    {
        AggregateOp.Sum => "sum",
        AggregateOp.Avg => "avg",
        AggregateOp.Min => "min",
        AggregateOp.Max => "max",
        AggregateOp.Group => "group",
        AggregateOp.Count => "count",
        AggregateOp.Stddev => "stddev",
        AggregateOp.Stdvar => "stdvar",
        AggregateOp.TopK => "topk",
        AggregateOp.BottomK => "bottomk",
        AggregateOp.Quantile => "quantile",
        AggregateOp.CountValues => "count_values",
        AggregateOp.LimitK => "limitk",
        _ => "limit_ratio",
    };

    /// <summary>Whether an aggregator takes a parameter in front of the vector.</summary>
    public static bool HasParameter(AggregateOp op) =>
        op is AggregateOp.TopK or AggregateOp.BottomK or AggregateOp.Quantile or AggregateOp.CountValues or AggregateOp.LimitK or AggregateOp.LimitRatio;
}
