using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Pleiad.Dashboards;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>The documents that can still be read from a SQLite file some of whose pages are broken. It is only read.</summary>
/// <remarks>
/// A scan ends at the first broken page. The rows behind it are found by the scan from the other end and by both indexes, then each is read by itself. Of
/// names that an index has and no row answers to it is known that they are lost.
/// </remarks>
public sealed class DamagedDocuments : IDashboardDocuments
{
    /// <summary>Rows that one way of finding them gives at most: broken pages may lead round in a circle.</summary>
    internal const int RowsMax = 1_000_000;

    private const int BodyDepthMax = 1000;

    private const string Columns = "SELECT kind, id, version, revision, deleted, body FROM document WHERE rowid = $row AND length(body) <= $max";

    private static readonly Func<SqliteConnection, SqliteCommand>[] Ways =
    [
        static connection => new SqliteCommand("SELECT rowid FROM document NOT INDEXED ORDER BY rowid LIMIT $max", connection),
        static connection => new SqliteCommand("SELECT rowid FROM document NOT INDEXED ORDER BY rowid DESC LIMIT $max", connection),
        static connection => new SqliteCommand("SELECT rowid FROM document INDEXED BY document_by_revision ORDER BY revision LIMIT $max", connection),
        static connection => new SqliteCommand("SELECT rowid FROM document INDEXED BY document_by_revision ORDER BY revision DESC LIMIT $max", connection),
    ];

    private static readonly Func<SqliteConnection, SqliteCommand>[] NamedWays =
    [
        static connection => new SqliteCommand("SELECT rowid, kind, id FROM document INDEXED BY sqlite_autoindex_document_1 ORDER BY kind, id LIMIT $max", connection),
        static connection => new SqliteCommand("SELECT rowid, kind, id FROM document INDEXED BY sqlite_autoindex_document_1 ORDER BY kind DESC, id DESC LIMIT $max", connection),
    ];

    private readonly SqliteDatabase _database;
    private readonly List<string> _lost = [];
    private Row[] _byRevision = [];
    private Row[] _byName = [];

    private DamagedDocuments(SqliteDatabase database) => _database = database;

    /// <summary>Those that are known to have been there and cannot be read: kind and id, or the number of the row where no index says more.</summary>
    public IReadOnlyList<string> Lost => _lost;

    /// <summary>How many can be read, deleted ones and old versions of dashboards included.</summary>
    public int Count => _byRevision.Length;

    /// <summary>Looks for what can be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Ends the looking.</param>
    /// <remarks>Where SQLite can read nothing at all there are no documents, and none is known to be lost.</remarks>
    public static DamagedDocuments Open(string path, CancellationToken cancel)
    {
        var database = new SqliteDatabase(path);
        var documents = new DamagedDocuments(database);
        try
        {
            database.Run(connection =>
            {
                documents.Find(connection, cancel);
                return true;
            });
        }
        catch (ClusterStoreException)
        {
            // Not even the connection opens.
        }

        return documents;
    }

    /// <summary>Closes the file.</summary>
    public void Close() => _database.Close();

    /// <inheritdoc/>
    public ValueTask<DashboardDocument?> GetAsync(string kind, string id, CancellationToken cancel)
    {
        int at = First(_byName, row => Compare(row, kind, id) >= 0);
        return ValueTask.FromResult(at < _byName.Length && Compare(_byName[at], kind, id) == 0 && Read(_byName[at]) is { IsDeleted: false } found ? found : null);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DashboardDocument>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel) => Take(
        _byName.Skip(First(_byName, row => Compare(row, kind, afterId) > 0)).TakeWhile(row => row.Kind == kind), static document => !document.IsDeleted, countMax);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DashboardDocument>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel) => Take(
        _byRevision.Skip(First(_byRevision, row => row.Revision > afterRevision)).Where(row => kinds.Count == 0 || kinds.Contains(row.Kind)), static _ => true, countMax);

    /// <summary>Not here.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<long?> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel) => throw Refused();

    /// <inheritdoc cref="PutAsync"/>
    public ValueTask<bool> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel) => throw Refused();

    private static int Compare(Row row, string kind, string id) =>
        string.CompareOrdinal(row.Kind, kind) is not 0 and var order ? order : string.CompareOrdinal(row.Id, id);

    // The place of the first row of which it holds; it holds of all behind it.
    private static int First(Row[] rows, Func<Row, bool> holds)
    {
        int from = 0;
        int to = rows.Length;
        while (from < to)
        {
            int middle = from + ((to - from) / 2);
            (from, to) = holds(rows[middle]) ? (from, middle) : (middle + 1, to);
        }

        return from;
    }

    private static NotSupportedException Refused() => new("a damaged store of documents is only read");

    private void Find(SqliteConnection connection, CancellationToken cancel)
    {
        var names = new SortedDictionary<long, (string Kind, string Id)?>();
        foreach (Func<SqliteConnection, SqliteCommand> way in Ways)
        {
            Walk(connection, way, reader => names.TryAdd(reader.GetInt64(0), null));
        }

        foreach (Func<SqliteConnection, SqliteCommand> way in NamedWays)
        {
            Walk(connection, way, reader => names[reader.GetInt64(0)] = (reader.GetString(1), reader.GetString(2)));
        }

        var rows = new List<Row>();
        var seen = new HashSet<(string Kind, string Id)>();
        var revisions = new HashSet<long>();
        foreach ((long number, (string Kind, string Id)? name) in names.Reverse())
        {
            cancel.ThrowIfCancellationRequested();
            if (ReadRow(connection, number) is { } document && revisions.Add(document.Revision))
            {
                // The row written last counts: a broken index may have let two of one name in.
                if (seen.Add((document.Kind, document.Id)))
                {
                    rows.Add(new Row(number, document.Revision, document.Kind, document.Id));
                }
            }
            else
            {
                _lost.Add(name is { } known ? $"{known.Kind}/{known.Id}" : string.Create(CultureInfo.InvariantCulture, $"row {number}"));
            }
        }

        _byRevision = [.. rows.OrderBy(static row => row.Revision)];
        _byName = [.. rows.OrderBy(static row => row.Kind, StringComparer.Ordinal).ThenBy(static row => row.Id, StringComparer.Ordinal)];
    }

    // Up to the first page that is broken.
    private static void Walk(SqliteConnection connection, Func<SqliteConnection, SqliteCommand> way, Action<SqliteDataReader> row)
    {
        try
        {
            using SqliteCommand command = way(connection).With("$max", RowsMax);
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                row(reader);
            }
        }
        catch (Exception e) when (IsDamage(e))
        {
            // What it gave so far counts.
        }
    }

    private ValueTask<IReadOnlyList<DashboardDocument>> Take(IEnumerable<Row> rows, Func<DashboardDocument, bool> isWanted, int countMax)
    {
        List<DashboardDocument> taken = [.. rows.Select(Read).OfType<DashboardDocument>().Where(isWanted).Take(countMax)];
        return ValueTask.FromResult<IReadOnlyList<DashboardDocument>>(taken);
    }

    // It was read once already: bodies are not kept, all of them together may be more than fits into memory.
    private DashboardDocument? Read(Row row)
    {
        try
        {
            return _database.Run(connection => ReadRow(connection, row.Number));
        }
        catch (ClusterStoreException)
        {
            return null;
        }
    }

    private static DashboardDocument? ReadRow(SqliteConnection connection, long number)
    {
        try
        {
            return new SqliteCommand(Columns, connection).With("$row", number).With("$max", IDocumentStore.BodyBytesMax)
                .Rows(static reader => reader.GetValue(5) is byte[] body && reader.GetInt64(2) > 0 && reader.GetInt64(3) > 0
                    ? new DashboardDocument(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4), body)
                    : null)
                .FirstOrDefault(static document => document is not null && (document.IsDeleted || IsJson(document.Body.Span)));
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    // The other one: a column is null where none may be.
    private static bool IsDamage(Exception e) => e is SqliteException or InvalidOperationException;

    // SQLite has no checksums: of a body in several pages one may be full of something else.
    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = BodyDepthMax });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private readonly record struct Row(long Number, long Revision, string Kind, string Id);
}
