namespace Pleiad.PromQL;

/// <summary>A cumulative bucket of a classic histogram.</summary>
/// <param name="UpperBound">The value of <c>le</c>.</param>
/// <param name="Count">Observations up to it.</param>
internal record struct ClassicBucket(double UpperBound, double Count);

/// <summary>What was done to make buckets grow with their bounds.</summary>
/// <param name="LowBound">Lowest bound whose count was raised.</param>
/// <param name="HighBound">Highest bound whose count was raised.</param>
/// <param name="DropMax">Largest drop that was levelled.</param>
internal readonly record struct MonotonicityFix(double LowBound, double HighBound, double DropMax);

/// <summary>Quantiles and fractions of classic histograms, linear inside a bucket.</summary>
internal static class ClassicBuckets
{
    // Differences below this share of the values are noise of floating point, not a histogram that shrinks.
    private const double NoiseMax = 1e-12;

    /// <summary>The quantile.</summary>
    /// <param name="q">Outside 0 to 1 gives an infinity.</param>
    /// <param name="buckets">Sorted and fixed in place.</param>
    /// <param name="fix">Not null where counts had to be raised.</param>
    public static double Quantile(double q, Span<ClassicBucket> buckets, out MonotonicityFix? fix)
    {
        fix = null;
        if (double.IsNaN(q))
        {
            return double.NaN;
        }

        if (q is < 0 or > 1)
        {
            return q < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        buckets = SortAndJoin(buckets);
        if (!double.IsPositiveInfinity(buckets[^1].UpperBound))
        {
            return double.NaN;
        }

        fix = Level(buckets);
        double observations = buckets[^1].Count;
        if (buckets.Length < 2 || observations == 0)
        {
            return double.NaN;
        }

        double rank = q * observations;
        int at = 0;
        while (at < buckets.Length - 1 && !(buckets[at].Count >= rank))
        {
            at++;
        }

        if (at == buckets.Length - 1)
        {
            return buckets[^2].UpperBound;
        }

        double end = buckets[at].UpperBound;
        if (at == 0 && end <= 0)
        {
            return end;
        }

        double start = at > 0 ? buckets[at - 1].UpperBound : 0;
        double below = at > 0 ? buckets[at - 1].Count : 0;
        return start + ((end - start) * ((rank - below) / (buckets[at].Count - below)));
    }

    /// <summary>The share of observations between two values.</summary>
    public static double Fraction(double lower, double upper, Span<ClassicBucket> buckets)
    {
        buckets = SortAndJoin(buckets);
        double count = buckets[^1].Count;
        if (!double.IsPositiveInfinity(buckets[^1].UpperBound) || count == 0 || double.IsNaN(lower) || double.IsNaN(upper))
        {
            return double.NaN;
        }

        if (lower >= upper)
        {
            return 0;
        }

        return (Math.Min(RankOf(upper, buckets), count) - Math.Min(RankOf(lower, buckets), count)) / count;
    }

    // Observations up to a value. Buckets that begin above 0 are taken to start at 0.
    private static double RankOf(double value, ReadOnlySpan<ClassicBucket> buckets)
    {
        double bound = buckets[0].UpperBound <= 0 ? double.NegativeInfinity : 0;
        double rank = 0;
        foreach (ClassicBucket bucket in buckets)
        {
            if (bound >= value)
            {
                return rank;
            }

            if (bucket.UpperBound > value)
            {
                return double.IsNegativeInfinity(bound)
                    ? bucket.Count
                    : rank + ((bucket.Count - rank) * (value - bound) / (bucket.UpperBound - bound));
            }

            rank = bucket.Count;
            bound = bucket.UpperBound;
        }

        return double.PositiveInfinity;
    }

    // Sorted by bound; buckets with the same bound (1 and 1.0) are added up.
    private static Span<ClassicBucket> SortAndJoin(Span<ClassicBucket> buckets)
    {
        for (int i = 1; i < buckets.Length; i++)
        {
            if (buckets[i].UpperBound < buckets[i - 1].UpperBound)
            {
                buckets.Sort((a, b) => a.UpperBound.CompareTo(b.UpperBound));
                break;
            }
        }

        int last = 0;
        for (int i = 1; i < buckets.Length; i++)
        {
            if (buckets[i].UpperBound == buckets[last].UpperBound)
            {
                buckets[last].Count += buckets[i].Count;
            }
            else
            {
                buckets[++last] = buckets[i];
            }
        }

        return buckets[..(last + 1)];
    }

    private static MonotonicityFix? Level(Span<ClassicBucket> buckets)
    {
        MonotonicityFix? fix = null;
        double before = buckets[0].Count;
        for (int i = 1; i < buckets.Length; i++)
        {
            double count = buckets[i].Count;
            if (count == before)
            {
                continue;
            }

            if (IsNoise(before, count))
            {
                buckets[i].Count = before;
            }
            else if (count < before)
            {
                buckets[i].Count = before;
                double bound = buckets[i].UpperBound;
                fix = fix is { } sofar
                    ? new MonotonicityFix(Math.Min(sofar.LowBound, bound), Math.Max(sofar.HighBound, bound), Math.Max(sofar.DropMax, before - count))
                    : new MonotonicityFix(bound, bound, before - count);
            }
            else
            {
                before = count;
            }
        }

        return fix;
    }

    private static bool IsNoise(double a, double b)
    {
        double sum = Math.Abs(a) + Math.Abs(b);
        double difference = Math.Abs(a - b);
        return a != 0 && b != 0 && difference / Math.Min(sum, double.MaxValue) < NoiseMax;
    }
}
