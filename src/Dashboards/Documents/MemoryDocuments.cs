namespace Pleiad.Dashboards;

/// <summary>Documents in memory: for tests, and what a durable store has to behave like.</summary>
public sealed class MemoryDocuments : IDashboardDocuments
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Kind, string Id), DashboardDocument> _documents =
        new(Comparer<(string Kind, string Id)>.Create((a, b) =>
            string.CompareOrdinal(a.Kind, b.Kind) is not 0 and var order ? order : string.CompareOrdinal(a.Id, b.Id)));

    private long _revision;

    /// <inheritdoc/>
    public ValueTask<DashboardDocument?> GetAsync(string kind, string id, CancellationToken cancel)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_documents.TryGetValue((kind, id), out DashboardDocument? document) && !document.IsDeleted ? document : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DashboardDocument>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<DashboardDocument>>(
            [
                .. _documents.Values.Where(document => document.Kind == kind && !document.IsDeleted && string.CompareOrdinal(document.Id, afterId) > 0).Take(countMax),
            ]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long?> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        ValueTask.FromResult(Write(kind, id, seenVersion, deletes: false, body.ToArray()));

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel) =>
        ValueTask.FromResult(Write(kind, id, seenVersion, deletes: true, default) is not null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DashboardDocument>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<DashboardDocument>>(
            [
                .. _documents.Values.Where(document => document.Revision > afterRevision && (kinds.Count == 0 || kinds.Contains(document.Kind)))
                    .OrderBy(document => document.Revision)
                    .Take(countMax),
            ]);
        }
    }

    private long? Write(string kind, string id, long seenVersion, bool deletes, ReadOnlyMemory<byte> body)
    {
        lock (_lock)
        {
            _documents.TryGetValue((kind, id), out DashboardDocument? old);
            long there = old is null or { IsDeleted: true } ? 0 : old.Version;
            if (seenVersion != there || (deletes && there == 0))
            {
                return null;
            }

            long version = (old?.Version ?? 0) + 1;
            _documents[(kind, id)] = new DashboardDocument(kind, id, version, ++_revision, deletes, body);
            return version;
        }
    }
}
