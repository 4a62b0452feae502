using Microsoft.Data.Sqlite;

namespace Pleiad.Persistence;

/// <summary>The tables in SQLite, one script a version. docs/formats/cluster-store.md says what they hold.</summary>
internal static class SqliteSchema
{
    private const string Version1 = """
        CREATE TABLE shard(
          shard_id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, token BLOB NOT NULL, owner BLOB NOT NULL,
          next_seq INTEGER NOT NULL, snapshot_seq INTEGER NOT NULL, previous_snapshot_seq INTEGER NOT NULL, hash INTEGER NOT NULL) STRICT;
        CREATE TABLE journal(
          shard_id INTEGER NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL, hash INTEGER NOT NULL, payload BLOB NOT NULL,
          PRIMARY KEY(shard_id, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE manifest(
          shard_id INTEGER NOT NULL, snapshot_seq INTEGER NOT NULL, epoch INTEGER NOT NULL, files TEXT NOT NULL,
          PRIMARY KEY(shard_id, snapshot_seq)) STRICT;
        CREATE TABLE node(incarnation BLOB PRIMARY KEY, member TEXT NOT NULL) STRICT;
        CREATE TABLE membership_view(version INTEGER NOT NULL) STRICT;
        INSERT INTO membership_view VALUES (0);
        CREATE TABLE document(
          kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, revision INTEGER NOT NULL, deleted INTEGER NOT NULL, body BLOB NOT NULL,
          PRIMARY KEY(kind, id)) STRICT;
        CREATE UNIQUE INDEX document_by_revision ON document(revision);
        CREATE TABLE document_revision(revision INTEGER NOT NULL) STRICT;
        INSERT INTO document_revision VALUES (0);
        PRAGMA user_version = 1;
        """;

    /// <summary>Brings the tables to this program's version, whoever else does so at the same time.</summary>
    public static void Migrate(SqliteDatabase database)
    {
        // Outside of a transaction, and it stays so in the file.
        database.Run(static connection => new SqliteCommand("PRAGMA journal_mode = WAL", connection).Rows(static reader => reader.GetString(0)));
        database.Write(static connection =>
        {
            int found = new SqliteCommand("PRAGMA user_version", connection).Rows(static reader => reader.GetInt32(0))[0];
            int first = SchemaVersion.FirstMigration(found, SchemaVersion.Current);
            if (first == 1)
            {
                new SqliteCommand(Version1, connection).Do();
            }

            return first;
        });
    }
}
