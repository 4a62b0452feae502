namespace Pleiad.Node;

/// <summary>What a token is.</summary>
internal enum HoconTokenKind
{
    End,
    Newline,
    Space,
    BraceOpen,
    BraceClose,
    BracketOpen,
    BracketClose,
    Comma,
    Assign,
    Append,
    Quoted,
    Text,
    Number,
    Substitution,
}

/// <summary>A token with its line.</summary>
/// <param name="Text">Value of a string, source of a text, number or run of spaces, empty for signs.</param>
/// <param name="Path">The path of a substitution.</param>
/// <param name="Optional">Whether a substitution may be undefined.</param>
internal sealed record HoconToken(HoconTokenKind Kind, int Line, string Text = "", IReadOnlyList<string>? Path = null, bool Optional = false);
