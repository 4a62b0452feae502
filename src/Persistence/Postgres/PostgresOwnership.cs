using Npgsql;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class PostgresOwnership(PostgresControl control) : IShardOwnership
{
    public ValueTask<int> CreateAsync(int shards, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards);
        return control.TransactAsync(
            async connection =>
            {
                // Two nodes that create at the same time: the second finds what the first has made.
                await new NpgsqlCommand("LOCK TABLE shard IN SHARE ROW EXCLUSIVE MODE", connection).DoAsync(cancel);
                await new NpgsqlCommand(
                    """
                    INSERT INTO shard
                    SELECT i, 0, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 1, 0, 0, 0
                    FROM generate_series(0, $1 - 1) i WHERE NOT EXISTS (SELECT 1 FROM shard)
                    """,
                    connection).With(shards).DoAsync(cancel);
                List<long> count = await new NpgsqlCommand("SELECT count(*) FROM shard", connection).RowsAsync(static reader => reader.GetInt64(0), cancel);
                return (true, (int)count[0]);
            },
            cancel);
    }

    public ValueTask<IReadOnlyList<ShardOwnership>> ReadAllAsync(CancellationToken cancel) => control.RunAsync<IReadOnlyList<ShardOwnership>>(
        async connection => await new NpgsqlCommand("SELECT * FROM shard ORDER BY shard_id", connection).RowsAsync(RowOf, cancel), cancel);

    public ValueTask<ShardOwnership?> ReadAsync(int shard, CancellationToken cancel) => control.RunAsync(
        async connection => await FindAsync(connection, shard, cancel), cancel);

    public ValueTask<ShardOwnership?> TakeAsync(int shard, long seenEpoch, NodeIncarnation owner, CancellationToken cancel) => control.RunAsync(
        async connection => OneOrNone(await new NpgsqlCommand(
            """
            UPDATE shard SET epoch = epoch + 1, token = gen_random_uuid(), owner = $3 WHERE shard_id = $1 AND epoch = $2
            RETURNING shard_id, epoch, token, owner, next_seq, snapshot_seq, previous_snapshot_seq, hash
            """,
            connection).With(shard).With(seenEpoch).With(owner.Value).RowsAsync(RowOf, cancel)),
        cancel);

    public ValueTask<ShardOwnership?> AdvanceAsync(ShardOwnership row, long nextSeq, long hash, CancellationToken cancel) => control.RunAsync(
        async connection => OneOrNone(await new NpgsqlCommand(
            """
            UPDATE shard SET next_seq = $4, hash = $5 WHERE shard_id = $1 AND epoch = $2 AND token = $3 AND next_seq <= $4
            RETURNING shard_id, epoch, token, owner, next_seq, snapshot_seq, previous_snapshot_seq, hash
            """,
            connection).With(row.Shard).With(row.Epoch).With(row.Token).With(nextSeq).With(hash).RowsAsync(RowOf, cancel)),
        cancel);

    internal static async Task<ShardOwnership?> FindAsync(NpgsqlConnection connection, int shard, CancellationToken cancel) => OneOrNone(
        await new NpgsqlCommand("SELECT * FROM shard WHERE shard_id = $1", connection).With(shard).RowsAsync(RowOf, cancel));

    private static ShardOwnership? OneOrNone(List<ShardOwnership> rows) => rows.Count == 1 ? rows[0] : null;

    private static ShardOwnership RowOf(NpgsqlDataReader reader) => new(
        reader.GetInt32(0), reader.GetInt64(1), reader.GetGuid(2), new NodeIncarnation(reader.GetGuid(3)),
        reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7));
}
