using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Texts that may hold bytes that are not UTF-8, as lone surrogates (<see cref="YamlScalars.FromBase64"/>).</summary>
internal static class GoText
{
    /// <summary>Whether the text is well-formed; empty is.</summary>
    public static bool IsValid(string text) => text.Length == 0 || LabelName.IsValid(text);

    /// <summary>Between double quotes as Go prints it, <c>"\xff"</c> for a byte that is not UTF-8.</summary>
    public static string Quote(string text)
    {
        if (IsValid(text))
        {
            return QuotedText.Of(text);
        }

        var quoted = new StringBuilder("\"", text.Length + 8);
        int from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                AppendInside(quoted, text[from..i]);
                quoted.Append("\\x").Append((text[i] & 0xFF).ToString("x2", CultureInfo.InvariantCulture));
                from = i + 1;
            }
        }

        AppendInside(quoted, text[from..]);
        return quoted.Append('"').ToString();
    }

    private static void AppendInside(StringBuilder quoted, string text)
    {
        string own = QuotedText.Of(text);
        quoted.Append(own, 1, own.Length - 2);
    }
}
