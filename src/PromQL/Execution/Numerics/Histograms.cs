using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Estimates from native histograms, with annotations where NaN observations got in the way.</summary>
internal static class Histograms
{
    public static double Quantile(double q, NativeHistogram histogram, Annotations annotations, string metric, SourceSpan at)
    {
        double value = HistogramStatistics.Quantile(q, histogram, out NaNObservations nan);
        if (nan == NaNObservations.Result)
        {
            annotations.QuantileOfNaNs(metric, at);
        }
        else if (nan == NaNObservations.Skewed && HasUnbucketed(histogram))
        {
            annotations.QuantileSkewedByNaNs(metric, at);
        }

        return value;
    }

    public static double Fraction(double lower, double upper, NativeHistogram histogram, Annotations annotations, string metric, SourceSpan at)
    {
        double value = HistogramStatistics.Fraction(lower, upper, histogram);
        if (lower < upper && histogram.Count != 0 && double.IsNaN(histogram.Sum) && HasUnbucketed(histogram))
        {
            annotations.FractionWithoutNaNs(metric, at);
        }

        return value;
    }

    // Observations of NaN count, but lie in no bucket.
    private static bool HasUnbucketed(NativeHistogram histogram)
    {
        double bucketed = histogram.ZeroCount;
        foreach (double count in histogram.PositiveBuckets)
        {
            bucketed += count;
        }

        foreach (double count in histogram.NegativeBuckets)
        {
            bucketed += count;
        }

        return bucketed < histogram.Count;
    }
}
