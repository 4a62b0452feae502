using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Writes a native histogram in series notation; buckets in between that a span leaves out are written as 0.</summary>
public static class HistogramText
{
    private const int BucketsShownMax = 1000;

    /// <summary>The notation, with every field that is not zero.</summary>
    public static string Of(NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        var text = new StringBuilder();
        Field(text, "schema", histogram.Schema);
        Field(text, "count", histogram.Count);
        Field(text, "sum", histogram.Sum);
        Field(text, "z_bucket", histogram.ZeroCount);
        Field(text, "z_bucket_w", histogram.ZeroThreshold);
        Buckets(text, string.Empty, histogram.PositiveSpans, histogram.PositiveBuckets);
        Buckets(text, "n_", histogram.NegativeSpans, histogram.NegativeBuckets);
        if (histogram.CustomBounds.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" custom_values:[{string.Join(' ', histogram.CustomBounds.Select(GoFloat.Shortest))}]");
        }

        string? hint = histogram.ResetHint switch
        {
            CounterResetHint.Reset => "reset",
            CounterResetHint.NotReset => "not_reset",
            CounterResetHint.Gauge => "gauge",
            _ => null,
        };
        text.Append(hint is null ? string.Empty : $" counter_reset_hint:{hint}");
        return $"{{{{{text.ToString().TrimStart()}}}}}";
    }

    private static void Field(StringBuilder text, string name, double value)
    {
        if (value != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {name}:{GoFloat.Shortest(value)}");
        }
    }

    private static void Buckets(StringBuilder text, string prefix, BucketSpan[] spans, double[] counts)
    {
        int next = 0;
        var shown = new List<string>();
        foreach ((int index, double count) in Indexed(spans, counts))
        {
            if (shown.Count == 0)
            {
                next = index;
                text.Append(CultureInfo.InvariantCulture, $"{(index == 0 ? string.Empty : $" {prefix}offset:{index}")}");
            }

            for (; next < index && shown.Count < BucketsShownMax; next++)
            {
                shown.Add("0");
            }

            shown.Add(GoFloat.Shortest(count));
            next = index + 1;
        }

        if (shown.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {prefix}buckets:[{string.Join(' ', shown)}]");
        }
    }

    private static IEnumerable<(int Index, double Count)> Indexed(BucketSpan[] spans, double[] counts)
    {
        int index = 0;
        int next = 0;
        foreach (BucketSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++)
            {
                yield return (index++, counts[next++]);
            }
        }
    }
}
