using System.Globalization;

namespace Pleiad.Model;

/// <summary>The named classes of RE2: <c>\d</c>, <c>[:alpha:]</c>, <c>\pL</c>, <c>\p{Greek}</c>.</summary>
/// <remarks>github.com/google/re2/wiki/Syntax. Perl and POSIX classes are ASCII there, whatever the flags.</remarks>
internal static class RuneClasses
{
    private static readonly RuneSet s_digit = Ascii("09");
    private static readonly RuneSet s_space = Ascii("\t\n\f\r  ");
    private static readonly RuneSet s_word = Ascii("09AZ__az");

    private static readonly Dictionary<string, RuneSet> s_posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = Ascii("09AZaz"),
        ["alpha"] = Ascii("AZaz"),
        ["ascii"] = Ascii("\0\x7f"),
        ["blank"] = Ascii("\t\t  "),
        ["cntrl"] = Ascii("\0\x1f\x7f\x7f"),
        ["digit"] = s_digit,
        ["graph"] = Ascii("!~"),
        ["lower"] = Ascii("az"),
        ["print"] = Ascii(" ~"),
        ["punct"] = Ascii("!/:@[`{~"),
        ["space"] = Ascii("\t\r  "),
        ["upper"] = Ascii("AZ"),
        ["word"] = s_word,
        ["xdigit"] = Ascii("09AFaf"),
    };

    private static readonly Lazy<Dictionary<string, RuneSet>> s_categories = new(FindCategories);

    /// <summary>The class of <c>\d</c>, <c>\s</c>, <c>\w</c> by its small letter, or null.</summary>
    public static RuneSet? Perl(char letter) => letter switch
    {
        'd' => s_digit,
        's' => s_space,
        'w' => s_word,
        _ => null,
    };

    /// <summary>The class of <c>[:name:]</c>, or null.</summary>
    public static RuneSet? Posix(string name) => s_posix.GetValueOrDefault(name);

    /// <summary>A general category of one or two letters, <c>Any</c>, or one of <see cref="UnicodeScripts"/>; else null.</summary>
    public static RuneSet? Unicode(string name) =>
        name == "Any" ? RuneSet.All : s_categories.Value.GetValueOrDefault(name) ?? UnicodeScripts.Find(name);

    /// <summary>Whether a code point counts for <c>\b</c>.</summary>
    public static bool IsWord(int rune) => rune < 0x80 && (char.IsAsciiLetterOrDigit((char)rune) || rune == '_');

    private static RuneSet Ascii(string pairs)
    {
        var set = new RuneSetBuilder();
        for (int i = 0; i < pairs.Length; i += 2)
        {
            set.Add(pairs[i], pairs[i + 1]);
        }

        return set.ToSet();
    }

    private static Dictionary<string, RuneSet> FindCategories()
    {
        var builders = new Dictionary<string, RuneSetBuilder>(StringComparer.Ordinal);
        int first = 0;
        for (int rune = 1; rune <= RuneSet.RuneMax + 1; rune++)
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(first);
            if (rune <= RuneSet.RuneMax && CharUnicodeInfo.GetUnicodeCategory(rune) == category)
            {
                continue;
            }

            string letters = LettersOf(category);
            if (letters.Length > 0)
            {
                Of(letters).Add(first, rune - 1);
                Of(letters[..1]).Add(first, rune - 1);
            }

            first = rune;
        }

        return builders.ToDictionary(b => b.Key, b => b.Value.ToSet(), StringComparer.Ordinal);

        RuneSetBuilder Of(string name) => builders.TryGetValue(name, out RuneSetBuilder? found) ? found : builders[name] = new RuneSetBuilder();
    }

    // RE2 has no class for unassigned code points (Cn).
    private static string LettersOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => string.Empty,
    };
}
