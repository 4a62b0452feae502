using System.Collections.Immutable;

namespace Pleiad.Storage;

/// <summary>What a view sees beside the chunks of the head's series, as it was at one moment. Never changes.</summary>
/// <param name="Blocks">The blocks.</param>
/// <param name="Tombstones">What is deleted of blocks.</param>
/// <param name="Deleted">What is deleted of series of the head, by slot.</param>
/// <param name="Late">Samples of the head that came later than newer ones, by slot.</param>
internal sealed record ViewParts(
    BlockList Blocks, TombstoneList Tombstones, ImmutableDictionary<int, TimeSpans> Deleted, ImmutableDictionary<int, LateSamples> Late)
{
    /// <summary>What is expired, where that differs from series to series.</summary>
    public RetentionCut Cut { get; init; } = RetentionCut.None;

    /// <summary>What is missing of samples because it was damaged.</summary>
    public IReadOnlyList<MissingSamples> SetAside { get; init; } = [];

    /// <summary>Damaged blocks of rollups that lie in the quarantine.</summary>
    public IReadOnlyList<MissingSamples> RollupsSetAside { get; init; } = [];

    /// <summary>The rollups.</summary>
    public RollupList Rollups { get; init; } = RollupList.Empty;

    /// <summary>Of an empty shard.</summary>
    public static readonly ViewParts Empty = new(BlockList.Empty, TombstoneList.Empty, ImmutableDictionary<int, TimeSpans>.Empty, ImmutableDictionary<int, LateSamples>.Empty);
}
