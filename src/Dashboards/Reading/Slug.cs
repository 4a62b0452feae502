using System.Text;

namespace Pleiad.Dashboards;

/// <summary>The readable part of a dashboard's address.</summary>
public static class Slug
{
    private const int CharsMax = 80;

    /// <summary>Letters and digits of any script in lower case, all else as single hyphens. Never empty.</summary>
    public static string Of(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        var slug = new StringBuilder();
        foreach (Rune rune in title.EnumerateRunes())
        {
            if (slug.Length >= CharsMax)
            {
                break;
            }

            if (Rune.IsLetterOrDigit(rune))
            {
                slug.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        string text = slug.ToString().Trim('-');
        return text.Length == 0 ? "-" : text;
    }
}
