namespace Pleiad.Storage;

/// <summary>Which blocks have to go so that those of all shards together stay within a size. Pure.</summary>
public static class SizeRetention
{
    /// <summary>
    /// What has to go of samples and of rollups. Rollups may take half of the size: they are there for when samples are gone, so samples go
    /// first, but not all of them.
    /// </summary>
    /// <param name="blocks">Of samples, of all shards.</param>
    /// <param name="rollups">Of rollups.</param>
    /// <param name="bytesMax">For all of them.</param>
    public static (long? SamplesThrough, long? RollupsThrough) Cuts(IEnumerable<BlockExtent> blocks, IReadOnlyList<BlockExtent> rollups, long bytesMax)
    {
        long? rollupsThrough = CutThrough(rollups, bytesMax / 2);
        long left = bytesMax - rollups.Where(rollup => rollupsThrough is not { } through || rollup.MaxTime > through).Sum(static rollup => rollup.Bytes);
        return (CutThrough(blocks, left), rollupsThrough);
    }

    /// <summary>The newest blocks that fit are kept, and no block older than one that goes.</summary>
    /// <param name="blocks">Of all shards.</param>
    /// <param name="bytesMax">For all of them.</param>
    /// <returns>Blocks go whose newest sample is at or before this time; null where none has to.</returns>
    public static long? CutThrough(IEnumerable<BlockExtent> blocks, long bytesMax)
    {
        long bytes = 0;
        foreach (BlockExtent block in blocks.OrderByDescending(static block => block.MaxTime))
        {
            bytes += block.Bytes;
            if (bytes > bytesMax)
            {
                return block.MaxTime;
            }
        }

        return null;
    }
}
