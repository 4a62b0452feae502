namespace Pleiad.Kernel;

/// <summary>How shards are spread and moved.</summary>
public sealed record RegionSettings
{
    /// <summary>Copies of each shard, the leader's included.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>Hand-offs that a node asks for between two ticks, at most. Shards whose owner is dead are taken at once, all of them.</summary>
    public int HandOffsPerTick { get; init; } = 20;

    /// <summary>
    /// Those that it asks for at first; twice as many with each tick, as long as what it has taken starts without waiting. Who joins is cold, and knows none of
    /// the series that it is about to scrape.
    /// </summary>
    public int HandOffsAtFirst { get; init; } = 2;

    /// <summary>Ticks without a hand-off, at most, while what was taken is kept waiting. What waits may have other reasons, and never end.</summary>
    public int HandOffsHeldMax { get; init; } = 10;

    /// <summary>Looks at the plan after which it is read whole once, also where its version is the one that was seen: a store that was restored gives versions out again.</summary>
    public int PlanLooksMax { get; init; } = 30;

    /// <summary>Ticks that a shard which was let go of for another is left to him, though the plan as it was read last gives it to this node.</summary>
    public int GivenTicksMax { get; init; } = 5;
}
