namespace Pleiad.Kernel;

/// <summary>What the leader of a shard says of itself before the others have read it in the row: where to send samples, and nothing else rests on it.</summary>
/// <param name="Shard">Of which shard.</param>
/// <param name="Node">Who leads it.</param>
/// <param name="Epoch">Under which epoch.</param>
public readonly record struct ToldLeader(int Shard, NodeIncarnation Node, long Epoch);
