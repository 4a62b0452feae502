using System.Globalization;
using System.Text;

namespace Pleiad.Gateway;

/// <summary>
/// Label names in a path: <c>U__</c> in front says that <c>__</c> is an underscore and <c>_2e_</c> the character with that
/// hexadecimal number (<c>U__http_2e_status__code</c> is <c>http.status_code</c>).
/// </summary>
/// <remarks>
/// Prometheus, "UTF-8 escaping schemes", values encoding. Its own example for this path, <c>U__http_2e_status_code</c>, leaves an
/// underscore as it is, so one that begins no number stands for itself.
/// </remarks>
internal static class EscapedLabelName
{
    private const string Mark = "U__";
    private const int HexDigitsMax = 6;

    /// <summary>The name that is meant.</summary>
    public static string Decode(string name)
    {
        if (!name.StartsWith(Mark, StringComparison.Ordinal))
        {
            return name;
        }

        ReadOnlySpan<char> rest = name.AsSpan(Mark.Length);
        var decoded = new StringBuilder(rest.Length);
        while (!rest.IsEmpty)
        {
            if (rest[0] != '_')
            {
                decoded.Append(rest[0]);
                rest = rest[1..];
            }
            else if (rest.Length > 1 && rest[1] == '_')
            {
                decoded.Append('_');
                rest = rest[2..];
            }
            else
            {
                int end = rest[1..].IndexOf('_');
                if (end is >= 1 and <= HexDigitsMax
                    && int.TryParse(rest.Slice(1, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int scalar)
                    && Rune.IsValid(scalar))
                {
                    decoded.Append(new Rune(scalar));
                    rest = rest[(end + 2)..];
                }
                else
                {
                    decoded.Append('_');
                    rest = rest[1..];
                }
            }
        }

        return decoded.ToString();
    }
}
