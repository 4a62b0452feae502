using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>The series of one classic histogram, collected until they make a native histogram with custom buckets. Reused.</summary>
/// <remarks>What Prometheus calls NHCB: native histogram specification, section "Native histograms with custom bucket boundaries".</remarks>
internal sealed class ClassicHistogram(int bucketsMax)
{
    private readonly List<(double Bound, double Cumulative)> _buckets = [];
    private bool _broken;

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        _buckets.Clear();
        _broken = false;
        Count = null;
        Sum = 0;
    }

    internal double? Count { get; set; }

    internal double Sum { get; set; }

    /// <summary>Adds a bucket; they may come in any order, a bound at most once.</summary>
    internal void AddBucket(double bound, double cumulative)
    {
        if (double.IsNaN(cumulative) || cumulative < 0 || _buckets.Count > bucketsMax)
        {
            _broken = true;
            return;
        }

        int at = _buckets.Count;
        while (at > 0 && _buckets[at - 1].Bound > bound)
        {
            at--;
        }

        if (at > 0 && _buckets[at - 1].Bound == bound)
        {
            return; // a duplicate: the first counts
        }

        _buckets.Insert(at, (bound, cumulative));
        _broken |= (at > 0 && _buckets[at - 1].Cumulative > cumulative)
            || (at + 1 < _buckets.Count && _buckets[at + 1].Cumulative < cumulative);
    }

    /// <summary>The histogram, or null where the buckets contradict each other or the count.</summary>
    internal NativeHistogram? Convert(CounterResetHint hint = CounterResetHint.Unknown)
    {
        if (_broken)
        {
            return null;
        }

        if (Count is null && _buckets.Count == 0)
        {
            return null;
        }

        double count = Count ?? _buckets[^1].Cumulative;
        bool open = _buckets.Count == 0 || !double.IsPositiveInfinity(_buckets[^1].Bound);
        if (double.IsNaN(count) || count < 0 || (_buckets.Count > 0 && (open ? _buckets[^1].Cumulative > count : _buckets[^1].Cumulative != count)))
        {
            return null;
        }

        if (open)
        {
            _buckets.Add((double.PositiveInfinity, count));
        }

        double[] bounds = new double[_buckets.Count - 1];
        double[] counts = new double[_buckets.Count];
        double below = 0;
        bool whole = count == Math.Round(count);
        for (int i = 0; i < _buckets.Count; i++)
        {
            (double bound, double cumulative) = _buckets[i];
            counts[i] = cumulative - below;
            below = cumulative;
            whole &= cumulative == Math.Round(cumulative);
            if (i < bounds.Length)
            {
                bounds[i] = bound;
            }
        }

        // Two empty buckets in integer form cost less than a span; floats have no deltas to make them cheap (Prometheus's choice).
        (BucketSpan[] spans, double[] kept) =
            BucketSpans.Compact([new BucketSpan(0, (uint)counts.Length)], counts, gapKept: whole ? 2 : 0);
        return new NativeHistogram
        {
            Schema = NativeHistogram.CustomBucketsSchema,
            ResetHint = hint,
            Count = count,
            Sum = Sum,
            PositiveSpans = spans,
            PositiveBuckets = kept,
            CustomBounds = bounds,
        };
    }
}
