using Microsoft.Data.Sqlite;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class SqliteDocuments(SqliteDatabase database) : IDocumentStore
{
    public ValueTask<Document?> GetUnlessAsync(string kind, string id, long seenVersion, CancellationToken cancel) => database.ReadAsync(connection =>
        new SqliteCommand(
            "SELECT kind, id, version, revision, deleted, body FROM document WHERE kind = $kind AND id = $id AND version <> $seen AND NOT deleted", connection)
            .With("$kind", kind).With("$id", id).With("$seen", seenVersion).Rows(DocumentOf).FirstOrDefault());

    public ValueTask<IReadOnlyList<Document>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel) =>
        database.ReadAsync<IReadOnlyList<Document>>(connection => new SqliteCommand(
            """
            SELECT kind, id, version, revision, deleted, body FROM document
            WHERE kind = $kind AND id > $after AND NOT deleted ORDER BY id LIMIT $max
            """,
            connection)
            .With("$kind", kind).With("$after", afterId).With("$max", countMax).Rows(DocumentOf));

    public ValueTask<DocumentWrite> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        DocumentRules.Check(kind, id, body.Length);
        return WriteAsync(kind, id, seenVersion, deletes: false, body.ToArray());
    }

    public ValueTask<DocumentWrite> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel)
    {
        DocumentRules.Check(kind, id, 0);
        return WriteAsync(kind, id, seenVersion, deletes: true, []);
    }

    public ValueTask<bool> AdoptAsync(Document document, CancellationToken cancel)
    {
        DocumentRules.Check(document.Kind, document.Id, document.Body.Length);
        return database.WriteAsync(connection =>
        {
            bool isNew = new SqliteCommand("SELECT 1 FROM document WHERE kind = $kind AND id = $id", connection)
                .With("$kind", document.Kind).With("$id", document.Id).Rows(static _ => true).Count == 0;
            if (isNew)
            {
                Store(connection, document.Kind, document.Id, document.Version, document.IsDeleted, document.Body.ToArray());
            }

            return isNew;
        });
    }

    public ValueTask<IReadOnlyList<Document>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel) =>
        database.ReadAsync<IReadOnlyList<Document>>(connection => new SqliteCommand(
            """
            SELECT kind, id, version, revision, deleted, body FROM document
            WHERE revision > $after AND (json_array_length($kinds) = 0 OR kind IN (SELECT value FROM json_each($kinds))) ORDER BY revision LIMIT $max
            """,
            connection)
            .With("$after", afterRevision).With("$kinds", StoredJson.Of(kinds)).With("$max", countMax).Rows(DocumentOf));

    private ValueTask<DocumentWrite> WriteAsync(string kind, string id, long seenVersion, bool deletes, byte[] body) => database.WriteAsync(connection =>
    {
        (long Version, bool IsDeleted) stored = new SqliteCommand("SELECT version, deleted FROM document WHERE kind = $kind AND id = $id", connection)
            .With("$kind", kind).With("$id", id).Rows(static reader => (reader.GetInt64(0), reader.GetBoolean(1))).FirstOrDefault();
        DocumentWrite write = DocumentRules.Decide(stored.Version, stored.IsDeleted, seenVersion, deletes);
        if (write.Result == DocumentResult.Written)
        {
            Store(connection, kind, id, write.Version, deletes, body);
        }

        return write;
    });

    private static void Store(SqliteConnection connection, string kind, string id, long version, bool isDeleted, byte[] body)
    {
        new SqliteCommand("UPDATE document_revision SET revision = revision + 1", connection).Do();
        new SqliteCommand(
            """
            INSERT OR REPLACE INTO document(kind, id, version, revision, deleted, body)
            SELECT $kind, $id, $version, revision, $deleted, $body FROM document_revision
            """,
            connection)
            .With("$kind", kind).With("$id", id).With("$version", version).With("$deleted", isDeleted).With("$body", body).Do();
    }

    private static Document DocumentOf(SqliteDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4), (byte[])reader.GetValue(5));
}
