using System.Text;

namespace Pleiad.Dashboards;

/// <summary>A query with variables in it: <c>$name</c>, <c>${name}</c>, <c>${name:format}</c>, <c>${name.path}</c>, <c>[[name]]</c>.</summary>
internal static class QueryTemplate
{
    /// <summary>Puts something in the place of each variable.</summary>
    /// <param name="query">The text.</param>
    /// <param name="value">Gets the name, whether it stands inside a quoted text, and whether a duration belongs there.</param>
    public static string Fill(string query, Func<string, bool, bool, string> value)
    {
        var filled = new StringBuilder(query.Length);
        char quote = '\0';
        for (int i = 0; i < query.Length; i++)
        {
            if (Variable(query, i, out string name) is > 0 and var length)
            {
                filled.Append(value(name, quote != '\0', quote == '\0' && WantsDuration(filled)));
                i += length - 1;
                continue;
            }

            char c = query[i];
            filled.Append(c);
            if (quote == '\0')
            {
                if (c is '"' or '\'' or '`')
                {
                    quote = c;
                }
                else if (c == '#')
                {
                    // A comment may hold half of a quotation.
                    while (i + 1 < query.Length && query[i + 1] != '\n')
                    {
                        filled.Append(query[++i]);
                    }
                }
            }
            else if (c == '\\' && quote != '`' && i + 1 < query.Length)
            {
                filled.Append(query[++i]);
            }
            else if (c == quote)
            {
                quote = '\0';
            }
        }

        return filled.ToString();
    }

    private static bool WantsDuration(StringBuilder before)
    {
        int at = before.Length - 1;
        while (at >= 0 && char.IsWhiteSpace(before[at]))
        {
            at--;
        }

        return at >= 0 && (before[at] is '[' or ':' || (at >= 5 && before.ToString(at - 5, 6).Equals("offset", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>The characters of a variable that begins here; 0 where none does.</summary>
    private static int Variable(string text, int at, out string name)
    {
        name = string.Empty;
        if (text[at] == '[' && at + 1 < text.Length && text[at + 1] == '[')
        {
            int end = text.IndexOf("]]", at, StringComparison.Ordinal);
            name = end < 0 ? string.Empty : Name(text, at + 2, end);
            return name.Length > 0 ? end + 2 - at : 0;
        }

        if (text[at] != '$' || at + 1 >= text.Length)
        {
            return 0;
        }

        if (text[at + 1] == '{')
        {
            int end = text.IndexOf('}', at);
            name = end < 0 ? string.Empty : Name(text, at + 2, end);
            return name.Length > 0 ? end + 1 - at : 0;
        }

        name = Name(text, at + 1, text.Length);
        return name.Length > 0 ? name.Length + 1 : 0;
    }

    private static string Name(string text, int from, int end)
    {
        int at = from;
        while (at < end && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        return at > from && !char.IsAsciiDigit(text[from]) ? text[from..at] : string.Empty;
    }
}
