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
                    else if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                    {
                        AppendRune(text, char.ConvertToUtf32(c, value[++i]));
                    }
                    else if (char.IsSurrogate(c))
                    {
                        // Half a pair has no UTF-8 form; Go would have read the replacement character.
                        text.Append("\\ufffd");
                    }
                    else if (c > '\x7f')
                    {
                        AppendRune(text, c);
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

    private static void AppendRune(StringBuilder text, int rune)
    {
        if (IsPrintable(rune))
        {
            text.Append(char.ConvertFromUtf32(rune));
        }
        else if (rune <= char.MaxValue)
        {
            text.Append("\\u").Append(rune.ToString("x4", CultureInfo.InvariantCulture));
        }
        else
        {
            text.Append("\\U").Append(rune.ToString("x8", CultureInfo.InvariantCulture));
        }
    }

    private static bool IsPrintable(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator);
}
