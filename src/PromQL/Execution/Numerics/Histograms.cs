using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Texts of native histograms.</summary>
internal static class Histograms
{
    /// <summary>The error of a part of the language that this version does not evaluate.</summary>
    public static QueryException NotYet(string what) =>
        new(QueryErrorKind.Execution, $"not supported by this version: {what} of native histograms");

    public static string TextOf(NativeHistogram histogram) => throw NotYet("count_values");
}
