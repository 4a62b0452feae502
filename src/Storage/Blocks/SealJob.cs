namespace Pleiad.Storage;

/// <summary>What is to be moved from the head into a block, taken in constant time.</summary>
public sealed class SealJob
{
    internal SealJob(ShardView view, long before)
    {
        View = view;
        Before = before;
    }

    /// <summary>The block takes the samples before this time.</summary>
    public long Before { get; }

    internal ShardView View { get; }
}

/// <summary>A block that is on the device and has been read back.</summary>
public sealed class SealWritten
{
    internal SealWritten(Block? block, IReadOnlyList<BlockedSeries> series)
    {
        Block = block;
        Series = series;
    }

    /// <summary>Samples in it; 0 where there was nothing to move, and no block.</summary>
    public long Samples => Block?.Samples ?? 0;

    /// <summary>Bytes of it.</summary>
    public long Bytes => Block?.Length ?? 0;

    internal Block? Block { get; }

    internal IReadOnlyList<BlockedSeries> Series { get; }
}

/// <summary>How far a series of the head is in blocks.</summary>
/// <param name="Slot">The series.</param>
/// <param name="Generation">Which use of the slot.</param>
/// <param name="Through">The time of its newest sample in a block: what the head has up to here is there twice.</param>
internal readonly record struct BlockedSeries(int Slot, int Generation, long Through);

/// <summary>Blocks to be made into one.</summary>
public sealed class CompactionJob
{
    internal CompactionJob(ShardView view, IReadOnlyList<Block> sources)
    {
        View = view;
        Sources = sources;
    }

    /// <summary>How many.</summary>
    public int Count => Sources.Count;

    /// <summary>The largest number of any of them.</summary>
    public long LastNumber => Sources.Max(static source => source.Number);

    internal ShardView View { get; }

    internal IReadOnlyList<Block> Sources { get; }
}

/// <summary>The block that takes the place of others.</summary>
public sealed class CompactionWritten
{
    internal CompactionWritten(Block? block, int chunksLost)
    {
        Block = block;
        ChunksLost = chunksLost;
    }

    /// <summary>There was nothing to be written anew.</summary>
    internal static readonly CompactionWritten Unchanged = new(null, 0) { IsUnchanged = true };

    /// <summary>Whether the blocks stay as they are.</summary>
    public bool IsUnchanged { get; private init; }

    /// <summary>Chunks whose bytes were damaged.</summary>
    public int ChunksLost { get; }

    internal Block? Block { get; }
}
