using System.Text;

namespace Pleiad.Scraping;

/// <summary>Fills environment variables into texts: <c>$VAR</c> and <c>${VAR}</c>; <c>$$</c> is a dollar, an unknown variable is empty.</summary>
/// <remarks>As Go's <c>os.Expand</c>, which Prometheus applies to the values of external labels and to nothing else in its file.</remarks>
internal static class EnvironmentText
{
    public static string Expand(string text, Func<string, string?> variable)
    {
        var expanded = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                expanded.Append(text[at++]);
                continue;
            }

            (string name, int length) = NameAt(text.AsSpan(at + 1));
            if (name == "$")
            {
                expanded.Append('$');
            }
            else if (name.Length > 0)
            {
                expanded.Append(variable(name) ?? string.Empty);
            }
            else if (length == 0)
            {
                // A dollar before something that is no name stays.
                expanded.Append('$');
            }

            at += 1 + length;
        }

        return expanded.ToString();
    }

    private static (string Name, int Length) NameAt(ReadOnlySpan<char> text)
    {
        if (text[0] == '{')
        {
            int close = text.IndexOf('}');
            return close < 0 ? (string.Empty, 1) : (text[1..close].ToString(), close + 1);
        }

        if (text[0] is '*' or '#' or '$' or '@' or '!' or '?' or '-' || char.IsAsciiDigit(text[0]))
        {
            return (text[..1].ToString(), 1);
        }

        int end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return (text[..end].ToString(), end);
    }
}
