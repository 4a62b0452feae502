using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>Selectors in parameters.</summary>
internal static class SelectorTexts
{
    private const string NothingSelected = "match[] must contain at least one non-empty matcher";

    /// <summary>Reads the values of <c>match[]</c>.</summary>
    /// <exception cref="QueryException">One is no selector.</exception>
    /// <exception cref="ApiException">One would match every series.</exception>
    public static IReadOnlyList<IReadOnlyList<Matcher>> Read(IReadOnlyList<string> texts)
    {
        var sets = new List<IReadOnlyList<Matcher>>(texts.Count);
        foreach (string text in texts)
        {
            sets.Add(Parser.ParseMatchers(text));
        }

        return sets.TrueForAll(set => set.Any(m => !m.MatchesEmpty)) ? sets : throw new ApiException(ApiErrorKind.BadData, NothingSelected);
    }
}
