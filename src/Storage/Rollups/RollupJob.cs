using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Rollups to be written: the buckets of one resolution that end in a range, of all series.</summary>
public sealed class RollupJob
{
    internal RollupJob(ShardView view, RollupExtent extent, RollupPurpose purpose)
    {
        View = view;
        Extent = extent;
        Purpose = purpose;
    }

    internal ShardView View { get; }

    internal RollupExtent Extent { get; }

    internal RollupPurpose Purpose { get; }

    /// <summary>Whether it failed because its block would have been larger than a block may be.</summary>
    internal bool IsTooLarge { get; set; }

    /// <summary>Whether samples are looked at, or what rollups say is only written together.</summary>
    internal bool ReadsSamples => Purpose != RollupPurpose.Merged;
}

/// <summary>Why rollups are written.</summary>
internal enum RollupPurpose
{
    /// <summary>There are none yet.</summary>
    New,

    /// <summary>Samples came behind them.</summary>
    Again,

    /// <summary>Of several blocks one is made.</summary>
    Merged,

    /// <summary>Something of them is deleted.</summary>
    Cleaned,
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
