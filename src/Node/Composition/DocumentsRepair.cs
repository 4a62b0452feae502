using System.Globalization;
using Microsoft.Extensions.Logging;
using Pleiad.Dashboards;
using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>
/// Puts a damaged store of documents aside, and in its place a new one with every document that can still be read: samples must not wait for somebody
/// who repairs dashboards, and one bad page takes only what was in it.
/// </summary>
/// <remarks>
/// The new store is made whole under another name first. A stop before the damaged one has left its place has everything done again; after a stop
/// behind that the next start does the rest.
/// </remarks>
/// <param name="root">The data directory.</param>
/// <param name="log">Is told of the damage.</param>
internal sealed class DocumentsRepair(string root, ILogger log)
{
    /// <summary>Behind the name of the new store until it has its place.</summary>
    public const string NewSuffix = ".new";

    private const string DamagedSuffix = ".damaged";

    // Of those that are lost; the log says how many there are.
    private const int NamesLoggedMax = 100;

    private readonly DiskFiles _files = new();
    private readonly string _root = root;
    private readonly string _database = Path.Combine(root, DocumentsStart.DatabaseName);
    private readonly string _new = Path.Combine(root, DocumentsStart.DatabaseName + NewSuffix);
    private readonly string _quarantine = Path.Combine(root, "quarantine");

    /// <summary>What SQLite writes behind the name of a file for the files that belong to it; the file itself first.</summary>
    public static IReadOnlyList<string> Parts { get; } = [string.Empty, "-wal", "-shm"];

    /// <summary>Looks at the store, if there is one, and repairs it.</summary>
    /// <exception cref="ClusterStoreException">The new store cannot be written.</exception>
    /// <exception cref="IOException">The same, or a file cannot be moved.</exception>
    public async Task RunAsync()
    {
        if (!File.Exists(_database))
        {
            Finish(LastAside());
        }

        foreach (string part in Parts)
        {
            File.Delete(_new + part);
        }

        if (SqliteClusterStore.DamageOf(_database) is not { } damage)
        {
            return;
        }

        DamagedDocuments damaged = DamagedDocuments.Open(_database, CancellationToken.None);
        DocumentMoveReport report;
        try
        {
            await using SqliteClusterStore made = SqliteClusterStore.Open(_new);
            report = await DocumentMove.RunAsync(damaged, made.Documents, CancellationToken.None);
        }
        finally
        {
            damaged.Close();
        }

        CheckWhole(_new);
        int aside = LastAside() + 1;
        PutAside(aside);
        Tell(damaged, report, NameOf(aside), damage);
    }

    /// <summary>SQLite puts the log of a file into it and takes it away with the last connection; without that the file alone is not everything.</summary>
    /// <exception cref="IOException">The log is there.</exception>
    public static void CheckWhole(string database)
    {
        if (new FileInfo(database + "-wal") is { Exists: true, Length: > 0 })
        {
            throw new IOException($"SQLite could not put {database}-wal into {database}");
        }
    }

    private void PutAside(int aside)
    {
        _files.CreateDirectory(_quarantine);
        _files.FlushDirectory(_root);
        File.Move(_database, NameOf(aside));
        _files.FlushDirectory(_quarantine);
        _files.FlushDirectory(_root);
        Finish(aside);
    }

    // The damaged file has left its place. Its log goes after it before the new store comes: SQLite would take it for the log of that.
    private void Finish(int aside)
    {
        foreach (string part in Parts)
        {
            if (File.Exists(_database + part))
            {
                _files.CreateDirectory(_quarantine);
                string to = NameOf(aside) + part;
                File.Move(_database + part, aside > 0 && !File.Exists(to) ? to : NameOf(LastAside() + 1) + part);
                _files.FlushDirectory(_quarantine);
                _files.FlushDirectory(_root);
            }
        }

        if (File.Exists(_new))
        {
            File.Move(_new, _database);
            _files.FlushDirectory(_root);
        }
    }

    private string NameOf(int aside) =>
        Path.Combine(_quarantine, DocumentsStart.DatabaseName + DamagedSuffix) + (aside < 2 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $".{aside}"));

    // The highest number that any part of a store has there; 0 where there is none. Behind it all names are free, and the store that was moved last has it.
    private int LastAside()
    {
        const string first = DocumentsStart.DatabaseName + DamagedSuffix;
        int last = 0;
        if (Directory.Exists(_quarantine))
        {
            foreach (string path in Directory.EnumerateFiles(_quarantine, first + "*"))
            {
                string rest = Path.GetFileName(path)[first.Length..];
                string ofPart = Parts.Last(part => rest.EndsWith(part, StringComparison.Ordinal));
                rest = rest[..^ofPart.Length];
                int number = rest.Length == 0 ? 1
                    : rest[0] == '.' && int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int found) ? found : 0;
                last = Math.Max(last, number);
            }
        }

        return last;
    }

    private void Tell(DamagedDocuments damaged, DocumentMoveReport report, string aside, string damage)
    {
        // Old versions whose dashboard is lost are read and not carried over.
        int left = damaged.Lost.Count + damaged.Count - report.Moved;
        DashboardMetrics.StoreDamaged(report.Moved, left);
        log.DocumentsDamaged(DocumentsStart.DatabaseName, aside, report.Moved, left, damage);
        foreach (string document in damaged.Lost.Concat(report.Left).Take(NamesLoggedMax))
        {
            log.DocumentLost(document, aside);
        }
    }
}
