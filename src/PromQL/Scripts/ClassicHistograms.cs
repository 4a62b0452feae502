using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Classic histograms of a load command as native ones with custom buckets.</summary>
/// <remarks>Prometheus documentation, "Native histograms with custom buckets": one bucket a <c>le</c>, counts taken apart, no <c>+Inf</c> bound.</remarks>
internal static class ClassicHistograms
{
    private const string BucketSuffix = "_bucket";
    private const string CountSuffix = "_count";
    private const string SumSuffix = "_sum";

    /// <summary>The native histograms, one for each group of labels and time whose buckets make sense.</summary>
    public static IEnumerable<(Labels Labels, long At, NativeHistogram Histogram)> AsNative(LoadCommand load)
    {
        var gathered = new Dictionary<(Labels Labels, long At), Gathered>();
        foreach (LoadedSeries loaded in load.Series)
        {
            Gather(loaded.Series, (long)load.Step.TotalMilliseconds, gathered);
        }

        foreach (((Labels labels, long at), Gathered one) in gathered)
        {
            if (one.AsNative() is { } histogram)
            {
                yield return (labels, at, histogram);
            }
        }
    }

    private static void Gather(ScriptSeries series, long step, Dictionary<(Labels Labels, long At), Gathered> gathered)
    {
        string name = series.Labels.MetricName;
        string? suffix = new[] { BucketSuffix, CountSuffix, SumSuffix }.FirstOrDefault(s => name.EndsWith(s, StringComparison.Ordinal));
        double bound = 0;
        if (suffix is null || (suffix == BucketSuffix && !ReadBound(series.Labels.Get(LabelName.Bucket), out bound)))
        {
            return;
        }

        Labels labels = new LabelsBuilder(series.Labels)
            .Set(LabelName.MetricName, name[..^suffix.Length])
            .Remove(LabelName.Bucket)
            .ToLabels();
        for (int i = 0; i < series.Values.Count; i++)
        {
            ScriptValue value = series.Values[i];
            if (value.Omitted || value.Histogram is not null)
            {
                continue;
            }

            (Labels, long) key = (labels, i * step);
            if (!gathered.TryGetValue(key, out Gathered? one))
            {
                one = new Gathered();
                gathered.Add(key, one);
            }

            switch (suffix)
            {
                case BucketSuffix: one.Buckets[bound] = value.Number; break;
                case CountSuffix: one.Count = value.Number; break;
                default: one.Sum = value.Number; break;
            }
        }
    }

    private static bool ReadBound(string le, out double bound)
    {
        bound = double.PositiveInfinity;
        return le is "+Inf" or "Inf"
            || (double.TryParse(le, NumberStyles.Float, CultureInfo.InvariantCulture, out bound) && !double.IsNaN(bound));
    }

    private sealed class Gathered
    {
        public SortedDictionary<double, double> Buckets { get; } = [];

        public double? Count { get; set; }

        public double Sum { get; set; }

        /// <summary>Null where the counts fall, are no numbers, or contradict each other.</summary>
        public NativeHistogram? AsNative()
        {
            double count = Count ?? Buckets.Values.LastOrDefault();
            Buckets.TryAdd(double.PositiveInfinity, count);
            var buckets = new List<double>();
            double below = 0;
            foreach (double upTo in Buckets.Values)
            {
                if (!(upTo >= below))
                {
                    return null;
                }

                buckets.Add(upTo - below);
                below = upTo;
            }

            if (!below.Equals(count))
            {
                return null;
            }

            return new NativeHistogram
            {
                Schema = NativeHistogram.CustomBucketsSchema,
                Count = count,
                Sum = Sum,
                PositiveSpans = [new BucketSpan(0, (uint)buckets.Count)],
                PositiveBuckets = [.. buckets],
                CustomBounds = [.. Buckets.Keys.SkipLast(1)],
            };
        }
    }
}
