using System.Text.RegularExpressions;

namespace Pleiad.Model;

/// <summary>A regular expression in RE2 syntax that must match the whole string, evaluated in linear time.</summary>
public sealed class AnchoredRegex
{
    /// <summary>Characters a pattern may have.</summary>
    public const int PatternCharsMax = 4096;

    private readonly Regex _regex;

    private AnchoredRegex(string pattern, Regex regex)
    {
        Pattern = pattern;
        _regex = regex;
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="RegexSyntaxException">Not valid RE2 syntax, or too large.</exception>
    public static AnchoredRegex Compile(string pattern)
    {
        if (pattern.Length > PatternCharsMax)
        {
            throw new RegexSyntaxException(pattern, $"pattern is longer than {PatternCharsMax} characters");
        }

        try
        {
            return new AnchoredRegex(
                pattern,
                new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new RegexSyntaxException(pattern, e.Message);
        }
    }

    /// <summary>Whether the whole value matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> value) => _regex.IsMatch(value);
}
