using Npgsql;

namespace Pleiad.Persistence;

/// <summary>Short forms for statements with positional parameters.</summary>
internal static class PostgresCommands
{
    /// <summary>The next parameter.</summary>
    public static NpgsqlCommand With<T>(this NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    /// <summary>All rows.</summary>
    public static async Task<List<T>> RowsAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> row, CancellationToken cancel)
    {
        List<T> rows = [];
        await using (command)
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                rows.Add(row(reader));
            }
        }

        return rows;
    }

    /// <summary>Runs it.</summary>
    /// <returns>Rows changed.</returns>
    public static async Task<int> DoAsync(this NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Has TCP find out within about ten seconds that the other side is gone without a word. Unix sockets need no such thing and refuse it.</summary>
    public static NpgsqlConnectionStringBuilder NoticingDeadPeers(this NpgsqlConnectionStringBuilder connection)
    {
        if (connection.Host is not ['/', ..])
        {
            connection.TcpKeepAlive = true;
            connection.TcpKeepAliveTime = 5;
            connection.TcpKeepAliveInterval = 1;
        }

        return connection;
    }
}
