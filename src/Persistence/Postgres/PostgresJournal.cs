using Npgsql;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>The journal in PostgreSQL.</summary>
internal sealed class PostgresJournal(PostgresControl control, PostgresSettings settings, TimeProvider time) : IFencedJournal, IAsyncDisposable
{
    private readonly JournalConnection _appends = new(settings, time);

    public async ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs)
    {
        var verdicts = new JournalVerdict[runs.Count];
        HashSet<int>? committed = await _appends.AppendAsync(runs);
        for (int i = 0; i < runs.Count; i++)
        {
            verdicts[i] = committed is null ? JournalVerdict.Indeterminate
                : committed.Contains(runs[i].Shard) ? JournalVerdict.Committed : JournalVerdict.NotAppended;
        }

        return verdicts;
    }

    public ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel) => control.RunAsync(
        async connection =>
        {
            ShardOwnership row = await RowAsync(connection, run.Shard, cancel);
            List<JournalRecord> last = await new NpgsqlCommand("SELECT seq, epoch, hash, payload FROM journal WHERE shard_id = $1 AND seq = $2", connection)
                .With(run.Shard).With(run.LastSeq).RowsAsync(RecordOf, cancel);
            JournalSettlement settled = run.SettledBy(row, last.Count == 1 ? last[0] : null);
            if (settled == JournalSettlement.Committed)
            {
                await BarrierAsync(connection, cancel);
            }

            return settled;
        },
        cancel);

    public async ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordsMax);
        return await control.RunAsync<IReadOnlyList<JournalRecord>>(
            async connection =>
            {
                // The row first: what it counts is there when the records are read.
                long nextSeq = (await RowAsync(connection, shard, cancel)).NextSeq;
                List<JournalRecord> page = await new NpgsqlCommand(
                    "SELECT seq, epoch, hash, payload FROM journal WHERE shard_id = $1 AND seq > $2 ORDER BY seq LIMIT $3", connection)
                    .With(shard).With(afterSeq).With(recordsMax).RowsAsync(RecordOf, cancel);
                JournalGapException.ThrowIfNotContiguous(shard, afterSeq, nextSeq, page);
                return page;
            },
            cancel);
    }

    public async ValueTask<bool> TrimAsync(CancellationToken cancel)
    {
        int writtenTo = await control.RunAsync(connection => AdvanceAsync(connection, cancel), cancel);
        _appends.WriteTo(writtenTo);
        bool trimmed = false;
        for (int table = 0; table < PostgresRing.Tables; table++)
        {
            if (table != writtenTo)
            {
                trimmed |= await TryEmptyAsync(table, cancel);
            }
        }

        return trimmed;
    }

    public ValueTask DisposeAsync() => _appends.DisposeAsync();

    // When the table that is written to is full and the next one empty, the next one is written to. Whoever goes on writing to the old one does no harm.
    private async Task<int> AdvanceAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        (int writtenTo, long bytes) = (await new NpgsqlCommand(
            "SELECT written_to, pg_total_relation_size('journal_' || written_to) FROM journal_ring", connection)
            .RowsAsync(static reader => (reader.GetInt32(0), reader.GetInt64(1)), cancel))[0];
        int next = (writtenTo + 1) % PostgresRing.Tables;
        if (bytes < settings.RingTableBytes || !await AnswerAsync(connection, PostgresRing.IsEmpty(next), cancel))
        {
            return writtenTo;
        }

        await new NpgsqlCommand("UPDATE journal_ring SET written_to = $2 WHERE written_to = $1", connection).With(writtenTo).With(next).DoAsync(cancel);
        return next;
    }

    // The lock comes before the question: an append that is under way commits first and is seen, one that comes later goes into the emptied table.
    private async Task<bool> TryEmptyAsync(int table, CancellationToken cancel)
    {
        bool worthIt = await control.RunAsync(
            async connection => !await AnswerAsync(connection, PostgresRing.IsEmpty(table), cancel)
                && !await AnswerAsync(connection, PostgresRing.IsNeeded(table), cancel),
            cancel);
        return worthIt && await control.TransactAsync(
            async connection =>
            {
                await Command(connection, PostgresRing.Lock(table)).DoAsync(cancel);
                if (await AnswerAsync(connection, PostgresRing.IsNeeded(table), cancel))
                {
                    return (false, false);
                }

                await Command(connection, PostgresRing.Truncate(table)).DoAsync(cancel);
                return (true, true);
            },
            cancel);
    }

    // What was read may be committed on this server alone, after a wait for its standby that was broken off. A commit of our own that
    // the standby has confirmed lies behind it in the log, so then the standby has that too.
    private static async Task BarrierAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        bool warned = false;
        void OnNotice(object sender, NpgsqlNoticeEventArgs e) => warned |= JournalConnection.IsWarning(e.Notice);
        connection.Notice += OnNotice;
        try
        {
            await new NpgsqlCommand("SELECT pg_logical_emit_message(true, 'pleiad', 'barrier')", connection).RowsAsync(static _ => true, cancel);
        }
        finally
        {
            connection.Notice -= OnNotice;
        }

        if (warned)
        {
            throw new ClusterStoreException("PostgreSQL: the standby has not confirmed");
        }
    }

    private static async Task<ShardOwnership> RowAsync(NpgsqlConnection connection, int shard, CancellationToken cancel) =>
        await PostgresOwnership.FindAsync(connection, shard, cancel) ?? throw new ClusterStoreException($"there is no shard {shard}");

    private static async Task<bool> AnswerAsync(NpgsqlConnection connection, string question, CancellationToken cancel) =>
        (await Command(connection, question).RowsAsync(static reader => reader.GetBoolean(0), cancel))[0];

#pragma warning disable CA2100 // The texts are the constants of PostgresRing.
    private static NpgsqlCommand Command(NpgsqlConnection connection, string text) => new(text, connection);
#pragma warning restore CA2100

    private static JournalRecord RecordOf(NpgsqlDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3));
}
