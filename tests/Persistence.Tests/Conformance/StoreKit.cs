using Npgsql;
using Pleiad.Kernel;
using Pleiad.TestKit;

namespace Pleiad.Persistence.Tests;

/// <summary>Makes empty stores of one kind.</summary>
public interface IStoreMaker : IDisposable
{
    /// <summary>A new store without shards.</summary>
    Task<IClusterStore> MakeAsync();
}

public sealed class MemoryStores : IStoreMaker
{
    public Task<IClusterStore> MakeAsync() => Task.FromResult<IClusterStore>(new MemoryClusterStore(new Random(7)));

    public void Dispose()
    {
    }
}

public sealed class SqliteStores : IStoreMaker
{
    private readonly TempDirectory _directory = new();
    private int _made;

    public Task<IClusterStore> MakeAsync() => Task.FromResult<IClusterStore>(SqliteClusterStore.Open(_directory[$"{Interlocked.Increment(ref _made)}.db"]));

    public void Dispose() => _directory.Dispose();
}

/// <summary>One server for all classes of the kit, a database of its own for each store.</summary>
public sealed class PostgresStores : IStoreMaker
{
    public const string NotInstalled = "PostgreSQL is not installed (Debian: postgresql)";
    private readonly PostgresServer? _server = PostgresServer.TryStart();
    private int _made;

    /// <summary>Npgsql's words for a new, empty database. Skips the test where there is no PostgreSQL.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        Skip.If(_server is null, NotInstalled);
        string name = $"test_{Interlocked.Increment(ref _made)}";
        await using var connection = new NpgsqlConnection(_server.Connection + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The name is a number.
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name} STRATEGY file_copy", connection);
#pragma warning restore CA2100
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_server.Connection) { Database = name }.ToString();
    }

    public async Task<IClusterStore> MakeAsync() => await OpenAsync(await NewDatabaseAsync());

    public static async Task<PostgresClusterStore> OpenAsync(string connection, long ringTableBytes = 256 << 20) =>
        await PostgresClusterStore.OpenAsync(
            new PostgresSettings { Connection = connection, RingTableBytes = ringTableBytes }, TimeProvider.System, CancellationToken.None);

    public void Dispose() => _server?.Dispose();
}

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresStores>
{
    public const string Name = "PostgreSQL";
}

/// <summary>What all tests of the kit begin with.</summary>
public abstract class StoreKit(IStoreMaker stores)
{
    protected static readonly CancellationToken Never = CancellationToken.None;

    protected static readonly NodeIncarnation A = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001"));

    protected static readonly NodeIncarnation B = new(new Guid("bbbbbbbb-0000-0000-0000-000000000002"));

    /// <summary>A store with some shards that nobody has taken.</summary>
    protected async Task<IClusterStore> StoreAsync(int shards = 4)
    {
        IClusterStore store = await stores.MakeAsync();
        Assert.Equal(shards, await store.Ownership.CreateAsync(shards, Never));
        return store;
    }

    /// <summary>Takes a shard, whoever had it.</summary>
    protected static async Task<ShardOwnership> TakeAsync(IClusterStore store, int shard, NodeIncarnation owner)
    {
        ShardOwnership? row = await store.Ownership.ReadAsync(shard, Never);
        ShardOwnership? taken = await store.Ownership.TakeAsync(shard, row!.Value.Epoch, owner, Never);
        Assert.NotNull(taken);
        return taken.Value;
    }

    /// <summary>A run of records with payloads that say their numbers.</summary>
    protected static JournalRun Run(ShardOwnership term, long firstSeq, int records = 1) => new(
        term.Shard, term.Epoch, term.Token, firstSeq,
        [.. Enumerable.Range(0, records).Select(i => 1000 + firstSeq + i)],
        [.. Enumerable.Range(0, records).Select(i => new ReadOnlyMemory<byte>(BitConverter.GetBytes(firstSeq + i)))]);

    /// <summary>Appends records and expects them to be committed.</summary>
    protected static async Task AppendAsync(IClusterStore store, ShardOwnership term, long firstSeq, int records = 1) =>
        Assert.Equal([JournalVerdict.Committed], await store.Journal.AppendAsync([Run(term, firstSeq, records)]));
}
