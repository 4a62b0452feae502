namespace Pleiad.Storage;

/// <summary>Which blocks have to go so that those of all shards together stay within a size. Pure.</summary>
public static class SizeRetention
{
    /// <summary>
    /// No block is merged into more than this part of what a shard may have: a limit that can only be kept by giving up a block that holds nearly everything
    /// would be no limit.
    /// </summary>
    public const int MergedPart = 8;

    /// <summary>From this part of the limit on snapshots are taken so that the journal can be cut.</summary>
    public const int JournalPart = 4;

    /// <summary>No segment of the journal is larger than this part of the limit: only whole ones go.</summary>
    public const int SegmentPart = 16;

    /// <summary>
    /// What of a limit blocks may take beside the journal: half of it at least. The journal shrinks by itself, and no history is given up for what may be gone in an
    /// hour.
    /// </summary>
    /// <param name="bytesMax">Of blocks and journal.</param>
    /// <param name="journalBytes">What the journal takes.</param>
    public static long OfBlocks(long bytesMax, long journalBytes) => bytesMax - Math.Min(journalBytes, bytesMax / 2);

    /// <summary>
    /// Up to which time the blocks of each resolution have to go. What is finer goes first, the oldest of it before the others: samples (resolution 0), then
    /// the finest rollups, and so on, for what is coarser is there for when what is finer is gone. No level is driven out by coarser ones: it keeps half of what finer
    /// ones leave. The newest of a level is kept, whatever it takes.
    /// </summary>
    /// <param name="blocks">Of samples and of rollups, of all shards.</param>
    /// <param name="bytesMax">For all of them.</param>
    /// <param name="rangeMs">Of a block as it is sealed.</param>
    /// <returns>By resolution; none where nothing has to go.</returns>
    public static IReadOnlyDictionary<long, long> Cuts(IEnumerable<BlockExtent> blocks, long bytesMax, long rangeMs)
    {
        var cuts = new Dictionary<long, long>();
        BlockExtent[][] levels = [.. blocks.GroupBy(static block => block.ResolutionMs).OrderBy(static level => level.Key).Select(static level => level.ToArray())];
        long coarser = levels.Sum(static level => level.Sum(static block => block.Bytes));
        long left = bytesMax;
        foreach (BlockExtent[] level in levels)
        {
            coarser -= level.Sum(static block => block.Bytes);
            long? cut = CutThrough(level, Math.Max(left - coarser, coarser > 0 ? left / 2 : left), Math.Max(rangeMs, level[0].ResolutionMs));
            if (cut is { } through)
            {
                cuts.Add(level[0].ResolutionMs, through);
            }

            left -= level.Where(block => cut is not { } gone || block.MaxTime > gone).Sum(static block => block.Bytes);
        }

        return cuts;
    }

    /// <summary>The newest blocks that fit are kept, and no block older than one that goes. Those that reach into the time of the newest, or into its last range where it was
    /// merged of several, are kept in any case: each shard has its newest there.</summary>
    /// <param name="blocks">Of all shards.</param>
    /// <param name="bytesMax">For all of them.</param>
    /// <param name="rangeMs">Length of the range.</param>
    /// <returns>Blocks go whose newest sample is at or before this time; null where none has to.</returns>
    public static long? CutThrough(IEnumerable<BlockExtent> blocks, long bytesMax, long rangeMs)
    {
        long bytes = 0;
        long keptFrom = long.MaxValue;
        foreach (BlockExtent block in blocks.OrderByDescending(static block => block.MaxTime))
        {
            keptFrom = keptFrom == long.MaxValue ? Math.Max(block.MinTime, block.MaxTime - rangeMs) : keptFrom;
            bytes += block.Bytes;
            if (bytes > bytesMax && block.MaxTime < keptFrom)
            {
                return block.MaxTime;
            }
        }

        return null;
    }
}
