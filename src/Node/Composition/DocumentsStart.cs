using Microsoft.Extensions.Logging;
using Pleiad.Dashboards;
using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>
/// Opens the store of dashboards: SQLite in the data directory of a node by itself, the cluster's PostgreSQL otherwise. Dashboards that lie
/// where they were kept before (as files, or in the SQLite of a node that has joined a cluster) move over, once.
/// </summary>
internal sealed class DocumentsStart : IAsyncDisposable
{
    /// <summary>The store's file in the data directory.</summary>
    public const string DatabaseName = "documents.sqlite";

    /// <summary>Behind the name of what has been moved: it is kept, and not read any more.</summary>
    public const string MovedSuffix = ".moved";

    private const string FolderName = "documents";

    // For the time that the cluster's database is away.
    private const long SeenBytesMax = 64L << 20;

    private readonly SqliteClusterStore? _own;

    private DocumentsStart(SqliteClusterStore? own, StoredDocuments documents)
    {
        _own = own;
        Documents = documents;
    }

    /// <summary>The dashboards.</summary>
    public StoredDocuments Documents { get; }

    /// <summary>Opens the store and moves what lies elsewhere.</summary>
    /// <param name="root">The data directory.</param>
    /// <param name="cluster">The cluster's store; null on a node by itself.</param>
    /// <param name="log">Is told what was moved.</param>
    /// <exception cref="UsageException">It cannot be opened.</exception>
    public static async Task<DocumentsStart> OpenAsync(string root, IDocumentStore? cluster, ILogger log)
    {
        string database = Path.Combine(root, DatabaseName);
        SqliteClusterStore? own = null;
        try
        {
            await new DocumentsRepair(root, log).RunAsync();
            own = cluster is null ? SqliteClusterStore.Open(database) : null;
            IDocumentStore store = cluster ?? own!.Documents;
            await MoveFilesAsync(Path.Combine(root, FolderName), store, log);
            if (cluster is not null && File.Exists(database))
            {
                await MoveDatabaseAsync(database, cluster, log);
            }

            return new DocumentsStart(own, new StoredDocuments(store, cluster is null ? 0 : SeenBytesMax));
        }
        catch (Exception e) when (e is ClusterStoreException or IOException or UnauthorizedAccessException)
        {
            await (own?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw new UsageException($"cannot open the dashboards in {root}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task MoveFilesAsync(string folder, IDocumentStore store, ILogger log)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        FileDocuments files = FileDocuments.Open(new DiskFiles(), folder);
        foreach (string file in files.Damaged)
        {
            log.DocumentDamaged(file);
        }

        Tell(log, await DocumentMove.RunAsync(files, store, CancellationToken.None), folder);
        Directory.Move(folder, FreeName(folder, MovedSuffix));
    }

    private static async Task MoveDatabaseAsync(string database, IDocumentStore store, ILogger log)
    {
        await using (SqliteClusterStore before = SqliteClusterStore.Open(database))
        {
            Tell(log, await DocumentMove.RunAsync(new StoredDocuments(before.Documents, 0), store, CancellationToken.None), database);
        }

        DocumentsRepair.CheckWhole(database);
        File.Move(database, FreeName(database, MovedSuffix));
    }

    private static void Tell(ILogger log, DocumentMoveReport report, string from)
    {
        log.DocumentsMoved(report.Moved, from);
        foreach (string document in report.Left)
        {
            log.DocumentLeft(document, from + MovedSuffix);
        }
    }

    private static string FreeName(string path, string suffix)
    {
        string name = path + suffix;
        for (int i = 2; DocumentsRepair.Parts.Any(part => Path.Exists(name + part)); i++)
        {
            name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}{suffix}.{i}");
        }

        return name;
    }
}
