using Pleiad.Kernel;

namespace Pleiad.Node.Tests;

/// <summary>A store that goes away: after a number of documents were taken over, or when it is told to.</summary>
internal sealed class BreakingDocuments(IDocumentStore store, int adoptionsMax) : IDocumentStore
{
    private int _adopted;

    public bool IsAway { get; set; }

    public ValueTask<Document?> GetUnlessAsync(string kind, string id, long seenVersion, CancellationToken cancel) => Store.GetUnlessAsync(kind, id, seenVersion, cancel);

    public ValueTask<IReadOnlyList<Document>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel) => Store.ListAsync(kind, afterId, countMax, cancel);

    public ValueTask<DocumentWrite> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        Store.PutAsync(kind, id, seenVersion, body, cancel);

    public ValueTask<DocumentWrite> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel) => Store.DeleteAsync(kind, id, seenVersion, cancel);

    public ValueTask<bool> AdoptAsync(Document document, CancellationToken cancel) =>
        _adopted++ < adoptionsMax ? Store.AdoptAsync(document, cancel) : throw new ClusterStoreException("gone");

    public ValueTask<IReadOnlyList<Document>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel) =>
        Store.ReadChangesAsync(kinds, afterRevision, countMax, cancel);

    private IDocumentStore Store => IsAway ? throw new ClusterStoreException("away") : store;
}
