using Pleiad.Dashboards;
using Pleiad.Storage;

namespace Pleiad.Persistence;

/// <summary>
/// Documents of a single node as files, one each: written beside, flushed, renamed, so that each is whole or as it was before. What was
/// deleted leaves a file without a body, because versions never go back. Form: docs/formats/documents.md.
/// </summary>
public sealed class FileDocuments : IDashboardDocuments
{
    private const string TemporarySuffix = ".tmp";
    private const string DamagedSuffix = ".damaged";

    private readonly IFiles _files;
    private readonly string _directory;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Kind, string Id), DocumentHeader> _headers = new(KeyOrder.Instance);
    private readonly SortedDictionary<long, (string Kind, string Id)> _byRevision = [];
    private long _revision;

    private FileDocuments(IFiles files, string directory)
    {
        _files = files;
        _directory = directory;
    }

    /// <summary>Files that could not be read and were put aside under another name.</summary>
    public IReadOnlyList<string> Damaged { get; private set; } = [];

    /// <summary>Opens a directory, making it where it is not there. One process at a time; whoever calls holds the lock.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static FileDocuments Open(IFiles files, string directory)
    {
        ArgumentNullException.ThrowIfNull(files);
        files.CreateDirectory(directory);
        var documents = new FileDocuments(files, directory);
        documents.Load();
        return documents;
    }

    /// <inheritdoc/>
    public ValueTask<DashboardDocument?> GetAsync(string kind, string id, CancellationToken cancel)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_headers.TryGetValue((kind, id), out DocumentHeader header) && !header.IsDeleted ? Read(kind, id, header) : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DashboardDocument>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<DashboardDocument>>(
            [
                .. _headers.Where(entry => entry.Key.Kind == kind && !entry.Value.IsDeleted && string.CompareOrdinal(entry.Key.Id, afterId) > 0)
                    .Take(countMax)
                    .Select(entry => Read(entry.Key.Kind, entry.Key.Id, entry.Value)),
            ]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long?> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        ValueTask.FromResult(Write(kind, id, seenVersion, deletes: false, body));

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel) =>
        ValueTask.FromResult(Write(kind, id, seenVersion, deletes: true, default) is not null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DashboardDocument>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (afterRevision >= _revision)
            {
                return ValueTask.FromResult<IReadOnlyList<DashboardDocument>>([]);
            }

            return ValueTask.FromResult<IReadOnlyList<DashboardDocument>>(
            [
                .. _byRevision.Where(entry => entry.Key > afterRevision && (kinds.Count == 0 || kinds.Contains(entry.Value.Kind)))
                    .Take(countMax)
                    .Select(entry => Read(entry.Value.Kind, entry.Value.Id, _headers[entry.Value])),
            ]);
        }
    }

    private void Load()
    {
        var damaged = new List<string>();
        foreach (string name in _files.List(_directory))
        {
            string path = Path.Combine(_directory, name);
            if (name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            {
                // Of a write that was never acknowledged.
                _files.Delete(path);
                continue;
            }

            if (name.EndsWith(DamagedSuffix, StringComparison.Ordinal))
            {
                continue;
            }

            if (DocumentFile.KeyOf(name) is not { } key || DocumentFile.TryRead(_files, path) is not { } content || !_byRevision.TryAdd(content.Header.Revision, key))
            {
                _files.Rename(path, path + DamagedSuffix);
                _files.FlushDirectory(_directory);
                damaged.Add(name);
                continue;
            }

            _headers.Add(key, content.Header);
            _revision = Math.Max(_revision, content.Header.Revision);
        }

        Damaged = damaged;
    }

    private long? Write(string kind, string id, long seenVersion, bool deletes, ReadOnlyMemory<byte> body)
    {
        string name = DocumentFile.NameOf(kind, id);
        lock (_lock)
        {
            bool known = _headers.TryGetValue((kind, id), out DocumentHeader old);
            long there = known && !old.IsDeleted ? old.Version : 0;
            if (seenVersion != there || (deletes && there == 0))
            {
                return null;
            }

            // A write that failed may be on the disk or not: its revision is not given out again.
            var header = new DocumentHeader((known ? old.Version : 0) + 1, ++_revision, deletes);
            string path = Path.Combine(_directory, name);
            try
            {
                using (IFile file = _files.Create(path + TemporarySuffix))
                {
                    DocumentFile.Write(file, header, body.Span);
                    file.Flush();
                }

                _files.Rename(path + TemporarySuffix, path);
                _files.FlushDirectory(_directory);
            }
            catch (IOException)
            {
                // Which of the two versions has the name now is for the disk to say.
                if (_files.Exists(path) && DocumentFile.TryRead(_files, path) is { } found)
                {
                    Note((kind, id), found.Header);
                }

                throw;
            }

            Note((kind, id), header);
            return header.Version;
        }
    }

    private void Note((string Kind, string Id) key, DocumentHeader header)
    {
        if (_headers.TryGetValue(key, out DocumentHeader old))
        {
            _byRevision.Remove(old.Revision);
        }

        _headers[key] = header;
        _byRevision[header.Revision] = key;
    }

    private DashboardDocument Read(string kind, string id, DocumentHeader header)
    {
        string path = Path.Combine(_directory, DocumentFile.NameOf(kind, id));
        (DocumentHeader found, byte[] body) = DocumentFile.TryRead(_files, path) ?? throw new CorruptDataException(path, 0, "the document was damaged while the node ran");
        return new DashboardDocument(kind, id, found.Version, header.Revision, header.IsDeleted, body);
    }

    private sealed class KeyOrder : IComparer<(string Kind, string Id)>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare((string Kind, string Id) x, (string Kind, string Id) y) =>
            string.CompareOrdinal(x.Kind, y.Kind) is not 0 and var order ? order : string.CompareOrdinal(x.Id, y.Id);
    }
}
