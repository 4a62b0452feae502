using Npgsql;

namespace Pleiad.Persistence;

/// <summary>The tables in PostgreSQL, one script a version. docs/formats/cluster-store.md says what they hold.</summary>
internal static class PostgresSchema
{
    private const string Version1 = """
        CREATE TABLE shard(
          shard_id int PRIMARY KEY, epoch bigint NOT NULL, token uuid NOT NULL, owner uuid NOT NULL,
          next_seq bigint NOT NULL, snapshot_seq bigint NOT NULL, previous_snapshot_seq bigint NOT NULL, hash bigint NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE journal_0(shard_id int, seq bigint, epoch bigint NOT NULL, hash bigint NOT NULL, payload bytea NOT NULL, PRIMARY KEY(shard_id, seq));
        ALTER TABLE journal_0 ALTER COLUMN payload SET STORAGE EXTERNAL;
        CREATE TABLE journal_1 (LIKE journal_0 INCLUDING ALL);
        CREATE TABLE journal_2 (LIKE journal_0 INCLUDING ALL);
        CREATE TABLE journal_3 (LIKE journal_0 INCLUDING ALL);
        CREATE TABLE journal_4 (LIKE journal_0 INCLUDING ALL);
        CREATE TABLE journal_5 (LIKE journal_0 INCLUDING ALL);
        CREATE TABLE journal_6 (LIKE journal_0 INCLUDING ALL);
        CREATE TABLE journal_7 (LIKE journal_0 INCLUDING ALL);
        CREATE VIEW journal AS
          SELECT * FROM journal_0 UNION ALL SELECT * FROM journal_1 UNION ALL SELECT * FROM journal_2 UNION ALL SELECT * FROM journal_3
          UNION ALL SELECT * FROM journal_4 UNION ALL SELECT * FROM journal_5 UNION ALL SELECT * FROM journal_6 UNION ALL SELECT * FROM journal_7;
        CREATE TABLE journal_ring(written_to int NOT NULL);
        INSERT INTO journal_ring VALUES (0);
        CREATE TABLE manifest(
          shard_id int, snapshot_seq bigint, epoch bigint NOT NULL, files jsonb NOT NULL, PRIMARY KEY(shard_id, snapshot_seq));
        CREATE TABLE node(incarnation uuid PRIMARY KEY, member jsonb NOT NULL);
        CREATE TABLE membership_view(version bigint NOT NULL);
        INSERT INTO membership_view VALUES (0);
        CREATE TABLE document(
          kind text COLLATE "C", id text COLLATE "C", version bigint NOT NULL, revision bigint NOT NULL UNIQUE,
          deleted boolean NOT NULL, body bytea NOT NULL, PRIMARY KEY(kind, id));
        CREATE TABLE document_revision(revision bigint NOT NULL);
        INSERT INTO document_revision VALUES (0);
        """;

    /// <summary>Brings the tables to this program's version, whoever else does so at the same time.</summary>
    public static ValueTask<int> MigrateAsync(PostgresControl control, CancellationToken cancel) => control.TransactAsync(
        async connection =>
        {
            // Waits for a migration by another node however long it takes: lock_timeout is for rows, not for this.
            await new NpgsqlCommand("SET LOCAL lock_timeout = 0", connection).DoAsync(cancel);
            await new NpgsqlCommand("SELECT pg_advisory_xact_lock(5783460221)", connection).DoAsync(cancel);
            await new NpgsqlCommand("CREATE TABLE IF NOT EXISTS schema_version(version int NOT NULL)", connection).DoAsync(cancel);
            List<int> found = await new NpgsqlCommand("SELECT version FROM schema_version", connection).RowsAsync(static reader => reader.GetInt32(0), cancel);
            int first = SchemaVersion.FirstMigration(found.Count == 0 ? 0 : found[0], SchemaVersion.Current);
            if (first == 1)
            {
                await new NpgsqlCommand(Version1, connection).DoAsync(cancel);
                await new NpgsqlCommand("INSERT INTO schema_version VALUES (1)", connection).DoAsync(cancel);
            }

            return (true, first);
        },
        cancel);
}
