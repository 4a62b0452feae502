using Pleiad.Model;

namespace Pleiad.Alerting;

internal enum TemplateTokenKind
{
    Error,
    EndOfInput,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Assign,
    Declare,
    Pipe,
    Comma,
    LeftParen,
    RightParen,
    Dot,
    Field,
    Variable,
    Identifier,
    Keyword,
    Nil,
    Bool,
    Number,
    Character,
    String,
    RawString,
    Other,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="Text">As written; the message where it is an error.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, int Start, string Text, int Line)
{
    private const int ShownMax = 10;

    /// <summary>As Go's messages name it.</summary>
    public override string ToString() => Kind switch
    {
        TemplateTokenKind.EndOfInput => "EOF",
        TemplateTokenKind.Error => Text,
        TemplateTokenKind.Keyword or TemplateTokenKind.Nil => $"<{Text}>",
        _ => Text.Length > ShownMax ? QuotedText.Of(Text[..ShownMax]) + "..." : QuotedText.Of(Text),
    };
}
