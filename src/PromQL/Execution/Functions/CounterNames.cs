using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Tells when a function for counters is used on floats of something that does not look like one.</summary>
internal static class CounterNames
{
    public static void Check(in RangeSeries series, SeriesBlock result)
    {
        string metric = series.Metric;
        bool byType = series.Context.Settings.Features.HasFlag(PromQLFeatures.TypeAndUnitLabels);
        string type = byType ? series.Labels.Get(LabelName.Type) : string.Empty;
        if (metric.Length == 0 || result.IsEmpty || (byType ? type is "counter" or "histogram" : IsCounterName(metric)))
        {
            return;
        }

        foreach (int step in StepBits.Each(result.Present))
        {
            if (result.HistogramAt(step) is null)
            {
                if (byType)
                {
                    series.Annotations.PossibleNonCounterByType(metric, type, series.ArgSpan);
                }
                else
                {
                    series.Annotations.PossibleNonCounter(metric, series.ArgSpan);
                }

                return;
            }
        }
    }

    private static bool IsCounterName(string metric) =>
        metric.EndsWith("_total", StringComparison.Ordinal) || metric.EndsWith("_sum", StringComparison.Ordinal)
        || metric.EndsWith("_count", StringComparison.Ordinal) || metric.EndsWith("_bucket", StringComparison.Ordinal);
}
