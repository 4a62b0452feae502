using Npgsql;
using NpgsqlTypes;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class PostgresManifests(PostgresControl control) : ISnapshotManifests
{
    public ValueTask<bool> RecordAsync(SnapshotManifest manifest, Guid token, CancellationToken cancel) => control.TransactAsync(
        async connection =>
        {
            int fenced = await new NpgsqlCommand(
                """
                UPDATE shard SET previous_snapshot_seq = snapshot_seq, snapshot_seq = $2
                WHERE shard_id = $1 AND epoch = $3 AND token = $4 AND snapshot_seq <= $2 AND previous_snapshot_seq < $2 AND $2 < next_seq
                """,
                connection).With(manifest.Shard).With(manifest.SnapshotSeq).With(manifest.Epoch).With(token).DoAsync(cancel);
            if (fenced != 1)
            {
                return (false, false);
            }

            NpgsqlCommand insert = new NpgsqlCommand(
                """
                INSERT INTO manifest(shard_id, snapshot_seq, epoch, files) VALUES ($1, $2, $3, $4)
                ON CONFLICT (shard_id, snapshot_seq) DO UPDATE SET epoch = excluded.epoch, files = excluded.files
                """,
                connection)
                .With(manifest.Shard).With(manifest.SnapshotSeq).With(manifest.Epoch);
            insert.Parameters.Add(new NpgsqlParameter { Value = StoredJson.Of(manifest.Files), NpgsqlDbType = NpgsqlDbType.Jsonb });
            await insert.DoAsync(cancel);
            await new NpgsqlCommand(
                "DELETE FROM manifest WHERE shard_id = $1 AND snapshot_seq < (SELECT previous_snapshot_seq FROM shard WHERE shard_id = $1)", connection)
                .With(manifest.Shard).DoAsync(cancel);
            return (true, true);
        },
        cancel);

    public ValueTask<IReadOnlyList<SnapshotManifest>> ReadAsync(int shard, CancellationToken cancel) => control.RunAsync<IReadOnlyList<SnapshotManifest>>(
        async connection => await new NpgsqlCommand(
            "SELECT shard_id, epoch, snapshot_seq, files::text FROM manifest WHERE shard_id = $1 ORDER BY snapshot_seq DESC", connection)
            .With(shard)
            .RowsAsync(
                static reader => new SnapshotManifest(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2), StoredJson.FilesOf(reader.GetString(3))), cancel),
        cancel);
}
