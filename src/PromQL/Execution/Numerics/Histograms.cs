using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Texts of native histograms.</summary>
internal static class Histograms
{
    /// <summary>The error of a part of the language that this version does not evaluate.</summary>
    public static QueryException NotYet(string what) =>
        new(QueryErrorKind.Execution, $"not supported by this version: {what} of native histograms");

    public static double Quantile(double q, NativeHistogram histogram, Annotations annotations, string metric, SourceSpan at) =>
        throw NotYet("quantile");

    public static double Fraction(double lower, double upper, NativeHistogram histogram, Annotations annotations, string metric, SourceSpan at) =>
        throw NotYet("fraction");

    public static double Variance(NativeHistogram histogram) => throw NotYet("variance");

    public static string TextOf(NativeHistogram histogram) => throw NotYet("count_values");
}
