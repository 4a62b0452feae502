using Npgsql;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>The one ordered connection over which a node appends. It knows neither timeout nor cancellation, only a watchdog that gives the connection up.</summary>
/// <remarks>
/// Npgsql's timeout and token send a cancel request, and a cancelled wait for the standby ends in a warning and success. So a connection
/// that takes too long is left alone: its answer counts no more, the journal itself says what became of the records, and it is closed when it ends.
/// </remarks>
internal sealed class JournalConnection : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly NpgsqlDataSource _source;
    private readonly PostgresSettings _settings;
    private readonly TimeProvider _time;
    private readonly Lock _abandonedGate = new();
    private readonly List<Task> _abandoned = [];
    private NpgsqlConnection? _connection;
    private bool _warned;
    private volatile int _table;

    public JournalConnection(PostgresSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Connection)
        {
            ApplicationName = "pleiad journal",
            Pooling = false,
            CommandTimeout = 0,
            MaxAutoPrepare = 16,
        }.NoticingDeadPeers());
    }

    /// <summary>Which table of the ring is appended to from now on.</summary>
    public void WriteTo(int table) => _table = table;

    /// <summary>Appends; returns the shards whose run is committed, or null when nobody knows.</summary>
    public async Task<HashSet<int>?> AppendAsync(IReadOnlyList<JournalRun> runs)
    {
        await _turn.WaitAsync();
        try
        {
            Task<HashSet<int>?> append = AppendOnceAsync(runs);
            try
            {
                return await append.WaitAsync(_settings.JournalWatchdog, _time);
            }
            catch (TimeoutException) when (!append.IsCompleted)
            {
                Abandon(append);
                return null;
            }
        }
        catch (Exception e) when (PostgresControl.IsOfTheStore(e))
        {
            await CloseAsync(_connection);
            _connection = null;
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await CloseAsync(_connection);
        _connection = null;
        await _source.DisposeAsync();
        _turn.Dispose();
    }

    /// <summary>Whether a notice says that a commit is not what it should be.</summary>
    internal static bool IsWarning(PostgresNotice notice) => notice.InvariantSeverity is "WARNING";

    private async Task<HashSet<int>?> AppendOnceAsync(IReadOnlyList<JournalRun> runs)
    {
        lock (_abandonedGate)
        {
            _abandoned.RemoveAll(static task => task.IsCompleted);
            if (_abandoned.Count >= _settings.AbandonedMax)
            {
                return null;
            }
        }

        NpgsqlConnection connection = _connection ??= await OpenAsync();
        _warned = false;
        await using NpgsqlCommand command = CommandFor(connection, runs);
        HashSet<int> committed = [];
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(CancellationToken.None))
        {
            while (await reader.ReadAsync(CancellationToken.None))
            {
                committed.Add(reader.GetInt32(0));
            }
        }

        return _warned ? null : committed;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        NpgsqlConnection connection = await _source.OpenConnectionAsync(CancellationToken.None);
        connection.Notice += (_, e) => _warned |= IsWarning(e.Notice);

        // Whatever the server's default is, an acknowledgement means at least: flushed here, and on the standby where there is one.
        await new NpgsqlCommand(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')", connection)
            .RowsAsync(static _ => true, CancellationToken.None);
        List<int> table = await new NpgsqlCommand("SELECT written_to FROM journal_ring", connection)
            .RowsAsync(static reader => reader.GetInt32(0), CancellationToken.None);
        _table = table[0];
        return connection;
    }

#pragma warning disable CA2100 // The texts are the constants of PostgresRing.
    private NpgsqlCommand CommandFor(NpgsqlConnection connection, IReadOnlyList<JournalRun> runs)
    {
        int records = runs.Sum(static run => run.Payloads.Count);
        var shards = new int[records];
        var epochs = new long[records];
        var tokens = new Guid[records];
        var seqs = new long[records];
        var hashes = new long[records];
        var payloads = new ReadOnlyMemory<byte>[records];
        int at = 0;
        foreach (JournalRun run in runs)
        {
            for (int i = 0; i < run.Payloads.Count; i++, at++)
            {
                shards[at] = run.Shard;
                epochs[at] = run.Epoch;
                tokens[at] = run.Token;
                seqs[at] = run.FirstSeq + i;
                hashes[at] = run.Hashes[i];
                payloads[at] = run.Payloads[i];
            }
        }

        return new NpgsqlCommand(PostgresRing.Append(_table), connection).With(shards).With(epochs).With(tokens).With(seqs).With(hashes).With(payloads);
    }
#pragma warning restore CA2100

    private void Abandon(Task append)
    {
        PersistenceMetrics.ConnectionsAbandoned.Add(1);
        NpgsqlConnection? connection = _connection;
        _connection = null;
        Task ending = EndAsync(append, connection);
        lock (_abandonedGate)
        {
            _abandoned.Add(ending);
        }
    }

    private static async Task EndAsync(Task append, NpgsqlConnection? connection)
    {
        await append.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync(connection);
    }

    private static async Task CloseAsync(NpgsqlConnection? connection)
    {
        if (connection is null)
        {
            return;
        }

        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception e) when (PostgresControl.IsOfTheStore(e))
        {
            // It was broken already, which is why it is closed.
        }
    }
}
