using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The blocks of a shard as they are at one moment. Never changes; a view keeps the one it was taken with.</summary>
internal sealed class BlockList
{
    /// <summary>No block.</summary>
    public static readonly BlockList Empty = new([]);

    /// <summary>Some blocks, in any order.</summary>
    public BlockList(IEnumerable<Block> blocks)
    {
        Blocks = [.. blocks.OrderBy(static block => block.MinTime).ThenBy(static block => block.Number)];
        NewestTime = Blocks.Count == 0 ? long.MinValue : Blocks.Max(static block => block.MaxTime);
    }

    /// <summary>The blocks, that with the oldest sample first.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The newest sample in any of them; <see cref="long.MinValue"/> for none.</summary>
    public long NewestTime { get; }

    /// <summary>Bytes of their files.</summary>
    public long Bytes => Blocks.Sum(static block => block.Length);

    /// <summary>The largest number of a tombstone that any of them has applied; 0 for none.</summary>
    public long TombstonesApplied => Blocks.Count == 0 ? 0 : Blocks.Max(static block => block.TombstonesApplied);

    /// <summary>The blocks that may have samples in a range.</summary>
    public List<Block> Overlapping(TimeRange range)
    {
        var found = new List<Block>();
        foreach (Block block in Blocks)
        {
            if (range.Overlaps(block.MinTime, block.MaxTime))
            {
                found.Add(block);
            }
        }

        return found;
    }

    /// <summary>The same without some blocks and with another.</summary>
    public BlockList With(IReadOnlyCollection<Block> gone, Block? added) =>
        new(added is null ? Blocks.Where(block => !gone.Contains(block)) : Blocks.Where(block => !gone.Contains(block)).Append(added));
}
