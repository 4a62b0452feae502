namespace Pleiad.Model;

/// <summary>What stands beside a place in a text, as far as assertions ask.</summary>
internal enum RegexBeside : byte
{
    /// <summary>Start or end of the text.</summary>
    Nothing,

    /// <summary>A newline.</summary>
    Newline,

    /// <summary>An ASCII letter, digit or underscore.</summary>
    Word,

    /// <summary>Any other character.</summary>
    Other,
}

/// <summary>Characters and assertions as RE2 sees them.</summary>
internal static class RegexSurroundings
{
    /// <summary>What a character counts as.</summary>
    public static RegexBeside Of(int rune) =>
        rune == '\n' ? RegexBeside.Newline : RuneClasses.IsWord(rune) ? RegexBeside.Word : RegexBeside.Other;

    /// <summary>Whether an assertion holds between two characters.</summary>
    public static bool Holds(RegexAssertion assertion, RegexBeside before, RegexBeside after) => assertion switch
    {
        RegexAssertion.TextStart => before == RegexBeside.Nothing,
        RegexAssertion.TextEnd => after == RegexBeside.Nothing,
        RegexAssertion.LineStart => before is RegexBeside.Nothing or RegexBeside.Newline,
        RegexAssertion.LineEnd => after is RegexBeside.Nothing or RegexBeside.Newline,
        RegexAssertion.WordEdge => (before == RegexBeside.Word) != (after == RegexBeside.Word),
        _ => (before == RegexBeside.Word) == (after == RegexBeside.Word),
    };

    /// <summary>The character at a place and how many UTF-16 units it takes; a lone surrogate is a character of its own.</summary>
    public static int RuneAt(ReadOnlySpan<char> text, int at, out int length)
    {
        char c = text[at];
        if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            length = 2;
            return char.ConvertToUtf32(c, text[at + 1]);
        }

        length = 1;
        return c;
    }
}
