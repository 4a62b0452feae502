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
        string quoted = QuotedText.Of(text);
        if (IsValid(text))
        {
            return quoted;
        }

        var escaped = new StringBuilder(quoted.Length + 8);
        for (int i = 0; i < quoted.Length; i++)
        {
            if (char.IsSurrogatePair(quoted, Math.Min(i, quoted.Length - 2)) && i < quoted.Length - 1)
            {
                escaped.Append(quoted, i++, 2);
            }
            else if (char.IsSurrogate(quoted[i]))
            {
                escaped.Append("\\x").Append((quoted[i] & 0xFF).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped.Append(quoted[i]);
            }
        }

        return escaped.ToString();
    }
}
