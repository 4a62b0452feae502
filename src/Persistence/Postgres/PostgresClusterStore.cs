using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>The cluster store that several machines share.</summary>
public sealed class PostgresClusterStore : IClusterStore
{
    private readonly PostgresControl _control;
    private readonly PostgresJournal _journal;

    private PostgresClusterStore(PostgresControl control, PostgresSettings settings, TimeProvider time)
    {
        _control = control;
        _journal = new PostgresJournal(control, settings, time);
        Ownership = new PostgresOwnership(control);
        Manifests = new PostgresManifests(control);
        Membership = new PostgresMembership(control);
        Documents = new PostgresDocuments(control);
    }

    /// <inheritdoc/>
    public IShardOwnership Ownership { get; }

    /// <inheritdoc/>
    public IFencedJournal Journal => _journal;

    /// <inheritdoc/>
    public ISnapshotManifests Manifests { get; }

    /// <inheritdoc/>
    public IMembershipStore Membership { get; }

    /// <inheritdoc/>
    public IDocumentStore Documents { get; }

    /// <summary>Connects, and makes the tables where they are missing.</summary>
    /// <param name="settings">Where and how.</param>
    /// <param name="time">Of the journal's watchdog.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ClusterStoreException">The server cannot be reached, or its tables are of a later version than this program understands.</exception>
    public static async Task<PostgresClusterStore> OpenAsync(PostgresSettings settings, TimeProvider time, CancellationToken cancel)
    {
        var control = new PostgresControl(settings);
        try
        {
            await PostgresSchema.MigrateAsync(control, cancel);
            return new PostgresClusterStore(control, settings, time);
        }
        catch
        {
            // Whatever it was: the caller gets nothing that it could dispose.
            await control.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ways in which this server could lose what it has acknowledged, each in a sentence for the operator.</summary>
    public ValueTask<IReadOnlyList<string>> DurabilityRisksAsync(CancellationToken cancel) => PostgresDurability.RisksAsync(_control, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        await _control.DisposeAsync();
    }
}
