using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The functions that can be answered from rollups: what they do with the buckets of a window.</summary>
/// <remarks>Of whole buckets the answers are those of the samples; sums alone may round otherwise. docs/decisions/0013.</remarks>
internal static class RollupFunctions
{
    /// <summary>An instant selector, as a function.</summary>
    public const string Instant = "instant";

    /// <summary>The time of the sample that one finds.</summary>
    public const string InstantTime = "time of instant";

    private const string Other = "";

    /// <summary>What an instant selector does, or nothing that can be answered.</summary>
    public static string InstantOf(SampleFacet facet) => facet switch
    {
        SampleFacet.Value => Instant,
        SampleFacet.Time => InstantTime,
        _ => Other,
    };

    /// <summary>A bit for each column that a function reads; null where it cannot be answered.</summary>
    public static int? ColumnsOf(string function) => function switch
    {
        "rate" or "increase" => Bits(RollupColumn.FirstAge, RollupColumn.First, RollupColumn.LastAge, RollupColumn.Last, RollupColumn.Dropped),
        "delta" => Bits(RollupColumn.FirstAge, RollupColumn.First, RollupColumn.LastAge, RollupColumn.Last),
        "resets" => Bits(RollupColumn.First, RollupColumn.Last, RollupColumn.Resets),
        "changes" => Bits(RollupColumn.First, RollupColumn.Last, RollupColumn.Changes),
        "sum_over_time" or "avg_over_time" => Bits(RollupColumn.Sum),
        "min_over_time" => Bits(RollupColumn.Min),
        "max_over_time" => Bits(RollupColumn.Max),
        "count_over_time" or "present_over_time" => Bits(),
        "first_over_time" => Bits(RollupColumn.First),
        "last_over_time" => Bits(RollupColumn.Last),
        "ts_of_first_over_time" => Bits(RollupColumn.FirstAge),
        "ts_of_last_over_time" => Bits(RollupColumn.LastAge),
        Instant => Bits(RollupColumn.LastAge, RollupColumn.Last, RollupColumn.StaleAge),
        InstantTime => Bits(RollupColumn.LastAge, RollupColumn.StaleAge),
        _ => null,
    };

    /// <summary>The value of a function over the buckets of a window; null for none.</summary>
    /// <param name="function">One that <see cref="ColumnsOf"/> knows.</param>
    /// <param name="buckets">Of the series.</param>
    /// <param name="window">Which of them, and when.</param>
    public static double? Of(string function, RollupColumns buckets, in RollupWindow window) => function switch
    {
        "rate" => Gain(buckets, window, isCounter: true, perSecond: true),
        "increase" => Gain(buckets, window, isCounter: true, perSecond: false),
        "delta" => Gain(buckets, window, isCounter: false, perSecond: false),
        "resets" => Pairs(buckets, window, RollupColumn.Resets, static (before, after) => after < before),
        "changes" => Pairs(buckets, window, RollupColumn.Changes, static (before, after) =>
            before != after && !(double.IsNaN(before) && double.IsNaN(after))),
        "sum_over_time" => Sum(buckets, window, averages: false),
        "avg_over_time" => Sum(buckets, window, averages: true),
        "min_over_time" => Extreme(buckets[RollupColumn.Min], buckets, window, max: false),
        "max_over_time" => Extreme(buckets[RollupColumn.Max], buckets, window, max: true),
        "count_over_time" => Count(buckets, window) is > 0 and double count ? count : null,
        "present_over_time" => Count(buckets, window) > 0 ? 1 : null,
        "first_over_time" => First(buckets, window) is { } first ? buckets[RollupColumn.First][first] : null,
        "last_over_time" => Last(buckets, window) is { } last ? buckets[RollupColumn.Last][last] : null,
        "ts_of_first_over_time" => First(buckets, window) is { } first ? FirstTime(buckets, first) / 1000.0 : null,
        "ts_of_last_over_time" => Last(buckets, window) is { } last ? LastTime(buckets, last) / 1000.0 : null,
        _ => Newest(buckets, window, function == InstantTime),
    };

    private static int Bits(params ReadOnlySpan<RollupColumn> columns)
    {
        int bits = 1 << (int)RollupColumn.Count;
        foreach (RollupColumn column in columns)
        {
            bits |= 1 << (int)column;
        }

        return bits;
    }

    private static long FirstTime(RollupColumns buckets, int index) => buckets.Ends[index] - (long)buckets[RollupColumn.FirstAge][index];

    private static long LastTime(RollupColumns buckets, int index) => buckets.Ends[index] - (long)buckets[RollupColumn.LastAge][index];

    private static int? First(RollupColumns buckets, in RollupWindow window)
    {
        for (int i = window.First; i < window.Behind; i++)
        {
            if (buckets[RollupColumn.Count][i] > 0)
            {
                return i;
            }
        }

        return null;
    }

    private static int? Last(RollupColumns buckets, in RollupWindow window)
    {
        for (int i = window.Behind - 1; i >= window.First; i--)
        {
            if (buckets[RollupColumn.Count][i] > 0)
            {
                return i;
            }
        }

        return null;
    }

    private static double Count(RollupColumns buckets, in RollupWindow window)
    {
        double count = 0;
        foreach (double each in buckets[RollupColumn.Count][window.First..window.Behind])
        {
            count += each;
        }

        return count;
    }

    private static double? Sum(RollupColumns buckets, in RollupWindow window, bool averages)
    {
        double count = Count(buckets, window);
        CompensatedSum sum = CompensatedSum.Of(buckets[RollupColumn.Sum][window.First..window.Behind]);
        return count == 0 ? null : averages ? sum.Total / count : sum.Total;
    }

    private static double? Extreme(ReadOnlySpan<double> values, RollupColumns buckets, in RollupWindow window, bool max)
    {
        ReadOnlySpan<double> counts = buckets[RollupColumn.Count];
        double? best = null;
        for (int i = window.First; i < window.Behind; i++)
        {
            if (counts[i] == 0)
            {
                continue;
            }

            // Of equal ones the later stays; NaN gives way to everything.
            double value = values[i];
            bool stays = best is { } other && (double.IsNaN(value) ? !double.IsNaN(other) : max ? other > value : other < value);
            best = stays ? best : value;
        }

        return best;
    }

    private static double? Pairs(RollupColumns buckets, in RollupWindow window, RollupColumn inside, Func<double, double, bool> counts)
    {
        if (First(buckets, window) is not { } before)
        {
            return null;
        }

        double pairs = buckets[inside][before];
        for (int i = before + 1; i < window.Behind; i++)
        {
            if (buckets[RollupColumn.Count][i] > 0)
            {
                pairs += buckets[inside][i] + (counts(buckets[RollupColumn.Last][before], buckets[RollupColumn.First][i]) ? 1 : 0);
                before = i;
            }
        }

        return pairs;
    }

    private static double? Gain(RollupColumns buckets, in RollupWindow window, bool isCounter, bool perSecond)
    {
        if (First(buckets, window) is not { } first || Last(buckets, window) is not { } last)
        {
            return null;
        }

        double firstValue = buckets[RollupColumn.First][first];
        double gain = buckets[RollupColumn.Last][last] - firstValue;
        if (isCounter)
        {
            gain += Lost(buckets, first, last);
        }

        var times = new ExtrapolatedRate.RateWindow(
            window.End - window.LengthMs, window.End, FirstTime(buckets, first), LastTime(buckets, last), (int)Count(buckets, window) - 1, 0, window.LengthMs);
        double? result = times.Factor(isCounter, perSecond, firstValue, gain) is { } factor ? gain * factor : null;

        // Of a range that is no whole number of buckets, as much as is its due.
        return perSecond || window.RangeMs == window.LengthMs ? result : result * ((double)window.RangeMs / window.LengthMs);
    }

    private static double Lost(RollupColumns buckets, int first, int last)
    {
        double lost = buckets[RollupColumn.Dropped][first];
        int before = first;
        for (int i = first + 1; i <= last; i++)
        {
            if (buckets[RollupColumn.Count][i] > 0)
            {
                double ended = buckets[RollupColumn.Last][before];
                lost += (buckets[RollupColumn.First][i] < ended ? ended : 0) + buckets[RollupColumn.Dropped][i];
                before = i;
            }
        }

        return lost;
    }

    private static double? Newest(RollupColumns buckets, in RollupWindow window, bool time)
    {
        int newest = window.Behind - 1;
        if (newest < window.First || buckets[RollupColumn.StaleAge][newest] > 0)
        {
            return null;
        }

        long at = LastTime(buckets, newest);
        return at <= window.End - window.RangeMs ? null : time ? at / 1000.0 : buckets[RollupColumn.Last][newest];
    }
}

/// <summary>A window of whole buckets.</summary>
/// <param name="First">The first bucket in it.</param>
/// <param name="Behind">The first one behind it.</param>
/// <param name="End">Where it ends, in milliseconds; inside.</param>
/// <param name="LengthMs">How long it is.</param>
/// <param name="RangeMs">How long it was to be: the range, or the lookback.</param>
internal readonly record struct RollupWindow(int First, int Behind, long End, long LengthMs, long RangeMs);
