using Microsoft.Data.Sqlite;

namespace Pleiad.Persistence;

/// <summary>Short forms for statements with named parameters.</summary>
internal static class SqliteCommands
{
    /// <summary>A parameter; identities go as 16 bytes.</summary>
    public static SqliteCommand With(this SqliteCommand command, string name, object value)
    {
        command.Parameters.AddWithValue(name, value is Guid guid ? guid.ToByteArray() : value);
        return command;
    }

    /// <summary>All rows.</summary>
    public static List<T> Rows<T>(this SqliteCommand command, Func<SqliteDataReader, T> row)
    {
        List<T> rows = [];
        using (command)
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(row(reader));
            }
        }

        return rows;
    }

    /// <summary>Runs it.</summary>
    /// <returns>Rows changed.</returns>
    public static int Do(this SqliteCommand command)
    {
        using (command)
        {
            return command.ExecuteNonQuery();
        }
    }

    /// <summary>An identity from its 16 bytes.</summary>
    public static Guid Identity(this SqliteDataReader reader, int column) => new((byte[])reader.GetValue(column));
}
