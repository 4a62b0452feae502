namespace Pleiad.Kernel;

/// <summary>How shards are spread and moved.</summary>
public sealed record RegionSettings
{
    /// <summary>Copies of each shard, the leader's included.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>Hand-offs that a node asks for between two ticks, at most. Shards whose owner is dead are taken at once, all of them.</summary>
    public int HandOffsPerTick { get; init; } = 20;
}
