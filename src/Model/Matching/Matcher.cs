namespace Pleiad.Model;

/// <summary>One condition on a label: name, kind, value. An absent label counts as the empty string.</summary>
public sealed class Matcher : IEquatable<Matcher>
{
    private readonly AnchoredRegex? _regex;

    /// <summary>A matcher.</summary>
    /// <param name="name">Label name.</param>
    /// <param name="kind">How to compare.</param>
    /// <param name="value">A value, or a pattern in RE2 syntax for the regex kinds.</param>
    /// <exception cref="RegexSyntaxException">The pattern is not valid RE2 syntax, or too large.</exception>
    public Matcher(string name, MatchKind kind, string value)
    {
        Name = name;
        Kind = kind;
        Value = value;
        if (kind is MatchKind.Regex or MatchKind.NotRegex)
        {
            _regex = AnchoredRegex.Compile(value);
        }
    }

    /// <summary>Label name.</summary>
    public string Name { get; }

    /// <summary>How it compares.</summary>
    public MatchKind Kind { get; }

    /// <summary>The value or pattern as written.</summary>
    public string Value { get; }

    /// <summary>The compiled pattern of the regex kinds, else null.</summary>
    public AnchoredRegex? Regex => _regex;

    /// <summary>Whether an absent label satisfies this matcher.</summary>
    public bool MatchesEmpty => Matches(string.Empty);

    /// <summary>Whether the series that have the label satisfy this matcher and no others: <c>!=""</c>, <c>=~".+"</c>.</summary>
    public bool WantsPresence => Kind switch
    {
        MatchKind.NotEqual => Value.Length == 0,
        MatchKind.Regex => _regex!.MatchesNonEmpty,
        _ => false,
    };

    /// <summary>Whether the series that do not have the label satisfy this matcher and no others: <c>=""</c>, <c>!~".+"</c>.</summary>
    public bool WantsAbsence => Kind switch
    {
        MatchKind.Equal => Value.Length == 0,
        MatchKind.NotRegex => _regex!.MatchesNonEmpty,
        _ => false,
    };

    /// <summary>Whether a value satisfies this matcher.</summary>
    public bool Matches(string value) => Kind switch
    {
        MatchKind.Equal => string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.NotEqual => !string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.Regex => _regex!.IsMatch(value),
        _ => !_regex!.IsMatch(value),
    };

    /// <summary>Whether the labels satisfy this matcher.</summary>
    public bool Matches(Labels labels) => Matches(labels.Get(Name));

    /// <summary>The text of a kind: <c>=</c>, <c>!=</c>, <c>=~</c>, <c>!~</c>.</summary>
    public static string TextOf(MatchKind kind) => kind switch
    {
        MatchKind.Equal => "=",
        MatchKind.NotEqual => "!=",
        MatchKind.Regex => "=~",
        _ => "!~",
    };

    /// <inheritdoc/>
    public bool Equals(Matcher? other) => other is not null && Kind == other.Kind && Name == other.Name && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Matcher);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Kind, Value);

    /// <summary>As written in a selector, name quoted where it has to be.</summary>
    public override string ToString() =>
        (LabelName.IsLegacy(Name) ? Name : QuotedText.Of(Name)) + TextOf(Kind) + QuotedText.Of(Value);
}
