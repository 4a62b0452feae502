using System.Collections.Frozen;
using System.Text;

namespace Pleiad.Model;

/// <summary>
/// A regular expression in RE2 syntax that must match the whole string, decided in time linear in the string whatever the pattern.
/// The dot matches newlines, as in Prometheus 3. Immutable to its users; safe for many at once.
/// </summary>
/// <remarks>
/// Syntax and meaning: github.com/google/re2/wiki/Syntax. The engine is our own because .NET's means other things by the same text:
/// its <c>\b</c> is Unicode, its characters are UTF-16 units, its classes know no scripts, and its error texts are not RE2's.
/// There is no backtracking anywhere: <see cref="RegexAutomaton"/> answers, <see cref="RegexCaptures"/> finds groups.
/// </remarks>
public sealed class AnchoredRegex
{
    /// <summary>Characters a pattern may have.</summary>
    public const int PatternCharsMax = 4096;

    // Up to here comparing one by one beats hashing.
    private const int ComparedMax = 4;
    private const int BoundsOnStackMax = 64;

    private readonly RegexShape _shape;
    private readonly RegexProgram _program;
    private readonly RegexAutomaton? _automaton;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>>? _literals;

    private AnchoredRegex(string pattern, RegexShape shape, RegexProgram program, IReadOnlyList<string> groupNames)
    {
        Pattern = pattern;
        GroupNames = groupNames;
        _shape = shape;
        _program = program;
        if (shape.Decide == RegexShape.Way.Automaton)
        {
            _automaton = new RegexAutomaton(program);
        }
        else if (shape.Literals is { Length: > ComparedMax } literals)
        {
            _literals = literals.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        }
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>
    /// All values that match, no value twice, where they are few enough to say (<c>a|b|c</c>, <c>(a|b)c</c>, <c>node[1-3]</c>); else null.
    /// Look these up instead of trying every value. May hold the empty string, which an absent label equals; empty where nothing can match.
    /// </summary>
    public IReadOnlyList<string>? LiteralSet => _shape.Literals;

    /// <summary>How every value that matches begins; empty where nothing is known. Narrows a search in sorted values.</summary>
    public string Prefix => _shape.Prefix;

    /// <summary>Whether every value matches, the empty one included: <c>.*</c>.</summary>
    public bool MatchesAll => _shape is { Decide: RegexShape.Way.Ends, BetweenMin: 0, Prefix.Length: 0, Suffix.Length: 0 };

    /// <summary>Whether every value but the empty one matches, and that one does not: <c>.+</c>.</summary>
    public bool MatchesNonEmpty => _shape is { Decide: RegexShape.Way.Ends, BetweenMin: 1, Prefix.Length: 0, Suffix.Length: 0 };

    /// <summary>Names of the groups by number, empty where a group has none; number 0 is the whole match.</summary>
    public IReadOnlyList<string> GroupNames { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="RegexSyntaxException">
    /// Not valid RE2 syntax (look-around, back-references and possessive operators are not), longer than <see cref="PatternCharsMax"/>,
    /// or its counts expand to more than 10 000 steps.
    /// </exception>
    public static AnchoredRegex Compile(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (pattern.Length > PatternCharsMax)
        {
            throw new RegexSyntaxException(pattern, $"pattern is longer than {PatternCharsMax} characters");
        }

        RegexNode node = RegexParser.Parse(pattern, out IReadOnlyList<string> groupNames);
        RegexProgram program = RegexProgram.Compile(node)
            ?? throw new RegexSyntaxException(pattern, $"expression too large: `{pattern}`");
        return new AnchoredRegex(pattern, RegexShape.Of(node), program, groupNames);
    }

    /// <summary>Whether the whole value matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> value)
    {
        switch (_shape.Decide)
        {
            case RegexShape.Way.Literals:
                return IsLiteral(value);
            case RegexShape.Way.Ends:
                return value.Length >= _shape.Prefix.Length + _shape.Suffix.Length + _shape.BetweenMin
                    && value.StartsWith(_shape.Prefix) && value.EndsWith(_shape.Suffix);
            case RegexShape.Way.Contains:
                return value.Contains(_shape.Middle, StringComparison.Ordinal);
            default:
                return _automaton!.IsMatch(value);
        }
    }

    /// <summary>Matches the whole value and says what each group took.</summary>
    /// <param name="value">The value.</param>
    /// <param name="bounds">
    /// Twice as long as <see cref="GroupNames"/>: start and end of each group in characters of the value, -1 where a group took no part.
    /// </param>
    /// <returns>Whether it matches; where it does not, the bounds mean nothing.</returns>
    public bool TryMatch(ReadOnlySpan<char> value, Span<int> bounds)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bounds.Length, 2 * GroupNames.Count);
        if (!IsMatch(value))
        {
            return false;
        }

        if (GroupNames.Count == 1)
        {
            bounds[0] = 0;
            bounds[1] = value.Length;
            return true;
        }

        return RegexCaptures.TryMatch(_program, value, 0, bounds);
    }

    /// <summary>Matches all of a value from a place on; what stands before the place is seen by assertions.</summary>
    internal bool TryMatchFrom(ReadOnlySpan<char> value, int from, Span<int> bounds) => RegexCaptures.TryMatch(_program, value, from, bounds);

    /// <summary>Matches the whole value and fills a template with what the groups took.</summary>
    /// <param name="value">The value.</param>
    /// <param name="template">
    /// In Go's notation: <c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>$$</c>; the longest name counts, so <c>$1x</c> is the group "1x".
    /// </param>
    /// <returns>The filled template, or null where the value does not match.</returns>
    public string? Expand(ReadOnlySpan<char> value, string template, int charsMax = int.MaxValue)
    {
        int length = 2 * GroupNames.Count;
        Span<int> bounds = length <= BoundsOnStackMax ? stackalloc int[length] : new int[length];
        if (!template.Contains('$', StringComparison.Ordinal))
        {
            return IsMatch(value) ? template : null;
        }

        if (!TryMatch(value, bounds))
        {
            return null;
        }

        var filled = new StringBuilder();
        GroupTemplate.Expand(template, value, bounds, GroupNames, charsMax, filled);
        return filled.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Pattern;

    private bool IsLiteral(ReadOnlySpan<char> value)
    {
        if (_literals is { } lookup)
        {
            return lookup.Contains(value);
        }

        foreach (string literal in _shape.Literals!)
        {
            if (value.SequenceEqual(literal))
            {
                return true;
            }
        }

        return false;
    }
}
