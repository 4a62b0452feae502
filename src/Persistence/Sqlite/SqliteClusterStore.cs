using Microsoft.Data.Sqlite;
using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>A cluster store in a SQLite file: for a single node, and for several processes of one machine.</summary>
public sealed class SqliteClusterStore : IClusterStore
{
    // https://www.sqlite.org/rescode.html
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly SqliteDatabase _database;

    private SqliteClusterStore(SqliteDatabase database)
    {
        _database = database;
        Ownership = new SqliteOwnership(database);
        Journal = new SqliteJournal(database);
        Manifests = new SqliteManifests(database);
        Membership = new SqliteMembership(database);
        Documents = new SqliteDocuments(database);
    }

    /// <inheritdoc/>
    public IShardOwnership Ownership { get; }

    /// <inheritdoc/>
    public IFencedJournal Journal { get; }

    /// <inheritdoc/>
    public ISnapshotManifests Manifests { get; }

    /// <inheritdoc/>
    public IMembershipStore Membership { get; }

    /// <inheritdoc/>
    public IDocumentStore Documents { get; }

    /// <summary>Opens the file, making it and its tables where they are missing.</summary>
    /// <param name="path">Its directory must exist.</param>
    /// <exception cref="ClusterStoreException">It cannot be opened, or is of a later version than this program understands.</exception>
    public static SqliteClusterStore Open(string path)
    {
        var database = new SqliteDatabase(path);
        SqliteSchema.Migrate(database);
        return new SqliteClusterStore(database);
    }

    /// <summary>What is broken in a file that is there, in words; null where it is sound or missing. Reads all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ClusterStoreException">It cannot be read for another reason.</exception>
    /// <remarks>https://www.sqlite.org/pragma.html#pragma_quick_check. SQLite keeps no checksums: a letter that has become another is not found.</remarks>
    public static string? DamageOf(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var database = new SqliteDatabase(path);
        try
        {
            string found = database.Run(static connection => (string)new SqliteCommand("PRAGMA quick_check(1)", connection).ExecuteScalar()!);
            return found == "ok" ? null : found;
        }
        catch (ClusterStoreException e) when (e.InnerException is SqliteException { SqliteErrorCode: Corrupt or NotADatabase })
        {
            return e.Message;
        }
        finally
        {
            database.Close();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _database.Close();
        return ValueTask.CompletedTask;
    }
}
