using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Rollups to be written: the buckets of one resolution that end in a range, of all series.</summary>
public sealed class RollupJob
{
    internal RollupJob(ShardView view, RollupExtent extent, bool readsSamples)
    {
        View = view;
        Extent = extent;
        ReadsSamples = readsSamples;
    }

    internal ShardView View { get; }

    internal RollupExtent Extent { get; }

    /// <summary>Whether samples are looked at, or what rollups say is only written together.</summary>
    internal bool ReadsSamples { get; }
}

/// <summary>Rollups that are on the device and have been read back.</summary>
public sealed class RollupWritten
{
    internal RollupWritten(Block block, int chunksLost)
    {
        Block = block;
        ChunksLost = chunksLost;
    }

    /// <summary>Buckets in it.</summary>
    public long Buckets => Block.Samples;

    /// <summary>Bytes of it.</summary>
    public long Bytes => Block.Length;

    /// <summary>Chunks whose bytes were damaged.</summary>
    public int ChunksLost { get; }

    internal Block Block { get; }
}
