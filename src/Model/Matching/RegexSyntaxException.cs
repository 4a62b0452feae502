namespace Pleiad.Model;

/// <summary>A pattern that RE2 would refuse, or that is larger than the limits allow.</summary>
/// <remarks>The message reads as Go's: <c>error parsing regexp: missing closing ): `(a`</c>.</remarks>
public sealed class RegexSyntaxException(string pattern, string reason)
    : FormatException($"error parsing regexp: {reason}")
{
    /// <summary>The pattern as given.</summary>
    public string Pattern { get; } = pattern;

    /// <summary>Why it was refused.</summary>
    public string Reason { get; } = reason;
}
