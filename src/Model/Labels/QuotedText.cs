using System.Globalization;
using System.Text;

namespace Pleiad.Model;

/// <summary>Strings in double quotes, escaped as Go's <c>strconv.Quote</c> escapes them: the form of matchers and labels in Prometheus's texts.</summary>
public static class QuotedText
{
    /// <summary>The value between double quotes.</summary>
    public static string Of(string value) => Append(new StringBuilder(value.Length + 2), value).ToString();

    /// <summary>Appends the value between double quotes.</summary>
    public static StringBuilder Append(StringBuilder text, ReadOnlySpan<char> value)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\a': text.Append("\\a"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\v': text.Append("\\v"); break;
                default:
                    if (c < ' ' || c == '\x7f')
                    {
                        text.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
                    }
                    else if (c > '\x7f' && !char.IsSurrogate(c) && !IsPrintable(c))
                    {
                        text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        text.Append(c);
                    }

                    break;
            }
        }

        return text.Append('"');
    }

    private static bool IsPrintable(char c) => char.GetUnicodeCategory(c) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator);
}
