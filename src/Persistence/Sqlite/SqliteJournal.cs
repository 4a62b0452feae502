using Microsoft.Data.Sqlite;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class SqliteJournal(SqliteDatabase database) : IFencedJournal
{
    public async ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs)
    {
        try
        {
            return await database.WriteAsync(connection =>
                runs.Select(run => Append(connection, run) ? JournalVerdict.Committed : JournalVerdict.NotAppended).ToArray());
        }
        catch (ClusterStoreException)
        {
            var verdicts = new JournalVerdict[runs.Count];
            Array.Fill(verdicts, JournalVerdict.Indeterminate);
            return verdicts;
        }
    }

    public ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel) => database.ReadAsync(connection =>
    {
        List<JournalRecord> last = new SqliteCommand(
            "SELECT seq, epoch, hash, payload FROM journal WHERE shard_id = $shard AND seq = $seq", connection)
            .With("$shard", run.Shard).With("$seq", run.LastSeq).Rows(RecordOf);
        return run.SettledBy(RowOf(connection, run.Shard), last.Count == 1 ? last[0] : null);
    });

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordsMax);
        return database.ReadAsync<IReadOnlyList<JournalRecord>>(connection =>
        {
            long nextSeq = RowOf(connection, shard).NextSeq;
            List<JournalRecord> page = new SqliteCommand(
                "SELECT seq, epoch, hash, payload FROM journal WHERE shard_id = $shard AND seq > $after ORDER BY seq LIMIT $max", connection)
                .With("$shard", shard).With("$after", afterSeq).With("$max", recordsMax).Rows(RecordOf);
            JournalGapException.ThrowIfNotContiguous(shard, afterSeq, nextSeq, page);
            return page;
        });
    }

    public ValueTask<bool> TrimAsync(CancellationToken cancel) => database.WriteAsync(static connection => new SqliteCommand(
        "DELETE FROM journal WHERE seq <= (SELECT previous_snapshot_seq FROM shard WHERE shard.shard_id = journal.shard_id)", connection).Do() > 0);

    private static bool Append(SqliteConnection connection, JournalRun run)
    {
        int fenced = new SqliteCommand(
            "UPDATE shard SET next_seq = $next, hash = $hash WHERE shard_id = $shard AND epoch = $epoch AND token = $token AND next_seq = $first", connection)
            .With("$next", run.LastSeq + 1).With("$hash", run.LastHash).With("$shard", run.Shard).With("$epoch", run.Epoch)
            .With("$token", run.Token).With("$first", run.FirstSeq).Do();
        if (fenced != 1)
        {
            return false;
        }

        for (int i = 0; i < run.Payloads.Count; i++)
        {
            new SqliteCommand("INSERT INTO journal VALUES ($shard, $seq, $epoch, $hash, $payload)", connection)
                .With("$shard", run.Shard).With("$seq", run.FirstSeq + i).With("$epoch", run.Epoch)
                .With("$hash", run.Hashes[i]).With("$payload", run.Payloads[i].ToArray()).Do();
        }

        return true;
    }

    private static ShardOwnership RowOf(SqliteConnection connection, int shard) =>
        SqliteOwnership.Find(connection, shard) ?? throw new ClusterStoreException($"there is no shard {shard}");

    private static JournalRecord RecordOf(SqliteDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), (byte[])reader.GetValue(3));
}
