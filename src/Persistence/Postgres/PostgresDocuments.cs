using Npgsql;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class PostgresDocuments(PostgresControl control) : IDocumentStore
{
    public ValueTask<Document?> GetUnlessAsync(string kind, string id, long seenVersion, CancellationToken cancel) => control.RunAsync(
        async connection => (await new NpgsqlCommand(
            "SELECT kind, id, version, revision, deleted, body FROM document WHERE kind = $1 AND id = $2 AND version <> $3 AND NOT deleted", connection)
            .With(kind).With(id).With(seenVersion).RowsAsync(DocumentOf, cancel)).FirstOrDefault(),
        cancel);

    public ValueTask<IReadOnlyList<Document>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel) =>
        control.RunAsync<IReadOnlyList<Document>>(
            async connection => await new NpgsqlCommand(
                """
                SELECT kind, id, version, revision, deleted, body FROM document
                WHERE kind = $1 AND id > $2 AND NOT deleted ORDER BY id LIMIT $3
                """,
                connection).With(kind).With(afterId).With(countMax).RowsAsync(DocumentOf, cancel),
            cancel);

    public ValueTask<DocumentWrite> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        DocumentRules.Check(kind, id, body.Length);
        return WriteAsync(kind, id, seenVersion, deletes: false, body, cancel);
    }

    public ValueTask<DocumentWrite> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel)
    {
        DocumentRules.Check(kind, id, 0);
        return WriteAsync(kind, id, seenVersion, deletes: true, ReadOnlyMemory<byte>.Empty, cancel);
    }

    public ValueTask<bool> AdoptAsync(Document document, CancellationToken cancel)
    {
        DocumentRules.Check(document.Kind, document.Id, document.Body.Length);
        return control.TransactAsync(
            async connection =>
            {
                long revision = await NextRevisionAsync(connection, cancel);
                bool isNew = await new NpgsqlCommand(
                    """
                    INSERT INTO document(kind, id, version, revision, deleted, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, id) DO NOTHING
                    """,
                    connection).With(document.Kind).With(document.Id).With(document.Version).With(revision).With(document.IsDeleted).With(document.Body).DoAsync(cancel) == 1;
                return (isNew, isNew);
            },
            cancel);
    }

    public ValueTask<IReadOnlyList<Document>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel) =>
        control.RunAsync<IReadOnlyList<Document>>(
            async connection => await new NpgsqlCommand(
                """
                SELECT kind, id, version, revision, deleted, body FROM document
                WHERE revision > $1 AND (cardinality($2) = 0 OR kind = ANY($2)) ORDER BY revision LIMIT $3
                """,
                connection).With(afterRevision).With(kinds.ToArray()).With(countMax).RowsAsync(DocumentOf, cancel),
            cancel);

    private ValueTask<DocumentWrite> WriteAsync(string kind, string id, long seenVersion, bool deletes, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        control.TransactAsync(
            async connection =>
            {
                long revision = await NextRevisionAsync(connection, cancel);
                (long Version, bool IsDeleted) stored = (await new NpgsqlCommand(
                    "SELECT version, deleted FROM document WHERE kind = $1 AND id = $2", connection)
                    .With(kind).With(id).RowsAsync(static reader => (reader.GetInt64(0), reader.GetBoolean(1)), cancel)).FirstOrDefault();
                DocumentWrite write = DocumentRules.Decide(stored.Version, stored.IsDeleted, seenVersion, deletes);
                if (write.Result == DocumentResult.Written)
                {
                    await new NpgsqlCommand(
                        """
                        INSERT INTO document(kind, id, version, revision, deleted, body) VALUES ($1, $2, $3, $4, $5, $6)
                        ON CONFLICT (kind, id) DO UPDATE
                        SET version = excluded.version, revision = excluded.revision, deleted = excluded.deleted, body = excluded.body
                        """,
                        connection).With(kind).With(id).With(write.Version).With(revision).With(deletes).With(body).DoAsync(cancel);
                }

                return (write.Result == DocumentResult.Written, write);
            },
            cancel);

    // The lock of its row makes writers wait for each other, so that revisions become visible in their order. They wait as long as a statement may take:
    // nodes that start together write at the same moment, and no takeover hangs on it.
    private static async Task<long> NextRevisionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await new NpgsqlCommand("SET LOCAL lock_timeout = 0", connection).DoAsync(cancel);
        return (await new NpgsqlCommand("UPDATE document_revision SET revision = revision + 1 RETURNING revision", connection)
            .RowsAsync(static reader => reader.GetInt64(0), cancel))[0];
    }

    private static Document DocumentOf(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4), reader.GetFieldValue<byte[]>(5));
}
