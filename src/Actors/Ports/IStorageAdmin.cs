using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>What an operator may ask of a node's storage.</summary>
public interface IStorageAdmin
{
    /// <summary>Moves the whole head into blocks, merges them and cuts the journal; completes when all shards are done.</summary>
    /// <returns>Null when it is done; else why it is not. What was acknowledged is kept in either case.</returns>
    Task<string?> SealAsync(CancellationToken cancel);

    /// <summary>
    /// Deletes samples. What is written afterwards, of whatever time, is not deleted. When it completes without a failure, that is
    /// durable; after a failure some of it may be deleted.
    /// </summary>
    /// <param name="matchers">Of the series.</param>
    /// <param name="from">The first time that is deleted.</param>
    /// <param name="through">The last; before the first nothing is deleted.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <returns>Null when it is done; else why not all of it is.</returns>
    Task<string?> DeleteAsync(IReadOnlyList<Matcher> matchers, Timestamp from, Timestamp through, CancellationToken cancel);

    /// <summary>Writes the blocks that have deleted samples anew without them.</summary>
    /// <returns>Null when it is done; else why it is not.</returns>
    Task<string?> CleanAsync(CancellationToken cancel);

    /// <summary>Copies all blocks into a directory that a node can be started on, below <c>snapshots</c> in the data directory.</summary>
    /// <param name="skipsHead">Leaves out what is in no block yet; otherwise the head is sealed first.</param>
    /// <param name="cancel">Gives up.</param>
    Task<StorageCopy> CopyAsync(bool skipsHead, CancellationToken cancel);
}

/// <summary>How a copy ended.</summary>
/// <param name="Name">Of its directory; null where there is none.</param>
/// <param name="Failure">Why there is none, or null.</param>
public sealed record StorageCopy(string? Name, string? Failure);
