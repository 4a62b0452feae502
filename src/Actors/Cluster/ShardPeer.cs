using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Another node of the cluster, and the way to it.</summary>
/// <param name="Node">Which life of it.</param>
/// <param name="Name">What its operator calls it.</param>
/// <param name="Link">Belongs to whoever keeps the places: it is closed when the node is gone.</param>
public sealed record ShardPeer(NodeIncarnation Node, string Name, PeerLink Link);
