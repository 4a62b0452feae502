using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>The groups of a match, and templates filled in from them.</summary>
internal readonly struct RegexGroups(Match match)
{
    private static readonly ConditionalWeakTable<AnchoredRegex, Regex> Compiled = [];

    /// <summary>Matches a whole value; null where it does not match.</summary>
    public static RegexGroups? Match(AnchoredRegex regex, string value)
    {
        Regex compiled = Compiled.GetValue(
            regex,
            static r => new Regex($@"\A(?:{r.Pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline));
        Match found = compiled.Match(value);
        return found.Success ? new RegexGroups(found) : null;
    }

    /// <summary>A template with <c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>${name}</c> filled in and <c>$$</c> read as a dollar; unknown groups are empty.</summary>
    /// <remarks>Go's <c>regexp.Expand</c>: a name without braces is as long as possible, and a dollar that begins no name stays.</remarks>
    public string Expand(string template)
    {
        int dollar = template.IndexOf('$', StringComparison.Ordinal);
        if (dollar < 0)
        {
            return template;
        }

        var text = new StringBuilder();
        int at = 0;
        while (dollar >= 0)
        {
            text.Append(template, at, dollar - at);
            at = dollar + 1;
            if (at < template.Length && template[at] == '$')
            {
                text.Append('$');
                at++;
            }
            else if (TryName(template, at, out string name, out int end))
            {
                text.Append(Value(name));
                at = end;
            }
            else
            {
                text.Append('$');
            }

            dollar = template.IndexOf('$', at);
        }

        return text.Append(template, at, template.Length - at).ToString();
    }

    private string Value(string name) =>
        name.All(char.IsAsciiDigit)
            ? int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? match.Groups[number].Value : string.Empty
            : match.Groups[name].Value;

    private static bool TryName(string template, int at, out string name, out int end)
    {
        bool braced = at < template.Length && template[at] == '{';
        int start = braced ? at + 1 : at;
        end = start;
        while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_'))
        {
            end++;
        }

        name = template[start..end];
        if (name.Length == 0 || (braced && (end == template.Length || template[end] != '}')))
        {
            return false;
        }

        end += braced ? 1 : 0;
        return true;
    }
}
