using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Compares the answers to one query over the same series, whole and spread.</summary>
/// <param name="query">Its text.</param>
/// <param name="addsUp">Whether it adds up floats of several series: in another order they round otherwise.</param>
internal sealed class AnswerComparison(string query, bool addsUp)
{
    private const double SumTolerance = 1e-12;

    /// <summary>How they differ, or null.</summary>
    public string? Difference(QueryResult one, QueryResult many) =>
        Difference(one.Value, many.Value) ?? Difference("warnings", one.Warnings, many.Warnings) ?? Difference("infos", one.Infos, many.Infos);

    private string? Difference(QueryValue one, QueryValue many)
    {
        switch (one, many)
        {
            case (ScalarValue a, ScalarValue b):
                return Same(a.Value, b.Value) ? null : $"{a.Value:R} became {b.Value:R}";
            case (StringValue a, StringValue b):
                return a.Value == b.Value ? null : $"{a.Value} became {b.Value}";
            case (VectorValue a, VectorValue b):
                bool isOrdered = query.StartsWith("sort", StringComparison.Ordinal)
                    || query.StartsWith("topk", StringComparison.Ordinal)
                    || query.StartsWith("bottomk", StringComparison.Ordinal);
                return Difference(
                    [.. a.Samples.Select(One)], [.. b.Samples.Select(One)], isOrdered);
            case (MatrixValue a, MatrixValue b):
                return Difference(a.Series, b.Series, isOrdered: true);
            default:
                return $"{one.GetType().Name} became {many.GetType().Name}";
        }
    }

    private static MatrixSeries One(VectorSample sample) =>
        new(sample.Labels, [sample.At.Milliseconds], [sample.Value], sample.Histogram is null ? null : [sample.Histogram]);

    private string? Difference(IReadOnlyList<MatrixSeries> one, IReadOnlyList<MatrixSeries> many, bool isOrdered)
    {
        if (one.Count != many.Count)
        {
            return $"{one.Count} series became {many.Count}";
        }

        MatrixSeries[] left = isOrdered ? [.. one] : [.. one.OrderBy(s => s.Labels)];
        MatrixSeries[] right = isOrdered ? [.. many] : [.. many.OrderBy(s => s.Labels)];
        for (int i = 0; i < left.Length; i++)
        {
            if (!left[i].Labels.Equals(right[i].Labels))
            {
                return $"{left[i].Labels} became {right[i].Labels}";
            }

            if (!left[i].Times.SequenceEqual(right[i].Times))
            {
                return $"{left[i].Labels} at [{string.Join(' ', left[i].Times)}] became [{string.Join(' ', right[i].Times)}]";
            }

            for (int at = 0; at < left[i].Times.Length; at++)
            {
                NativeHistogram? a = left[i].Histograms?[at];
                NativeHistogram? b = right[i].Histograms?[at];
                if (a is null != b is null || (a is null ? !Same(left[i].Values[at], right[i].Values[at]) : !Same(a, b!)))
                {
                    return $"{left[i].Labels} at {left[i].Times[at]}: {a?.ToString() ?? $"{left[i].Values[at]:R}"} became {b?.ToString() ?? $"{right[i].Values[at]:R}"}";
                }
            }
        }

        return null;
    }

    private bool Same(NativeHistogram a, NativeHistogram b) => addsUp ? a.NearlyEquals(b, SumTolerance) : a.Equals(b);

    // -0 and 0 are one value: which of the two a maximum meets first is nobody's promise.
    private bool Same(double a, double b) =>
        a == b || (double.IsNaN(a) && double.IsNaN(b)) || (addsUp && Math.Abs(a - b) <= SumTolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b))));

    private static string? Difference(string what, IReadOnlyList<string> one, IReadOnlyList<string> many) =>
        one.Order(StringComparer.Ordinal).SequenceEqual(many.Order(StringComparer.Ordinal)) ? null
            : $"{what} [{string.Join("; ", one)}] became [{string.Join("; ", many)}]";
}
