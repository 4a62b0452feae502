using System.Text;

namespace Pleiad.Yaml;

/// <summary>A scalar that is written as it is: a number or a boolean.</summary>
public readonly record struct YamlLiteral(string Text);

/// <summary>Writes trees of texts, literals, lists and entries as YAML in the layout of Prometheus's <c>/api/v1/status/config</c>.</summary>
public static class YamlWriter
{
    /// <summary>The text of a tree; an empty list of entries is <c>{}</c>.</summary>
    public static string Write(object tree)
    {
        var text = new StringBuilder();
        if (tree is List<KeyValuePair<string, object>> { Count: > 0 } entries)
        {
            WriteEntries(text, entries, 0, firstInline: false);
        }
        else
        {
            WriteValue(text, tree, 0);
            text.Append('\n');
        }

        return text.ToString();
    }

    private static void WriteEntries(StringBuilder text, List<KeyValuePair<string, object>> entries, int indent, bool firstInline)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (i > 0 || !firstInline)
            {
                text.Append(' ', indent);
            }

            text.Append(Quote(entries[i].Key)).Append(':');
            switch (entries[i].Value)
            {
                case List<KeyValuePair<string, object>> { Count: > 0 } nested:
                    text.Append('\n');
                    WriteEntries(text, nested, indent + 2, firstInline: false);
                    break;
                case List<object> { Count: > 0 } items:
                    text.Append('\n');
                    WriteItems(text, items, indent, firstInline: false);
                    break;
                default:
                    text.Append(' ');
                    WriteValue(text, entries[i].Value, indent);
                    text.Append('\n');
                    break;
            }
        }
    }

    private static void WriteItems(StringBuilder text, List<object> items, int indent, bool firstInline)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0 || !firstInline)
            {
                text.Append(' ', indent);
            }

            text.Append("- ");
            switch (items[i])
            {
                case List<KeyValuePair<string, object>> { Count: > 0 } entries:
                    WriteEntries(text, entries, indent + 2, firstInline: true);
                    break;
                case List<object> { Count: > 0 } nested:
                    WriteItems(text, nested, indent + 2, firstInline: true);
                    break;
                default:
                    WriteValue(text, items[i], indent);
                    text.Append('\n');
                    break;
            }
        }
    }

    private static void WriteValue(StringBuilder text, object value, int indent)
    {
        switch (value)
        {
            case YamlLiteral literal:
                text.Append(literal.Text);
                break;
            case string scalar:
                text.Append(Quote(scalar));
                break;
            case List<KeyValuePair<string, object>>:
                text.Append("{}");
                break;
            default:
                text.Append("[]");
                break;
        }
    }

    private static string Quote(string value)
    {
        if (IsPlain(value))
        {
            return value;
        }

        if (!value.Any(c => c < ' ' || c is '\x7f' or '\u0085' or '\u2028' or '\u2029' or '\ufeff' || char.IsSurrogate(c)))
        {
            return "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";
        }

        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '\x7f' => text.Append($"\\x{(int)c:x2}"),
                '\u0085' or '\u2028' or '\u2029' or '\ufeff' => text.Append($"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    // Whether the text, unquoted, reads back as the same text.
    private static bool IsPlain(string value) =>
        value.Length > 0
        && YamlScalars.KindOf(value) == YamlScalarKind.Text
        && !char.IsWhiteSpace(value[0]) && !char.IsWhiteSpace(value[^1])
        && value[^1] != ':'
        && !"-?:,[]{}#&*!|>'\"%@`=".Contains(value[0], StringComparison.Ordinal)
        && !value.Contains(": ", StringComparison.Ordinal)
        && !value.Contains(" #", StringComparison.Ordinal)
        && !value.StartsWith("---", StringComparison.Ordinal) && !value.StartsWith("...", StringComparison.Ordinal)
        && !value.Any(c => c < ' ' || c is '\x7f' or '\u0085' or '\u2028' or '\u2029' or '\ufeff')
        && value != "<<";
}
