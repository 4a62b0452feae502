using Npgsql;
using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresJournalTests(PostgresStores stores) : JournalKit(stores)
{
    private readonly PostgresStores _stores = stores;

    // Whole tables are let go, and never the one that is written to: the ring below is filled.
    protected override Task<bool> TrimToTheLimitAsync(IClusterStore store) => Task.FromResult(false);

    [SkippableFact]
    public async Task The_ring_goes_round_and_keeps_what_is_needed()
    {
        await using PostgresClusterStore store = await PostgresStores.OpenAsync(await _stores.NewDatabaseAsync(), ringTableBytes: 64 << 10);
        await store.Ownership.CreateAsync(2, Never);
        ShardOwnership busy = await TakeAsync(store, 0, A);
        ShardOwnership quiet = await TakeAsync(store, 1, A);
        await AppendAsync(store, quiet, 1);
        var payload = new byte[40_000];
        bool trimmed = false;
        for (long seq = 1; seq <= 60; seq++)
        {
            JournalRun run = Run(busy, seq) with { Payloads = [payload] };
            Assert.Equal([JournalVerdict.Committed], await store.Journal.AppendAsync([run]));
            if (seq % 2 == 0)
            {
                Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(0, 1, seq, []), busy.Token, Never));
            }

            trimmed |= await store.Journal.TrimAsync(Never);
        }

        Assert.True(trimmed);
        await Assert.ThrowsAsync<JournalGapException>(async () => await store.Journal.ReadAsync(0, 0, 100, Never));
        Assert.Equal([59L, 60L], (await store.Journal.ReadAsync(0, 58, 100, Never)).Select(record => record.Seq));
        // The shard without a snapshot holds the table that its one record is in.
        Assert.Equal([1L], (await store.Journal.ReadAsync(1, 0, 100, Never)).Select(record => record.Seq));
    }

    [SkippableFact]
    public async Task Tables_are_made_once_by_whoever_comes_first_and_too_new_ones_are_refused()
    {
        string database = await _stores.NewDatabaseAsync();
        PostgresClusterStore[] opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgresStores.OpenAsync(database)));
        foreach (PostgresClusterStore store in opened)
        {
            await store.DisposeAsync();
        }

        await ExecuteAsync(database, "UPDATE schema_version SET version = version + 1");
        await (await PostgresStores.OpenAsync(database)).DisposeAsync();
        await ExecuteAsync(database, "UPDATE schema_version SET version = version + 1");
        ClusterStoreException refused = await Assert.ThrowsAsync<ClusterStoreException>(() => PostgresStores.OpenAsync(database));
        Assert.Contains("version 3", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_operator_is_told_when_acknowledged_samples_could_be_lost()
    {
        await using PostgresClusterStore store = await PostgresStores.OpenAsync(await _stores.NewDatabaseAsync());
        IReadOnlyList<string> risks = await store.DurabilityRisksAsync(Never);
        Assert.Contains(risks, risk => risk.Contains("standby", StringComparison.Ordinal));
        Assert.DoesNotContain(risks, risk => risk.Contains("fsync", StringComparison.Ordinal));
    }

    private static async Task ExecuteAsync(string database, string statement)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The callers stand above, each with a constant.
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
