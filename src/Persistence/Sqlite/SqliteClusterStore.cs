using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>A cluster store in a SQLite file: for a single node, and for several processes of one machine.</summary>
public sealed class SqliteClusterStore : IClusterStore
{
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

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _database.Close();
        return ValueTask.CompletedTask;
    }
}
