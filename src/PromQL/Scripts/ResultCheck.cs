using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Compares the result of a query with what a script expects: null where it fits, else what does not.</summary>
internal static class ResultCheck
{
    /// <summary>Compares the result of an instant query.</summary>
    public static string? Instant(EvalExpectation expected, QueryValue seen)
    {
        if (expected.Text is { } text)
        {
            return seen is StringValue s && s.Value == text ? null : $"string {GoQuote.Text(text)} expected, {Describe(seen)} seen";
        }

        if (expected.Scalar is { } number)
        {
            return seen is ScalarValue scalar && SamplesEqual.Numbers(number, scalar.Value)
                ? null
                : $"scalar {GoFloat.Shortest(number)} expected, {Describe(seen)} seen";
        }

        return (expected.RangeVector, seen) switch
        {
            ({ } times, MatrixValue matrix) => Series(expected.Series, times, matrix),
            (null, VectorValue vector) => Vector(expected, vector),
            _ => $"{expected.Series.Count} series expected, {Describe(seen)} seen",
        };
    }

    /// <summary>Compares the result of a range query.</summary>
    public static string? Range(EvalExpectation expected, EvalTimes times, QueryValue seen)
    {
        if (seen is not MatrixValue matrix)
        {
            return $"series expected, {Describe(seen)} seen";
        }

        for (int i = 1; i < matrix.Series.Count; i++)
        {
            if (matrix.Series[i - 1].Labels.CompareTo(matrix.Series[i].Labels) >= 0)
            {
                return $"series are not in order of labels: {matrix.Series[i - 1].Labels} before {matrix.Series[i].Labels}";
            }
        }

        IReadOnlyList<ScriptSeries> series = expected.Scalar is { } scalar
            ? [new ScriptSeries(Labels.Empty, [ScriptValue.Of(scalar)])]
            : expected.Series;
        return Series(series, times, matrix);
    }

    /// <summary>Compares the middle of a range query with what the instant query at that time has to give.</summary>
    public static string? Middle(EvalExpectation expected, Timestamp at, QueryValue seen)
    {
        if (seen is not MatrixValue matrix)
        {
            return $"series expected, {Describe(seen)} seen";
        }

        var samples = new List<VectorSample>();
        foreach (MatrixSeries series in matrix.Series)
        {
            int i = Array.BinarySearch(series.Times, at.Milliseconds);
            if (i >= 0)
            {
                samples.Add(new VectorSample(series.Labels, at, series.Values[i], series.Histograms?[i]));
            }
        }

        return expected.Scalar is null
            ? Vector(expected with { Ordered = false }, new VectorValue(samples))
            : Instant(expected, samples.Count == 1 ? new ScalarValue(at, samples[0].Value) : new VectorValue(samples));
    }

    private static string? Vector(EvalExpectation expected, VectorValue seen)
    {
        var left = new Dictionary<Labels, (ScriptValue Value, int Place)>();
        foreach (ScriptSeries series in expected.Series)
        {
            if (series.Values.Count > 1)
            {
                return $"{series.Labels}: {series.Values.Count} values expected of an instant query";
            }

            left[series.Labels] = (series.Values.Count == 1 ? series.Values[0] : ScriptValue.None, left.Count);
        }

        for (int i = 0; i < seen.Samples.Count; i++)
        {
            VectorSample sample = seen.Samples[i];
            if (!left.Remove(sample.Labels, out (ScriptValue Value, int Place) wanted))
            {
                return $"{sample.Labels} {Describe(sample.Value, sample.Histogram)} seen, not expected";
            }

            if (expected.Ordered && wanted.Place != i)
            {
                return $"{sample.Labels} expected at place {wanted.Place + 1}, seen at {i + 1}";
            }

            if (!Same(wanted.Value, sample.Value, sample.Histogram))
            {
                return $"{sample.Labels}: {Describe(wanted.Value)} expected, {Describe(sample.Value, sample.Histogram)} seen";
            }
        }

        foreach ((Labels labels, (ScriptValue value, _)) in left)
        {
            return $"{labels} {Describe(value)} expected, not seen";
        }

        return null;
    }

    private static string? Series(IReadOnlyList<ScriptSeries> expected, EvalTimes times, MatrixValue seen)
    {
        Dictionary<Labels, ScriptSeries> left = expected.ToDictionary(s => s.Labels);
        foreach (MatrixSeries series in seen.Series)
        {
            if (!left.Remove(series.Labels, out ScriptSeries? wanted))
            {
                return $"{series.Labels} with {series.Times.Length} points seen, not expected";
            }

            if (Points(wanted, times, series) is { } difference)
            {
                return $"{series.Labels}: {difference}";
            }
        }

        foreach (ScriptSeries missing in left.Values)
        {
            if (missing.Values.Any(v => !v.Omitted))
            {
                return $"{missing.Labels} expected, not seen";
            }
        }

        return null;
    }

    private static string? Points(ScriptSeries wanted, EvalTimes times, MatrixSeries seen)
    {
        long step = (long)times.Step.TotalMilliseconds;
        long last = times.Start.Milliseconds + ((wanted.Values.Count - 1) * step);
        if (last > times.End.Milliseconds)
        {
            return $"{wanted.Values.Count} values expected, more than the range has steps";
        }

        int next = 0;
        for (int i = 0; i < wanted.Values.Count; i++)
        {
            ScriptValue value = wanted.Values[i];
            long at = times.Start.Milliseconds + (i * step);
            bool there = next < seen.Times.Length && seen.Times[next] == at;
            if (value.Omitted || !there)
            {
                if (value.Omitted != !there)
                {
                    return there
                        ? $"nothing expected at {at} ms, {Describe(seen.Values[next], seen.Histograms?[next])} seen"
                        : $"{Describe(value)} expected at {at} ms, nothing seen";
                }

                continue;
            }

            if (!Same(value, seen.Values[next], seen.Histograms?[next]))
            {
                return $"{Describe(value)} expected at {at} ms, {Describe(seen.Values[next], seen.Histograms?[next])} seen";
            }

            next++;
        }

        return next == seen.Times.Length
            ? null
            : $"nothing expected at {seen.Times[next]} ms, {Describe(seen.Values[next], seen.Histograms?[next])} seen";
    }

    private static bool Same(ScriptValue expected, double number, NativeHistogram? histogram)
    {
        if (expected.Omitted || (expected.Histogram is null) != (histogram is null))
        {
            return false;
        }

        return expected.Histogram is null
            ? SamplesEqual.Numbers(expected.Number, number)
            : SamplesEqual.Histograms(expected.Histogram, expected.HintWritten, histogram!);
    }

    private static string Describe(ScriptValue value) => value.Omitted ? "nothing" : Describe(value.Number, value.Histogram);

    private static string Describe(double number, NativeHistogram? histogram) =>
        histogram is not null ? HistogramText.Of(histogram) : StaleMarker.Is(number) ? "stale" : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Describe(QueryValue value) => value switch
    {
        ScalarValue scalar => $"scalar {GoFloat.Shortest(scalar.Value)}",
        StringValue text => $"string {GoQuote.Text(text.Value)}",
        VectorValue vector => $"a vector of {vector.Samples.Count} series",
        MatrixValue matrix => $"a matrix of {matrix.Series.Count} series",
        _ => "something else",
    };
}
