using Pleiad.Dashboards;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>
/// Dashboards in the store of documents: SQLite's of a node by itself, PostgreSQL's that all nodes of a cluster share. Where the store does
/// not answer, reading goes on with what was seen last; writing is refused.
/// </summary>
/// <param name="store">Where they are.</param>
/// <param name="seenBytesMax">Bytes of documents that are remembered for such a time; 0 for a store that does not go away.</param>
public sealed class StoredDocuments(IDocumentStore store, long seenBytesMax) : IDashboardDocuments
{
    private readonly SeenDocuments _seen = new(seenBytesMax);

    /// <inheritdoc/>
    public async ValueTask<DashboardDocument?> GetAsync(string kind, string id, CancellationToken cancel)
    {
        try
        {
            Document? found = await store.GetAsync(kind, id, cancel).ConfigureAwait(false);
            DashboardDocument? document = found is null ? null : Of(found);
            _seen.Note(kind, id, document);
            return document;
        }
        catch (ClusterStoreException away)
        {
            return _seen.Find(kind, id) ?? throw Failed(away);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DashboardDocument>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel)
    {
        try
        {
            return Noted([.. (await store.ListAsync(kind, afterId, countMax, cancel).ConfigureAwait(false)).Select(Of)]);
        }
        catch (ClusterStoreException away)
        {
            throw Failed(away);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long?> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        try
        {
            DocumentWrite write = await store.PutAsync(kind, id, seenVersion, body, cancel).ConfigureAwait(false);
            return write.Result == DocumentResult.Written ? write.Version : null;
        }
        catch (ClusterStoreException away)
        {
            throw Failed(away);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel)
    {
        try
        {
            return (await store.DeleteAsync(kind, id, seenVersion, cancel).ConfigureAwait(false)).Result == DocumentResult.Written;
        }
        catch (ClusterStoreException away)
        {
            throw Failed(away);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DashboardDocument>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel)
    {
        try
        {
            return Noted([.. (await store.ReadChangesAsync(kinds, afterRevision, countMax, cancel).ConfigureAwait(false)).Select(Of)]);
        }
        catch (ClusterStoreException away)
        {
            throw Failed(away);
        }
    }

    private static DashboardDocument Of(Document document) =>
        new(document.Kind, document.Id, document.Version, document.Revision, document.IsDeleted, document.Body);

    private static IOException Failed(ClusterStoreException cause) => new(cause.Message, cause);

    private DashboardDocument[] Noted(DashboardDocument[] documents)
    {
        foreach (DashboardDocument document in documents)
        {
            _seen.Note(document.Kind, document.Id, document.IsDeleted ? null : document);
        }

        return documents;
    }
}
