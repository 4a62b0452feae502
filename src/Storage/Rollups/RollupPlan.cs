using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Which rollups are to be written next. Pure.</summary>
internal static class RollupPlan
{
    /// <summary>Windows written at once at most: of a long history, or of what has changed, one part after the other.</summary>
    public const int WindowsMax = 32;

    /// <summary>Windows that one merged block covers at most.</summary>
    public const int MergedWindowsMax = 27;

    /// <summary>The ends of the buckets to be written next behind those that there are; null where there is nothing to do.</summary>
    /// <param name="blocks">Of samples.</param>
    /// <param name="level">What there is of the resolution; null for nothing.</param>
    /// <param name="windowMs">See <see cref="RollupSettings.Window"/>.</param>
    /// <param name="spanMs">Time that is rolled up at once at most.</param>
    /// <param name="completeBefore">Every sample of before this time is in a block.</param>
    public static TimeRange? Next(IReadOnlyList<Block> blocks, RollupLevel? level, long windowMs, long spanMs, long completeBefore)
    {
        long through = completeBefore == long.MinValue ? long.MinValue : RollupGrid.Floor(completeBefore - 1, windowMs);
        long from = level?.CoveredThrough ?? long.MinValue;
        long oldest = long.MaxValue;
        foreach (Block block in blocks)
        {
            if (block.MaxTime > from)
            {
                oldest = Math.Min(oldest, Math.Max(block.MinTime, from == long.MinValue ? from : from + 1));
            }
        }

        if (oldest == long.MaxValue)
        {
            return null;
        }

        // Behind what is there without a hole; the windows without any sample cost nothing.
        long first = RollupGrid.Floor(oldest - 1, windowMs);
        long start = level is null ? first : from;
        if (through <= start)
        {
            return null;
        }

        long end = EndOf(new TimeRange(Math.Max(first, start), through), spanMs, windowMs);
        return end > start ? new TimeRange(start, end) : null;
    }

    /// <summary>Where the first part of a range ends that is no longer than a span: with a window, unless the span is shorter than one.</summary>
    public static long EndOf(TimeRange range, long spanMs, long windowMs) => Math.Min(
        range.Through, spanMs < windowMs ? range.After + spanMs : RollupGrid.Floor(range.After + spanMs, windowMs));

    /// <summary>The ends of the buckets of several blocks to be written as one; null where there is nothing to do.</summary>
    public static TimeRange? Merge(RollupLevel level, long windowMs)
    {
        IReadOnlyList<RollupPart> parts = level.Parts;
        BlockExtent[] extents = [.. parts.Select(static part => new BlockExtent(
            part.Ends[0].After, part.Ends[^1].Through - 1, part.Block.Length))];
        IReadOnlyList<int> same = CompactionPlan.Next(extents, windowMs, windowMs * MergedWindowsMax, level.CoveredThrough, isGapless: true);
        return same.Count == 0
            ? null
            : new TimeRange(same.Min(index => parts[index].Ends[0].After), same.Max(index => parts[index].Ends[^1].Through));
    }

    /// <summary>What is rolled up and has changed, as whole windows; also what a damaged block has left open. Null where nothing has.</summary>
    /// <param name="blocks">Of samples.</param>
    /// <param name="level">What there is of the resolution.</param>
    /// <param name="windowMs">See <see cref="RollupSettings.Window"/>.</param>
    /// <param name="isNew">Whether a block has samples that were not looked at when all blocks up to a number were.</param>
    /// <remarks>
    /// Samples may come into a block for a time that is rolled up already: late ones, those of a sender that was away, history that is
    /// imported. A block that was not looked at yet tells so by its number; one that is made of others is new only if one of those was.
    /// </remarks>
    public static TimeRange? Again(IReadOnlyList<Block> blocks, RollupLevel level, long windowMs, Func<Block, long, bool> isNew)
    {
        TimeRange? all = null;
        foreach (Block block in blocks)
        {
            if (block.MinTime <= level.CoveredThrough && isNew(block, level.SourcesThrough))
            {
                Add(block.MinTime, block.MaxTime);
            }
        }

        foreach (TimeRange gap in level.GapsIn(new TimeRange(level.CoveredAfter, level.CoveredThrough)))
        {
            if (blocks.Any(block => gap.Overlaps(block.MinTime, block.MaxTime)))
            {
                Add(gap.After + 1, gap.Through);
            }
        }

        return all;

        void Add(long from, long through)
        {
            var part = new TimeRange(
                RollupGrid.Floor(from - 1, windowMs), Math.Min(RollupGrid.Ceiling(through, windowMs), level.CoveredThrough));
            all = all is { } others ? new TimeRange(Math.Min(others.After, part.After), Math.Max(others.Through, part.Through)) : part;
        }
    }
}
