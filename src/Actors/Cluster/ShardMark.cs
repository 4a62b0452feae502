namespace Pleiad.Actors;

/// <summary>What the copy of a shard on this node has, at one moment.</summary>
/// <param name="Seq">Through which record of its journal it is applied; 0 when it cannot be said, -1 where the shard is not open.</param>
/// <param name="Lacks">Whether it lacks samples of that all the same.</param>
/// <param name="Opening">Which opening of the shard this is: what another one had, this one may not have.</param>
public readonly record struct ShardMark(long Seq, bool Lacks = false, long Opening = 0)
{
    /// <summary>What a view has that was taken between this mark and a later one: as much as both say, nothing if the shard was closed in between.</summary>
    /// <param name="later">Of the same shard.</param>
    public ShardMark And(ShardMark later) => later.Opening == Opening
        ? new ShardMark(Math.Min(Seq, later.Seq), Lacks || later.Lacks, Opening)
        : new ShardMark(-1, Lacks || later.Lacks, later.Opening);
}
