namespace Pleiad.Actors;

/// <summary>A block on the disk of this node.</summary>
/// <param name="Shard">Whose.</param>
/// <param name="Number">In the shard; later ones are larger.</param>
/// <param name="MinTimeMs">Of its oldest sample.</param>
/// <param name="MaxTimeMs">Of its newest.</param>
public readonly record struct StoredBlock(int Shard, long Number, long MinTimeMs, long MaxTimeMs)
{
    /// <summary>How many series are in it.</summary>
    public long Series { get; init; }

    /// <summary>How many chunks.</summary>
    public long Chunks { get; init; }

    /// <summary>How many samples.</summary>
    public long Samples { get; init; }

    /// <summary>Whether it was made of others.</summary>
    public bool IsMerged { get; init; }
}
