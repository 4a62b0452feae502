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
    /// <exception cref="OperationCanceledException">Nobody waits for them any more: thousands of patterns take seconds to compile.</exception>
    public static IReadOnlyList<IReadOnlyList<Matcher>> Read(IReadOnlyList<string> texts, CancellationToken cancel)
    {
        List<IReadOnlyList<Matcher>> sets = ReadAny(texts, cancel);
        return sets.TrueForAll(set => set.Any(m => !m.MatchesEmpty)) ? sets : throw new ApiException(ApiErrorKind.BadData, NothingSelected);
    }

    /// <summary>Reads them where one may match every series.</summary>
    /// <exception cref="QueryException">One is no selector.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for them any more.</exception>
    public static List<IReadOnlyList<Matcher>> ReadAny(IReadOnlyList<string> texts, CancellationToken cancel)
    {
        var sets = new List<IReadOnlyList<Matcher>>(texts.Count);
        foreach (string text in texts)
        {
            cancel.ThrowIfCancellationRequested();
            sets.Add(Parser.ParseMatchers(text));
        }

        return sets;
    }
}
