namespace Pleiad.PromQL;

/// <summary>Kinds of tokens. The groups are contiguous: <see cref="TokenKinds"/> asks for ranges.</summary>
internal enum TokenKind
{
    EndOfInput,
    Identifier,

    /// <summary>An identifier with a colon in it: only a metric can have that name.</summary>
    MetricIdentifier,
    Number,
    Duration,
    String,

    // Punctuation.
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    Assign,

    // Operators.
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    TrimUpper,
    TrimLower,
    EqualRegex,
    NotEqualRegex,
    At,
    And,
    Or,
    Unless,
    Atan2,

    // Aggregators.
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    TopK,
    BottomK,
    CountValues,
    Quantile,
    LimitK,
    LimitRatio,

    // Keywords.
    Offset,
    Smoothed,
    Anchored,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Fill,
    FillLeft,
    FillRight,
    Bool,

    // Names with a meaning inside durations and behind @.
    Start,
    End,
    Step,
    Range,
}

/// <summary>Which group a kind belongs to, and the words of the language.</summary>
internal static class TokenKinds
{
    private static readonly Dictionary<string, TokenKind> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["and"] = TokenKind.And,
        ["or"] = TokenKind.Or,
        ["unless"] = TokenKind.Unless,
        ["atan2"] = TokenKind.Atan2,
        ["sum"] = TokenKind.Sum,
        ["avg"] = TokenKind.Avg,
        ["count"] = TokenKind.Count,
        ["min"] = TokenKind.Min,
        ["max"] = TokenKind.Max,
        ["group"] = TokenKind.Group,
        ["stddev"] = TokenKind.Stddev,
        ["stdvar"] = TokenKind.Stdvar,
        ["topk"] = TokenKind.TopK,
        ["bottomk"] = TokenKind.BottomK,
        ["count_values"] = TokenKind.CountValues,
        ["quantile"] = TokenKind.Quantile,
        ["limitk"] = TokenKind.LimitK,
        ["limit_ratio"] = TokenKind.LimitRatio,
        ["offset"] = TokenKind.Offset,
        ["smoothed"] = TokenKind.Smoothed,
        ["anchored"] = TokenKind.Anchored,
        ["by"] = TokenKind.By,
        ["without"] = TokenKind.Without,
        ["on"] = TokenKind.On,
        ["ignoring"] = TokenKind.Ignoring,
        ["group_left"] = TokenKind.GroupLeft,
        ["group_right"] = TokenKind.GroupRight,
        ["fill"] = TokenKind.Fill,
        ["fill_left"] = TokenKind.FillLeft,
        ["fill_right"] = TokenKind.FillRight,
        ["bool"] = TokenKind.Bool,
        ["start"] = TokenKind.Start,
        ["end"] = TokenKind.End,
        ["step"] = TokenKind.Step,
        ["range"] = TokenKind.Range,
        ["inf"] = TokenKind.Number,
        ["nan"] = TokenKind.Number,
    };

    private static readonly Dictionary<string, TokenKind>.AlternateLookup<ReadOnlySpan<char>> WordLookup =
        Words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The kind of a word, in any case; an identifier where it has no meaning.</summary>
    public static TokenKind OfWord(ReadOnlySpan<char> word) =>
        WordLookup.TryGetValue(word, out TokenKind kind) ? kind : TokenKind.Identifier;

    public static bool IsOperator(this TokenKind kind) => kind is >= TokenKind.Add and <= TokenKind.Atan2;

    public static bool IsAggregator(this TokenKind kind) => kind is >= TokenKind.Sum and <= TokenKind.LimitRatio;

    public static bool IsKeyword(this TokenKind kind) => kind is >= TokenKind.Offset and <= TokenKind.Bool;

    /// <summary>Whether a word of this kind may name a metric where an expression begins.</summary>
    public static bool IsMetricName(this TokenKind kind) => kind switch
    {
        TokenKind.Identifier or TokenKind.MetricIdentifier or TokenKind.And or TokenKind.Or or TokenKind.Unless => true,
        TokenKind.Offset or TokenKind.Smoothed or TokenKind.Anchored or TokenKind.By or TokenKind.Without => true,
        TokenKind.Start or TokenKind.End or TokenKind.Step or TokenKind.Range => true,
        _ => kind.IsAggregator(),
    };

    /// <summary>Whether a word of this kind may name a label in a list of labels.</summary>
    public static bool IsLabelName(this TokenKind kind) =>
        kind is TokenKind.Identifier or TokenKind.And or TokenKind.Or or TokenKind.Unless or TokenKind.Atan2
        || kind is >= TokenKind.Sum and <= TokenKind.Range;
}
