namespace Pleiad.Model;

/// <summary>A condition on a place between characters.</summary>
internal enum RegexAssertion
{
    /// <summary><c>\A</c>, and <c>^</c> without the flag m.</summary>
    TextStart,

    /// <summary><c>\z</c>, and <c>$</c> without the flag m.</summary>
    TextEnd,

    /// <summary><c>^</c> with the flag m.</summary>
    LineStart,

    /// <summary><c>$</c> with the flag m.</summary>
    LineEnd,

    /// <summary><c>\b</c>, ASCII.</summary>
    WordEdge,

    /// <summary><c>\B</c>, ASCII.</summary>
    NoWordEdge,
}

/// <summary>A pattern as a tree.</summary>
internal abstract record RegexNode
{
    /// <summary>Matches the empty string.</summary>
    public static readonly RegexNode Empty = new Sequence([]);

    private RegexNode()
    {
    }

    /// <summary>One character of a set; the empty set matches nothing.</summary>
    public sealed record Rune(RuneSet Set) : RegexNode;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>One of several, the first that leads to a match preferred.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Branches) : RegexNode;

    /// <summary>Again and again; <paramref name="Max"/> is -1 for no end.</summary>
    public sealed record Repeat(RegexNode Body, int Min, int Max, bool Greedy) : RegexNode;

    /// <summary>A group whose text is kept.</summary>
    public sealed record Capture(RegexNode Body, int Index) : RegexNode;

    /// <summary>A condition that takes no character.</summary>
    public sealed record Assert(RegexAssertion Kind) : RegexNode;
}
