using System.Diagnostics;

namespace Pleiad.Storage;

/// <content>History from elsewhere that goes straight into blocks, while no node uses the directory.</content>
public sealed partial class Shard
{
    /// <summary>
    /// Takes a block of samples that never were in the head. The head must be empty: of a series that is in a block, readers believe
    /// the block alone up to its last sample.
    /// </summary>
    internal void AddHistory(Block block)
    {
        Debug.Assert(IsInBlocksWhole, "nothing of the head is hidden by the block");
        Blocks = Blocks.With([], block);
    }

    /// <summary>Whether the head has no sample that is not in a block.</summary>
    internal bool IsInBlocksWhole => !_sealUnderWay && !IsSettling && OldestInHead() == long.MaxValue;
}
