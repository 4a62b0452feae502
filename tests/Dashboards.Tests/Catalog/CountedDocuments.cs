namespace Pleiad.Dashboards.Tests;

/// <summary>Counts the documents that are read from a store by lists and changes.</summary>
internal sealed class CountedDocuments(IDashboardDocuments documents) : IDashboardDocuments
{
    public int Read { get; private set; }

    public ValueTask<DashboardDocument?> GetAsync(string kind, string id, CancellationToken cancel) => documents.GetAsync(kind, id, cancel);

    public async ValueTask<IReadOnlyList<DashboardDocument>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel) =>
        Counted(await documents.ListAsync(kind, afterId, countMax, cancel));

    public ValueTask<long?> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        documents.PutAsync(kind, id, seenVersion, body, cancel);

    public ValueTask<bool> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel) => documents.DeleteAsync(kind, id, seenVersion, cancel);

    public async ValueTask<IReadOnlyList<DashboardDocument>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel) =>
        Counted(await documents.ReadChangesAsync(kinds, afterRevision, countMax, cancel));

    private IReadOnlyList<DashboardDocument> Counted(IReadOnlyList<DashboardDocument> read)
    {
        Read += read.Count;
        return read;
    }
}
