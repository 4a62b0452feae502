using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>rate</c>, <c>increase</c> and <c>delta</c> of windows with native histograms.</summary>
internal sealed class HistogramRate(bool isCounter, bool perSecond)
{
    public void Evaluate(in RangeSeries series, SeriesBlock into, ExtrapolatedRate floats)
    {
        _ = isCounter;
        _ = perSecond;
        throw Histograms.NotYet("rate");
    }
}

/// <summary>The same over anchored and smoothed ranges.</summary>
internal static class ExtendedHistogramRate
{
    public static void Evaluate(in RangeSeries series, int step, int first, int count, bool isCounter, bool perSecond, SeriesBlock into) =>
        throw Histograms.NotYet("anchored and smoothed rate");
}
