using System.Text;

namespace Pleiad.Model;

/// <summary>What can be said about a pattern without an automaton: the few texts it matches, or how they begin, end, and what they contain.</summary>
internal sealed record RegexShape
{
    /// <summary>Texts that <see cref="Literals"/> may hold.</summary>
    public const int LiteralsMax = 1024;

    private const int LiteralCharsMax = 1 << 16;
    private const int SetSizeMax = 64;
    private const int CopiesMax = 16;

    /// <summary>How a pattern can be decided.</summary>
    public enum Way
    {
        /// <summary>By its automaton.</summary>
        Automaton,

        /// <summary>By looking among <see cref="Literals"/>.</summary>
        Literals,

        /// <summary>By its two ends: <see cref="Prefix"/>, anything of at least <see cref="BetweenMin"/> characters, <see cref="Suffix"/>.</summary>
        Ends,

        /// <summary>By containing <see cref="Middle"/>.</summary>
        Contains,
    }

    /// <summary>How to decide.</summary>
    public Way Decide { get; private init; }

    /// <summary>All texts that match, no text twice; null where they are too many.</summary>
    public string[]? Literals { get; private init; }

    /// <summary>How every match begins; may be empty.</summary>
    public string Prefix { get; private init; } = string.Empty;

    /// <summary>How every match ends; set for <see cref="Way.Ends"/> alone.</summary>
    public string Suffix { get; private init; } = string.Empty;

    /// <summary>What every match contains; set for <see cref="Way.Contains"/> alone.</summary>
    public string Middle { get; private init; } = string.Empty;

    /// <summary>0 or 1: characters at least between the ends.</summary>
    public int BetweenMin { get; private init; }

    /// <summary>The shape of a pattern that has to match a whole text.</summary>
    public static RegexShape Of(RegexNode node)
    {
        RegexNode core = WithoutEdge(WithoutEdge(node, RegexAssertion.TextStart), RegexAssertion.TextEnd);
        string prefix = WholeCharacters(PrefixOf(core).Text);
        if (TextsOf(core) is { } texts)
        {
            return new RegexShape { Decide = Way.Literals, Literals = [.. texts.Distinct(StringComparer.Ordinal)], Prefix = prefix };
        }

        var parts = new List<RegexNode>();
        Flatten(core, parts);
        int first = 0;
        int last = parts.Count - 1;
        string head = TakeLiterals(parts, ref first, last, 1);
        if (first == last && AnyCount(parts[first]) is >= 0 and int between)
        {
            return new RegexShape { Decide = Way.Ends, Prefix = head, BetweenMin = between };
        }

        string tail = TakeLiterals(parts, ref last, first, -1);
        if (first == last && AnyCount(parts[first]) is >= 0 and int amid)
        {
            return new RegexShape { Decide = Way.Ends, Prefix = head, Suffix = tail, BetweenMin = amid };
        }

        if (parts.Count > 2 && AnyCount(parts[0]) == 0 && AnyCount(parts[^1]) == 0)
        {
            int at = 1;
            string middle = TakeLiterals(parts, ref at, parts.Count - 2, 1);
            if (at == parts.Count - 1)
            {
                return new RegexShape { Decide = Way.Contains, Middle = middle };
            }
        }

        return new RegexShape { Prefix = prefix };
    }

    // ^ at the start and $ at the end say what being anchored says already.
    private static RegexNode WithoutEdge(RegexNode node, RegexAssertion edge)
    {
        switch (node)
        {
            case RegexNode.Assert assert when assert.Kind == edge:
                return RegexNode.Empty;
            case RegexNode.Capture capture:
                return new RegexNode.Capture(WithoutEdge(capture.Body, edge), capture.Index);
            case RegexNode.Choice choice:
                return new RegexNode.Choice([.. choice.Branches.Select(b => WithoutEdge(b, edge))]);
            case RegexNode.Sequence { Parts.Count: > 0 } sequence:
                RegexNode[] parts = [.. sequence.Parts];
                int at = edge == RegexAssertion.TextStart ? 0 : parts.Length - 1;
                parts[at] = WithoutEdge(parts[at], edge);
                return new RegexNode.Sequence(parts);
            default:
                return node;
        }
    }

    private static void Flatten(RegexNode node, List<RegexNode> into)
    {
        switch (node)
        {
            case RegexNode.Sequence sequence:
                foreach (RegexNode part in sequence.Parts)
                {
                    Flatten(part, into);
                }

                break;
            case RegexNode.Capture capture:
                Flatten(capture.Body, into);
                break;
            default:
                into.Add(node);
                break;
        }
    }

    // 0 for .*, 1 for .+, else -1.
    private static int AnyCount(RegexNode node) =>
        node is RegexNode.Repeat { Min: 0 or 1, Max: -1 } repeat && Unwrapped(repeat.Body) is RegexNode.Rune rune && rune.Set.Equals(RuneSet.All)
            ? repeat.Min
            : -1;

    private static RegexNode Unwrapped(RegexNode node)
    {
        while (node is RegexNode.Capture capture)
        {
            node = capture.Body;
        }

        return node;
    }

    private static string TakeLiterals(List<RegexNode> parts, ref int at, int stop, int step)
    {
        string text = string.Empty;
        while (at != stop + step && parts[at] is RegexNode.Rune { Set: var set } && IsOne(set))
        {
            string one = Text(set.Ends[0]);
            text = step > 0 ? text + one : one + text;
            at += step;
        }

        return text;
    }

    private static (string Text, bool Whole) PrefixOf(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.Rune rune:
                return IsOne(rune.Set) ? (Text(rune.Set.Ends[0]), true) : (string.Empty, false);
            case RegexNode.Capture capture:
                return PrefixOf(capture.Body);
            case RegexNode.Assert:
                return (string.Empty, true);
            case RegexNode.Repeat { Min: > 0 } repeat:
                return (PrefixOf(repeat.Body).Text, false);
            case RegexNode.Sequence sequence:
                var text = new StringBuilder();
                foreach (RegexNode part in sequence.Parts)
                {
                    (string more, bool whole) = PrefixOf(part);
                    text.Append(more);
                    if (!whole)
                    {
                        return (text.ToString(), false);
                    }
                }

                return (text.ToString(), true);
            case RegexNode.Choice choice:
                string shared = PrefixOf(choice.Branches[0]).Text;
                foreach (RegexNode branch in choice.Branches.Skip(1))
                {
                    shared = shared[..shared.AsSpan().CommonPrefixLength(PrefixOf(branch).Text)];
                }

                return (shared, false);
            default:
                return (string.Empty, false);
        }
    }

    private static string WholeCharacters(string text) => text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[..^1] : text;

    private static List<string>? TextsOf(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.Rune rune:
                return rune.Set.Size <= SetSizeMax ? TextsOf(rune.Set) : null;
            case RegexNode.Capture capture:
                return TextsOf(capture.Body);
            case RegexNode.Choice choice:
                var all = new List<string>();
                foreach (RegexNode branch in choice.Branches)
                {
                    if (TextsOf(branch) is not { } some || all.Count + some.Count > LiteralsMax)
                    {
                        return null;
                    }

                    all.AddRange(some);
                }

                return all;
            case RegexNode.Sequence sequence:
                return Joined(sequence.Parts);
            case RegexNode.Repeat { Max: >= 0 and <= CopiesMax } repeat:
                var counted = new List<string>();
                for (int count = repeat.Min; count <= repeat.Max; count++)
                {
                    if (Joined([.. Enumerable.Repeat(repeat.Body, count)]) is not { } some || counted.Count + some.Count > LiteralsMax)
                    {
                        return null;
                    }

                    counted.AddRange(some);
                }

                return counted;
            default:
                return null;
        }
    }

    private static List<string>? Joined(IReadOnlyList<RegexNode> parts)
    {
        List<string> texts = [string.Empty];
        foreach (RegexNode part in parts)
        {
            if (TextsOf(part) is not { } some
                || (long)texts.Count * some.Count > LiteralsMax
                || (long)texts.Count * some.Count * (texts.Max(t => t.Length) + (some.Count == 0 ? 0 : some.Max(t => t.Length))) > LiteralCharsMax)
            {
                return null;
            }

            if (some.Count == 0)
            {
                return some;
            }

            texts = some is [var only]
                ? texts.ConvertAll(t => t + only)
                : [.. texts.SelectMany(t => some.Select(s => t + s))];
        }

        return texts;
    }

    private static List<string>? TextsOf(RuneSet set)
    {
        var texts = new List<string>(set.Size);
        ReadOnlySpan<int> ends = set.Ends;
        for (int i = 0; i < ends.Length; i += 2)
        {
            for (int rune = ends[i]; rune <= ends[i + 1]; rune++)
            {
                if (!Rune.IsValid(rune))
                {
                    return null;
                }

                texts.Add(Text(rune));
            }
        }

        return texts;
    }

    private static bool IsOne(RuneSet set) => set.Ends is [var first, var last] && first == last && Rune.IsValid(first);

    private static string Text(int rune) => char.ConvertFromUtf32(rune);
}
