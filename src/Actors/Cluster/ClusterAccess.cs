using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What the actors of a node need to be part of a cluster.</summary>
/// <param name="Self">How this node announces itself.</param>
/// <param name="Store">What the cluster shares.</param>
/// <param name="Log">Commits the records of the shards this node leads.</param>
/// <param name="Terms">Of <paramref name="Log"/>.</param>
/// <param name="Transport">Connections with other nodes.</param>
/// <param name="Messages">What <paramref name="Transport"/> hands what comes in to; handlers are added to it.</param>
/// <param name="Membership">How soon a node is taken for dead.</param>
/// <param name="Region">How shards are spread.</param>
/// <param name="TrimInterval">Between two times that what all copies have saved is let go of.</param>
/// <param name="RecentBytesMax">Bytes of the newest records that are kept in memory for a journal that loses them.</param>
public sealed record ClusterAccess(
    Member Self, IClusterStore Store, IShardLog Log, IShardTerms Terms, NodeTransport Transport, NodeMessages Messages, MembershipSettings Membership, RegionSettings Region,
    TimeSpan TrimInterval, long RecentBytesMax)
{
    /// <summary>Where records are kept while the store is away; null: nothing is acknowledged then.</summary>
    public SpoolLog? Spool { get; init; }
}
