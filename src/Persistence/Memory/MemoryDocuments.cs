using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Persistence;

internal sealed class MemoryDocuments : IDocumentStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, string Id), Document> _documents = [];
    private long _revision;

    public ValueTask<Document?> GetUnlessAsync(string kind, string id, long seenVersion, CancellationToken cancel)
    {
        lock (_gate)
        {
            return new ValueTask<Document?>(
                _documents.GetValueOrDefault((kind, id)) is { IsDeleted: false } document && document.Version != seenVersion ? document : null);
        }
    }

    public ValueTask<IReadOnlyList<Document>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel)
    {
        lock (_gate)
        {
            return new ValueTask<IReadOnlyList<Document>>(
            [
                .. _documents.Values
                    .Where(document => document.Kind == kind && !document.IsDeleted && Utf8Order.Compare(document.Id, afterId) > 0)
                    .Order(Comparer<Document>.Create(static (a, b) => Utf8Order.Compare(a.Id, b.Id)))
                    .Take(countMax),
            ]);
        }
    }

    public ValueTask<DocumentWrite> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        DocumentRules.Check(kind, id, body.Length);
        return new ValueTask<DocumentWrite>(Write(kind, id, seenVersion, deletes: false, body.ToArray()));
    }

    public ValueTask<DocumentWrite> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel)
    {
        DocumentRules.Check(kind, id, 0);
        return new ValueTask<DocumentWrite>(Write(kind, id, seenVersion, deletes: true, []));
    }

    public ValueTask<bool> AdoptAsync(Document document, CancellationToken cancel)
    {
        DocumentRules.Check(document.Kind, document.Id, document.Body.Length);
        lock (_gate)
        {
            return new ValueTask<bool>(_documents.TryAdd(
                (document.Kind, document.Id), document with { Revision = ++_revision, Body = document.Body.ToArray() }));
        }
    }

    public ValueTask<IReadOnlyList<Document>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel)
    {
        lock (_gate)
        {
            return new ValueTask<IReadOnlyList<Document>>(
            [
                .. _documents.Values
                    .Where(document => document.Revision > afterRevision && (kinds.Count == 0 || kinds.Contains(document.Kind)))
                    .OrderBy(static document => document.Revision)
                    .Take(countMax),
            ]);
        }
    }

    private DocumentWrite Write(string kind, string id, long seenVersion, bool deletes, byte[] body)
    {
        lock (_gate)
        {
            Document? stored = _documents.GetValueOrDefault((kind, id));
            DocumentWrite write = DocumentRules.Decide(stored?.Version ?? 0, stored?.IsDeleted ?? false, seenVersion, deletes);
            if (write.Result == DocumentResult.Written)
            {
                _documents[(kind, id)] = new Document(kind, id, write.Version, ++_revision, deletes, body);
            }

            return write;
        }
    }
}
