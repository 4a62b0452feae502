using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Which blocks of rollups speak of series in a range of which samples may be gone: what names and values of labels are listed from beside the samples.</summary>
internal static class RollupListing
{
    /// <summary>The parts that are read of them, each with the ends of its buckets that lie in the range; empty where the samples say it all.</summary>
    public static List<RollupPart> PartsFor(ViewPin pin, TimeRange range)
    {
        var found = new List<RollupPart>();
        long goneBefore = GoneBefore(pin);
        foreach (RollupLevel level in pin.Parts.Rollups.Levels)
        {
            // A bucket is in the range with any of its samples.
            var wanted = new TimeRange(RollupGrid.Floor(range.After, level.ResolutionMs), RollupGrid.Ceiling(range.Through, level.ResolutionMs));
            if (!level.CoversBefore(wanted, goneBefore))
            {
                continue;
            }

            foreach (RollupPart part in level.Parts)
            {
                List<TimeRange> ends = [.. part.Ends.Select(ends => RollupSpans.Common(ends, wanted)).OfType<TimeRange>()];
                if (ends.Count > 0)
                {
                    found.Add(new RollupPart(part.Block, ends));
                }
            }
        }

        return found;
    }

    /// <summary>Of no series a sample before this time is sure to be there.</summary>
    public static long GoneBefore(ViewPin pin)
    {
        IReadOnlyList<Block> blocks = pin.Blocks.Blocks;
        return Math.Max(Math.Max(pin.OldestTime, blocks.Count == 0 ? long.MaxValue : blocks[0].MinTime), pin.Parts.Cut.Ceiling);
    }
}
