using Microsoft.Data.Sqlite;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class SqliteOwnership(SqliteDatabase database) : IShardOwnership
{
    public ValueTask<int> CreateAsync(int shards, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards);
        return database.WriteAsync(connection =>
        {
            using var count = new SqliteCommand("SELECT count(*) FROM shard", connection);
            int there = count.Rows(static reader => reader.GetInt32(0))[0];
            for (int i = 0; there == 0 && i < shards; i++)
            {
                using var insert = new SqliteCommand("INSERT INTO shard VALUES ($shard, 0, $none, $none, 1, 0, 0, 0)", connection);
                insert.With("$shard", i).With("$none", Guid.Empty).Do();
            }

            return there == 0 ? shards : there;
        });
    }

    public ValueTask<IReadOnlyList<ShardOwnership>> ReadAllAsync(CancellationToken cancel) => database.ReadAsync<IReadOnlyList<ShardOwnership>>(
        static connection => new SqliteCommand("SELECT * FROM shard ORDER BY shard_id", connection).Rows(RowOf));

    public ValueTask<ShardOwnership?> ReadAsync(int shard, CancellationToken cancel) => database.ReadAsync(connection => Find(connection, shard));

    public ValueTask<ShardOwnership?> TakeAsync(int shard, long seenEpoch, NodeIncarnation owner, CancellationToken cancel) =>
        database.WriteAsync(connection =>
        {
            using var take = new SqliteCommand(
                "UPDATE shard SET epoch = epoch + 1, token = randomblob(16), owner = $owner WHERE shard_id = $shard AND epoch = $seen", connection);
            int taken = take.With("$owner", owner.Value).With("$shard", shard).With("$seen", seenEpoch).Do();
            return taken == 1 ? Find(connection, shard) : null;
        });

    public ValueTask<ShardOwnership?> AdvanceAsync(ShardOwnership row, long nextSeq, long hash, CancellationToken cancel) =>
        database.WriteAsync(connection =>
        {
            using var advance = new SqliteCommand(
                "UPDATE shard SET next_seq = $next, hash = $hash WHERE shard_id = $shard AND epoch = $epoch AND token = $token AND next_seq <= $next", connection);
            int advanced = advance.With("$next", nextSeq).With("$hash", hash).With("$shard", row.Shard).With("$epoch", row.Epoch).With("$token", row.Token).Do();
            return advanced == 1 ? Find(connection, row.Shard) : null;
        });

    internal static ShardOwnership? Find(SqliteConnection connection, int shard)
    {
        List<ShardOwnership> rows = new SqliteCommand("SELECT * FROM shard WHERE shard_id = $shard", connection).With("$shard", shard).Rows(RowOf);
        return rows.Count == 1 ? rows[0] : null;
    }

    private static ShardOwnership RowOf(SqliteDataReader reader) => new(
        reader.GetInt32(0), reader.GetInt64(1), reader.Identity(2), new NodeIncarnation(reader.Identity(3)),
        reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7));
}
