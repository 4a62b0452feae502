namespace Pleiad.Storage;

/// <summary>Which blocks have to go so that those of all shards together stay within a size. Pure.</summary>
public static class SizeRetention
{
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
