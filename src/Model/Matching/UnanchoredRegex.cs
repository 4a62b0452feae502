using System.Text;

namespace Pleiad.Model;

/// <summary>A pattern that may match anywhere in a text, the leftmost place first, as Go's <c>regexp</c> searches. Linear in the text for each match.</summary>
public sealed class UnanchoredRegex
{
    // Here a dot is no newline, unlike in a matcher. The pattern is a group of its own, so that the anchored engine finds where it begins: as early as it can, for the text before is taken lazily.
    private readonly AnchoredRegex _around;
    private readonly string[] _groupNames;

    private UnanchoredRegex(AnchoredRegex around)
    {
        _around = around;
        _groupNames = [.. around.GroupNames.Skip(1)];
    }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="RegexSyntaxException">Not RE2 syntax, or too large.</exception>
    public static UnanchoredRegex Compile(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);

        // By itself first: what the pattern does wrong is to be said of the pattern, not of what is put around it.
        _ = AnchoredRegex.Compile(pattern);
        return new UnanchoredRegex(AnchoredRegex.Compile($"(?s:.*?)((?-s:{pattern}))(?s:.*)"));
    }

    /// <summary>Whether it matches somewhere.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => _around.IsMatch(text);

    /// <summary>The text with every match, from left to right and without overlaps, replaced by a filled template (<c>$1</c>, <c>${name}</c>, <c>$$</c>).</summary>
    public string Replace(ReadOnlySpan<char> text, string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var replaced = new StringBuilder();
        var bounds = new int[2 * _around.GroupNames.Count];
        int copied = 0;
        int from = 0;
        while (from <= text.Length && _around.TryMatchFrom(text, from, bounds))
        {
            (int start, int end) = (bounds[2], bounds[3]);
            replaced.Append(text[copied..start]);

            // Nothing right behind a match is no match of its own.
            if (end > copied || start == 0)
            {
                GroupTemplate.Expand(template, text, bounds.AsSpan(2), _groupNames, int.MaxValue, replaced);
            }

            copied = end;
            int next = from;
            if (from < text.Length)
            {
                _ = RegexSurroundings.RuneAt(text, from, out int length);
                next += length;
            }
            else
            {
                next++;
            }

            from = Math.Max(next, end);
        }

        return replaced.Append(text[copied..]).ToString();
    }
}
