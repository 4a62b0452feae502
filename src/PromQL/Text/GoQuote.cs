using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Texts and characters as Go's <c>%q</c> shows them, which is how Prometheus's messages look.</summary>
internal static class GoQuote
{
    /// <summary>A text in double quotes. Bytes that are no UTF-8 (see <see cref="StringText"/>) come out as <c>\xNN</c>.</summary>
    public static string Text(string value)
    {
        if (!StringText.HasRawBytes(value))
        {
            return QuotedText.Of(value);
        }

        var text = new StringBuilder("\"");
        int from = 0;
        for (int i = 0; i <= value.Length; i++)
        {
            bool raw = i < value.Length && StringText.IsRawByte(value, i);
            if (i < value.Length && !raw)
            {
                continue;
            }

            string quoted = QuotedText.Of(value[from..i]);
            text.Append(quoted.AsSpan(1, quoted.Length - 2));
            if (raw)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{StringText.RawByte(value[i]):x2}");
            }

            from = i + 1;
        }

        return text.Append('"').ToString();
    }

    /// <summary>A character in single quotes.</summary>
    public static string Character(Rune? rune)
    {
        if (rune is not { } r)
        {
            // Go's end-of-file rune is -1, which %q shows as the replacement character.
            return "'\uFFFD'";
        }

        string quoted = QuotedText.Of(r.ToString());
        string inner = quoted[1..^1];
        return r.Value switch
        {
            '\'' => "'\\''",
            '"' => "'\"'",
            _ => $"'{inner}'",
        };
    }

    /// <summary>A character as <c>%#U</c> shows it: <c>U+002E '.'</c>.</summary>
    public static string CodePoint(Rune rune) =>
        string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4} '{rune}'");
}
