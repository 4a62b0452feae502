using System.Globalization;
using System.Text.RegularExpressions;

namespace Pleiad.Model.Tests;

/// <summary>Reads the <c>{{schema:0 count:4 buckets:[1 2 1]}}</c> notation of the test scripts.</summary>
internal static partial class HistogramText
{
    public static NativeHistogram Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match match in Field().Matches(text))
        {
            fields.Add(match.Groups[1].Value, match.Groups[2].Value.Trim('[', ']', '{', '}', ' '));
        }

        double[] positive = Numbers("buckets");
        double[] negative = Numbers("n_buckets");
        return new NativeHistogram
        {
            Schema = (int)Number("schema"),
            Count = Number("count"),
            Sum = Number("sum"),
            ZeroCount = Number("z_bucket"),
            ZeroThreshold = Number("z_bucket_w"),
            PositiveBuckets = positive,
            PositiveSpans = positive.Length == 0 ? [] : [new BucketSpan((int)Number("offset"), (uint)positive.Length)],
            NegativeBuckets = negative,
            NegativeSpans = negative.Length == 0 ? [] : [new BucketSpan((int)Number("n_offset"), (uint)negative.Length)],
            CustomBounds = Numbers("custom_values"),
            ResetHint = fields.GetValueOrDefault("counter_reset_hint") switch
            {
                "reset" => CounterResetHint.Reset,
                "not_reset" => CounterResetHint.NotReset,
                "gauge" => CounterResetHint.Gauge,
                _ => CounterResetHint.Unknown,
            },
        };

        double Number(string name) => fields.TryGetValue(name, out string? value) ? ToDouble(value) : 0;

        double[] Numbers(string name) => fields.TryGetValue(name, out string? value) && value.Length > 0
            ? [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ToDouble)]
            : [];
    }

    public static double ToDouble(string text) => text.TrimStart('+').ToLowerInvariant() switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        var number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"(\w+):(\[[^\]]*\]|\S+)")]
    private static partial Regex Field();
}
