using System.Net.Sockets;
using Npgsql;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>Control connections: short statements that give up soon, and failures as <see cref="ClusterStoreException"/>.</summary>
internal sealed class PostgresControl : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public PostgresControl(PostgresSettings settings)
    {
        var connection = new NpgsqlConnectionStringBuilder(settings.Connection)
        {
            ApplicationName = "pleiad control",
            MaxPoolSize = settings.ControlConnectionsMax,
            CommandTimeout = (int)Math.Ceiling(settings.ControlTimeout.TotalSeconds),
            Timeout = (int)Math.Ceiling(settings.ControlTimeout.TotalSeconds),
            MaxAutoPrepare = 32,
            // A takeover never waits long for a row that a stuck writer holds, and nobody holds a transaction open.
            Options = "-c lock_timeout=500 -c idle_in_transaction_session_timeout=2000",
        };
        _source = NpgsqlDataSource.Create(connection.NoticingDeadPeers());
    }

    /// <summary>Runs something on a connection of its own.</summary>
    public async ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> run, CancellationToken cancel)
    {
        try
        {
            await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancel);
            return await run(connection);
        }
        catch (Exception e) when (IsOfTheStore(e))
        {
            throw new ClusterStoreException($"PostgreSQL: {e.Message}", e);
        }
    }

    /// <summary>Runs a transaction; it is committed when <paramref name="run"/> says so, rolled back otherwise.</summary>
    public ValueTask<T> TransactAsync<T>(Func<NpgsqlConnection, Task<(bool Commits, T Result)>> run, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
            (bool commits, T result) = await run(connection);
            if (commits)
            {
                await transaction.CommitAsync(cancel);
            }

            return result;
        },
        cancel);

    /// <summary>Whether an exception tells of the server or the way to it, rather than of a mistake here.</summary>
    internal static bool IsOfTheStore(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException;

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
