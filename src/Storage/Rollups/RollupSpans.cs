using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Arithmetic of ranges of bucket ends.</summary>
internal static class RollupSpans
{
    /// <summary>What is left of ranges without another.</summary>
    public static List<TimeRange> Without(IEnumerable<TimeRange> ranges, TimeRange gone)
    {
        var left = new List<TimeRange>();
        foreach (TimeRange range in ranges)
        {
            if (gone.Through <= range.After || gone.After >= range.Through)
            {
                left.Add(range);
                continue;
            }

            if (gone.After > range.After)
            {
                left.Add(range with { Through = gone.After });
            }

            if (gone.Through < range.Through)
            {
                left.Add(range with { After = gone.Through });
            }
        }

        return left;
    }

    /// <summary>What two ranges have in common; null for nothing.</summary>
    public static TimeRange? Common(TimeRange left, TimeRange right)
    {
        var common = new TimeRange(Math.Max(left.After, right.After), Math.Min(left.Through, right.Through));
        return common.Through > common.After ? common : null;
    }

    /// <summary>The ends of the buckets that a span of deleted time takes a part of: nothing of what is deleted may be in a sum.</summary>
    public static TimeRange BucketsOf(long from, long through, long resolutionMs)
    {
        long first = RollupGrid.Ceiling(from, resolutionMs);
        return new TimeRange(first < long.MinValue + resolutionMs ? long.MinValue : first - resolutionMs, RollupGrid.Ceiling(through, resolutionMs));
    }

    /// <summary>What is left of ranges of ends without the buckets that tombstones speak of.</summary>
    public static List<TimeRange> Without(List<TimeRange> ranges, TimeSpans? deleted, long resolutionMs)
    {
        foreach ((long from, long through) in deleted is null ? [] : deleted.Spans)
        {
            ranges = Without(ranges, BucketsOf(from, through, resolutionMs));
        }

        return ranges;
    }
}
