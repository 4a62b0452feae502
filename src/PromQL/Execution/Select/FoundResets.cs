using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Counter resets found by comparing neighbours: hints for histograms that have none. Prometheus does this where an expression needs
/// only count and sum of histograms, which it then reads without buckets; the hints show in warnings about conflicting resets.
/// </summary>
internal static class FoundResets
{
    /// <summary>Marks the histograms of a series whose hint is unknown; the first one keeps it.</summary>
    public static void Mark(SampleColumns samples)
    {
        NativeHistogram? before = null;
        for (int i = 0; i < samples.Count; i++)
        {
            if (samples.Histograms[i] is not { IsStale: false } histogram)
            {
                continue;
            }

            if (before is not null && histogram.ResetHint == CounterResetHint.Unknown)
            {
                samples.Replace(i, histogram.WithHint(
                    histogram.IsResetAfter(before) ? CounterResetHint.Reset : CounterResetHint.NotReset));
            }

            before = histogram;
        }
    }
}
