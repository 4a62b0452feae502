using Microsoft.Data.Sqlite;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>A SQLite file: connections, transactions, and failures as <see cref="ClusterStoreException"/>. Calls block for the time of one flush.</summary>
internal sealed class SqliteDatabase
{
    private const int BusySeconds = 5;
    private readonly Lock _writing = new();
    private readonly string _connection;

    public SqliteDatabase(string path) => _connection = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWriteCreate,
        DefaultTimeout = BusySeconds,
        ForeignKeys = false,
    }.ToString();

    /// <summary>Runs something that only reads; all its statements see one state.</summary>
    public ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> read) => new(Run(connection => Transact(connection, new SqliteCommand("BEGIN", connection), read)));

    /// <summary>Runs a transaction that holds the write lock from its first statement; it is durable on return.</summary>
    public ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> write) => new(Write(write));

    /// <inheritdoc cref="WriteAsync{T}"/>
    public T Write<T>(Func<SqliteConnection, T> write)
    {
        // SQLite waits for its lock by trying again and again: beside a writer that never rests, another of this process would come too late.
        lock (_writing)
        {
            return Run(connection => Transact(connection, new SqliteCommand("BEGIN IMMEDIATE", connection), write));
        }
    }

    /// <summary>Runs something outside of a transaction.</summary>
    public T Run<T>(Func<SqliteConnection, T> run)
    {
        try
        {
            using var connection = new SqliteConnection(_connection);
            connection.Open();
            return run(connection);
        }
        catch (SqliteException e)
        {
            throw new ClusterStoreException($"SQLite: {e.Message}", e);
        }
    }

    /// <summary>Closes the connections that are kept.</summary>
    public void Close()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
    }

    // By statement rather than by SqliteTransaction, which every command would have to be told of.
    private static T Transact<T>(SqliteConnection connection, SqliteCommand begin, Func<SqliteConnection, T> run)
    {
        begin.Do();
        bool done = false;
        try
        {
            T result = run(connection);
            new SqliteCommand("COMMIT", connection).Do();
            done = true;
            return result;
        }
        finally
        {
            if (!done)
            {
                new SqliteCommand("ROLLBACK", connection).Do();
            }
        }
    }
}
