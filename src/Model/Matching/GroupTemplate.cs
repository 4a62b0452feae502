using System.Globalization;
using System.Text;

namespace Pleiad.Model;

/// <summary>Fills a template such as <c>$1:${port}</c> with what the groups of a match took.</summary>
/// <remarks>
/// As Go's regexp.Expand: <c>$name</c> takes the longest run of letters, digits and underscores, so <c>$1x</c> is the group "1x" and not
/// group 1; <c>${1}x</c> is; <c>$$</c> is a dollar; a group that is not there or took no part is empty; any other dollar is itself.
/// </remarks>
internal static class GroupTemplate
{
    private const int GroupNumberMax = 100_000_000;

    /// <summary>Appends the filled template; stops where more than <paramref name="charsMax"/> characters are there.</summary>
    public static void Expand(
        ReadOnlySpan<char> template, ReadOnlySpan<char> value, ReadOnlySpan<int> bounds, IReadOnlyList<string> names, int charsMax, StringBuilder into)
    {
        while (into.Length <= charsMax)
        {
            int dollar = template.IndexOf('$');
            if (dollar < 0)
            {
                into.Append(template);
                return;
            }

            into.Append(template[..dollar]);
            template = template[(dollar + 1)..];
            if (template.StartsWith("$"))
            {
                into.Append('$');
                template = template[1..];
            }
            else if (TryName(template, out ReadOnlySpan<char> name, out int length))
            {
                int group = GroupOf(name, bounds, names);
                if (group >= 0)
                {
                    into.Append(value[bounds[2 * group]..bounds[(2 * group) + 1]]);
                }

                template = template[length..];
            }
            else
            {
                into.Append('$');
            }
        }
    }

    private static bool TryName(ReadOnlySpan<char> text, out ReadOnlySpan<char> name, out int length)
    {
        bool braced = text.StartsWith("{");
        int start = braced ? 1 : 0;
        int end = start;
        while (end < text.Length)
        {
            int rune = RegexSurroundings.RuneAt(text, end, out int units);
            if (rune != '_' && !IsLetterOrDigit(rune))
            {
                break;
            }

            end += units;
        }

        name = text[start..end];
        length = end + (braced ? 1 : 0);
        return end > start && (!braced || (end < text.Length && text[end] == '}'));
    }

    private static bool IsLetterOrDigit(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber;

    // The group to copy, or -1: by number, else the first group of that name that took part.
    private static int GroupOf(ReadOnlySpan<char> name, ReadOnlySpan<int> bounds, IReadOnlyList<string> names)
    {
        int groups = bounds.Length / 2;
        if (!name.ContainsAnyExceptInRange('0', '9') && (name[0] != '0' || name.Length == 1))
        {
            return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number < Math.Min(groups, GroupNumberMax) && bounds[2 * number] >= 0
                ? number
                : -1;
        }

        for (int group = 1; group < groups; group++)
        {
            if (name.SequenceEqual(names[group]) && bounds[2 * group] >= 0)
            {
                return group;
            }
        }

        return -1;
    }
}
