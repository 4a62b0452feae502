namespace Pleiad.Storage;

/// <summary>Times and sizes of a block, for planning.</summary>
/// <param name="MinTime">Its oldest sample.</param>
/// <param name="MaxTime">Its newest.</param>
/// <param name="Bytes">Its size.</param>
public readonly record struct BlockExtent(long MinTime, long MaxTime, long Bytes)
{
    /// <summary>What its chunks take, at most, in a compressed block before compression.</summary>
    public long PlainBytes { get; init; } = Bytes;

    /// <summary>What is in it.</summary>
    public BlockContent Content { get; init; }

    /// <summary>Length of its buckets, in ms; 0 for a block of samples.</summary>
    public long ResolutionMs { get; init; }
}

/// <summary>What is in a block.</summary>
/// <param name="Number">Of the block, in its shard.</param>
/// <param name="Series">How many.</param>
/// <param name="Chunks">How many.</param>
/// <param name="Samples">How many.</param>
/// <param name="IsMerged">Whether it was made of others.</param>
public readonly record struct BlockContent(long Number, int Series, int Chunks, long Samples, bool IsMerged);

/// <summary>Which blocks are to become one. Pure.</summary>
public static class CompactionPlan
{
    /// <summary>So many ranges of one size make one of the next.</summary>
    public const int Factor = 3;

    // Merged they are smaller than their sum; a block too large would have been work for nothing.
    private const long SourceBytesMax = BlockFormat.BytesMax - (BlockFormat.BytesMax / 8);
    private const long SourcePlainBytesMax = BlockFormat.PlainBytesMax - (BlockFormat.PlainBytesMax / 8);

    /// <summary>
    /// The next blocks to merge: those that lie in one aligned window of the smallest range that has more than one of them. Windows are
    /// <paramref name="rangeMs"/>, three times that, nine times that and so on up to <paramref name="rangeMaxMs"/>.
    /// </summary>
    /// <param name="blocks">In the order of their oldest sample.</param>
    /// <param name="rangeMs">Of a block as it is sealed.</param>
    /// <param name="rangeMaxMs">Of the longest block.</param>
    /// <param name="sealedBefore">A window is complete when it ends at or before this time: until then blocks of it are still to come.</param>
    /// <param name="isGapless">Only blocks that follow on each other: what lies between them is in the merged one too.</param>
    /// <param name="bytesMax">Bytes that the merged ones have together at most.</param>
    /// <returns>Indexes; empty where there is nothing to do.</returns>
    public static IReadOnlyList<int> Next(
        IReadOnlyList<BlockExtent> blocks, long rangeMs, long rangeMaxMs, long sealedBefore, bool isGapless = false, long bytesMax = long.MaxValue)
    {
        bytesMax = Math.Min(bytesMax, SourceBytesMax);
        for (long range = rangeMs; range <= rangeMaxMs; range *= Factor)
        {
            for (int first = 0; first < blocks.Count; first++)
            {
                long window = WindowOf(blocks[first].MinTime, range);
                if (window + range > sealedBefore)
                {
                    continue;
                }

                var same = new List<int>();
                long bytes = 0;
                long plainBytes = 0;
                for (int i = first; i < blocks.Count && WindowOf(blocks[i].MinTime, range) == window; i++)
                {
                    if (blocks[i].MaxTime < window + range && bytes + blocks[i].Bytes <= bytesMax
                        && plainBytes + blocks[i].PlainBytes <= SourcePlainBytesMax)
                    {
                        same.Add(i);
                        plainBytes += blocks[i].PlainBytes;
                        bytes += blocks[i].Bytes;
                    }
                    else if (isGapless)
                    {
                        break;
                    }
                }

                if (same.Count > 1)
                {
                    return same;
                }
            }
        }

        return [];
    }

    private static long WindowOf(long time, long range)
    {
        long rest = time % range;
        return time - (rest < 0 ? rest + range : rest);
    }
}
