using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>An anchored or smoothed range as the result of a query: its samples, and one at each edge that stands for what lies beyond.</summary>
internal static class EdgedRange
{
    /// <summary>The series of the range, or null where nothing lies behind its start.</summary>
    /// <param name="ranges">At the series.</param>
    /// <param name="reach">Places of its samples in reach, at least one.</param>
    /// <exception cref="QueryException">There are histograms among them.</exception>
    public static (long[] Times, double[] Values)? Of(RangeOperator ranges, Range reach)
    {
        bool smoothed = ranges.Window.Mode == WindowMode.Smoothed;
        if (ranges.Samples.HasHistograms && ranges.Samples.Histograms[reach].ContainsAnyExcept((NativeHistogram?)null))
        {
            string word = smoothed ? "smoothed" : "anchored";
            throw new QueryException(QueryErrorKind.Execution, $"{word} modifier is not supported with histograms");
        }

        ReadOnlySpan<long> times = ranges.Samples.Times[reach];
        ReadOnlySpan<double> values = ranges.Samples.Values[reach];
        long end = ranges.Window.EndAt(ranges.Steps.Start);
        long start = end - ranges.Window.RangeMs;
        EdgeSamples.Find(times, start, end, smoothed, out int first, out int last);
        if (times[last] <= start)
        {
            return null;
        }

        double left = smoothed && times[first] < start
            ? Interpolation.Between(times[first], values[first], times[first + 1], values[first + 1], start, isCounter: false)
            : values[first];
        double right = smoothed && last > 0 && times[last] > end
            ? Interpolation.Between(times[last - 1], values[last - 1], times[last], values[last], end, isCounter: false)
            : values[last];
        int from = times[first] <= start ? first + 1 : first;
        int behind = Math.Max(from, times[last] >= end ? last : last + 1);
        return ([start, .. times[from..behind], end], [left, .. values[from..behind], right]);
    }
}
