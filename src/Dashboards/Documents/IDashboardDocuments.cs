namespace Pleiad.Dashboards;

/// <summary>A document as its store has it.</summary>
/// <param name="Kind">What sort of thing it is.</param>
/// <param name="Id">Its name among its kind.</param>
/// <param name="Version">One more with each change; it goes on where it was when a deleted one is made again.</param>
/// <param name="Revision">Its place in the order of all changes of all documents.</param>
/// <param name="IsDeleted">Whether only the memory of it is left.</param>
/// <param name="Body">What it holds; empty where it is deleted.</param>
public sealed record DashboardDocument(string Kind, string Id, long Version, long Revision, bool IsDeleted, ReadOnlyMemory<byte> Body);

/// <summary>
/// Where dashboards, folders, stars and old versions are kept: small named documents, each changed only by who has seen its last version.
/// What it answers is durable.
/// </summary>
public interface IDashboardDocuments
{
    /// <summary>The document; null where there is none, or none any more.</summary>
    ValueTask<DashboardDocument?> GetAsync(string kind, string id, CancellationToken cancel);

    /// <summary>The documents of a kind by id (ordinal), without those deleted.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="afterId">The last one not wanted; empty for the beginning.</param>
    /// <param name="countMax">How many at most.</param>
    ValueTask<IReadOnlyList<DashboardDocument>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel);

    /// <summary>Writes a document.</summary>
    /// <param name="seenVersion">The version it replaces; 0 where there must be none.</param>
    /// <returns>Its version; null where somebody else changed, made or deleted it meanwhile.</returns>
    ValueTask<long?> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel);

    /// <summary>Deletes a document.</summary>
    /// <param name="seenVersion">The version that is deleted.</param>
    /// <returns>Whether it was; not where somebody else changed it meanwhile.</returns>
    ValueTask<bool> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel);

    /// <summary>What changed behind a revision, in order: of each document its last state only, deleted ones too.</summary>
    /// <param name="kinds">Of which kinds; none for all.</param>
    /// <param name="afterRevision">The last one not wanted; 0 for everything.</param>
    /// <param name="countMax">How many at most.</param>
    ValueTask<IReadOnlyList<DashboardDocument>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel);
}
