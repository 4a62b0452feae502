using Microsoft.Data.Sqlite;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class SqliteManifests(SqliteDatabase database) : ISnapshotManifests
{
    public ValueTask<bool> RecordAsync(SnapshotManifest manifest, Guid token, CancellationToken cancel) => database.WriteAsync(connection =>
    {
        int fenced = new SqliteCommand(
            """
            UPDATE shard SET previous_snapshot_seq = snapshot_seq, snapshot_seq = $seq
            WHERE shard_id = $shard AND epoch = $epoch AND token = $token AND snapshot_seq <= $seq AND previous_snapshot_seq < $seq AND $seq < next_seq
            """,
            connection)
            .With("$seq", manifest.SnapshotSeq).With("$shard", manifest.Shard).With("$epoch", manifest.Epoch).With("$token", token).Do();
        if (fenced != 1)
        {
            return false;
        }

        new SqliteCommand("INSERT OR REPLACE INTO manifest VALUES ($shard, $seq, $epoch, $files)", connection)
            .With("$shard", manifest.Shard).With("$seq", manifest.SnapshotSeq).With("$epoch", manifest.Epoch).With("$files", StoredJson.Of(manifest.Files)).Do();
        new SqliteCommand(
            "DELETE FROM manifest WHERE shard_id = $shard AND snapshot_seq < (SELECT previous_snapshot_seq FROM shard WHERE shard_id = $shard)", connection)
            .With("$shard", manifest.Shard).Do();
        return true;
    });

    public ValueTask<IReadOnlyList<SnapshotManifest>> ReadAsync(int shard, CancellationToken cancel) =>
        database.ReadAsync<IReadOnlyList<SnapshotManifest>>(connection => new SqliteCommand(
            "SELECT shard_id, epoch, snapshot_seq, files FROM manifest WHERE shard_id = $shard ORDER BY snapshot_seq DESC", connection)
            .With("$shard", shard)
            .Rows(static reader => new SnapshotManifest(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2), StoredJson.FilesOf(reader.GetString(3)))));
}
