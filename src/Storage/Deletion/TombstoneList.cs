namespace Pleiad.Storage;

/// <summary>The tombstones of a shard that some block still needs, as they are at one moment. Never changes; a view keeps the one it was taken with.</summary>
public sealed class TombstoneList
{
    /// <summary>No tombstone, and none before.</summary>
    public static readonly TombstoneList Empty = new([], 0);

    /// <param name="tombstones">In any order.</param>
    /// <param name="lastNumber">The largest number ever used.</param>
    internal TombstoneList(IEnumerable<Tombstone> tombstones, long lastNumber)
    {
        Tombstones = [.. tombstones.OrderBy(static tombstone => tombstone.Number)];
        LastNumber = Tombstones.Count == 0 ? lastNumber : Math.Max(lastNumber, Tombstones[^1].Number);
    }

    /// <summary>The tombstones, in the order of their numbers.</summary>
    public IReadOnlyList<Tombstone> Tombstones { get; }

    /// <summary>How many.</summary>
    public int Count => Tombstones.Count;

    /// <summary>The largest number ever used: what is written now has all up to it applied.</summary>
    public long LastNumber { get; }

    /// <summary>The same with others too; those that are there stay.</summary>
    internal TombstoneList With(params IReadOnlyList<Tombstone> more) =>
        new(Tombstones.Concat(more).DistinctBy(static tombstone => tombstone.Number), LastNumber);

    /// <summary>The same with only some of them.</summary>
    internal TombstoneList Where(Func<Tombstone, bool> kept) => new(Tombstones.Where(kept), LastNumber);

    /// <summary>Those up to a number, as if none behind it had ever been used.</summary>
    internal TombstoneList UpTo(long number) => new(Tombstones.Where(tombstone => tombstone.Number <= number), Math.Min(LastNumber, number));

    /// <summary>The same, where numbers up to another may have been used.</summary>
    internal TombstoneList UsedUpTo(long number) => number <= LastNumber ? this : new(Tombstones, number);

    /// <summary>Those that a block written when there were fewer does not have applied.</summary>
    /// <param name="block">Which block.</param>
    internal IEnumerable<Tombstone> NotAppliedTo(Block block)
    {
        for (int i = Tombstones.Count - 1; i >= 0 && Tombstones[i].Number > block.TombstonesApplied; i--)
        {
            if (Tombstones[i].From <= block.MaxTime && Tombstones[i].Through >= block.MinTime)
            {
                yield return Tombstones[i];
            }
        }
    }
}
