using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Persistence.Tests;

/// <summary>A shard log with its writer, whatever is underneath.</summary>
public sealed record ShardLogUnderTest(IShardLog Log, long Epoch, Func<Task> CommitAsync, Func<Task<long>> TakeOverAsync, IAsyncDisposable Ends);

/// <summary>What a shard may rely on, on one node's files as in a cluster.</summary>
public abstract class ShardLogKit
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly ShardId Shard = new(0);

    protected abstract Task<ShardLogUnderTest> OpenAsync();

    [SkippableFact]
    public async Task Appends_under_way_complete_in_their_order_and_come_back()
    {
        ShardLogUnderTest test = await OpenAsync();
        await using IAsyncDisposable ends = test.Ends;
        Task<LogOutcome>[] appends = [.. Enumerable.Range(1, 5).Select(seq => test.Log.AppendAsync(Shard, test.Epoch, seq, new[] { (byte)seq }).AsTask())];
        Assert.All(appends, append => Assert.False(append.IsCompleted));
        await test.CommitAsync();
        Assert.All(await Task.WhenAll(appends), outcome => Assert.True(outcome.IsDurable, outcome.Reason));
        var there = new List<(long Epoch, long Seq, byte Payload)>();
        await test.Log.ReplayAsync(Shard, 2, (_, epoch, seq, payload) => there.Add((epoch, seq, payload[0])), Never);
        Assert.Equal([(test.Epoch, 3, 3), (test.Epoch, 4, 4), (test.Epoch, 5, 5)], there);
    }

    [SkippableFact]
    public async Task Numbers_out_of_sequence_are_fenced_and_nothing_of_them_is_there()
    {
        ShardLogUnderTest test = await OpenAsync();
        await using IAsyncDisposable ends = test.Ends;
        Task<LogOutcome> first = test.Log.AppendAsync(Shard, test.Epoch, 1, new byte[] { 1 }).AsTask();
        Assert.Equal(LogResult.Fenced, (await test.Log.AppendAsync(Shard, test.Epoch, 3, new byte[] { 3 })).Result);
        Assert.Equal(LogResult.Fenced, (await test.Log.AppendAsync(Shard, test.Epoch, 1, new byte[] { 1 })).Result);
        await test.CommitAsync();
        Assert.True((await first).IsDurable);
        int records = 0;
        await test.Log.ReplayAsync(Shard, 0, (_, _, _, _) => records++, Never);
        Assert.Equal(1, records);
    }

    [SkippableFact]
    public async Task An_older_epoch_is_fenced_after_a_newer_one_has_written()
    {
        ShardLogUnderTest test = await OpenAsync();
        await using IAsyncDisposable ends = test.Ends;
        Task<LogOutcome> first = test.Log.AppendAsync(Shard, test.Epoch, 1, new byte[] { 1 }).AsTask();
        await test.CommitAsync();
        Assert.True((await first).IsDurable);
        long next = await test.TakeOverAsync();
        Assert.True(next > test.Epoch);
        Task<LogOutcome> second = test.Log.AppendAsync(Shard, next, 2, new byte[] { 2 }).AsTask();
        await test.CommitAsync();
        Assert.True((await second).IsDurable);
        Assert.Equal(LogResult.Fenced, (await test.Log.AppendAsync(Shard, test.Epoch, 3, new byte[] { 3 })).Result);
    }
}

public abstract class ClusterShardLogKit(IStoreMaker stores) : ShardLogKit
{
    private static readonly NodeIncarnation Node = new(new Guid("cccccccc-0000-0000-0000-000000000003"));

    protected override async Task<ShardLogUnderTest> OpenAsync()
    {
        IClusterStore store = await stores.MakeAsync();
        await store.Ownership.CreateAsync(1, CancellationToken.None);
        var log = new GroupCommitLog(store.Journal, new GroupCommitSettings(), TimeProvider.System);
        async Task<long> TakeOverAsync()
        {
            ShardOwnership row = (await store.Ownership.ReadAsync(0, CancellationToken.None))!.Value;
            row = (await store.Ownership.TakeAsync(0, row.Epoch, Node, CancellationToken.None))!.Value;
            log.BeginLead(row);
            return row.Epoch;
        }

        return new ShardLogUnderTest(log, await TakeOverAsync(), () => log.CommitOnceAsync(CancellationToken.None), TakeOverAsync, store);
    }
}

public sealed class MemoryShardLogTests(MemoryStores stores) : ClusterShardLogKit(stores), IClassFixture<MemoryStores>;

public sealed class SqliteShardLogTests(SqliteStores stores) : ClusterShardLogKit(stores), IClassFixture<SqliteStores>;

[Collection(PostgresCollection.Name)]
public sealed class PostgresShardLogTests(PostgresStores stores) : ClusterShardLogKit(stores);

/// <summary>The single node's log: files.</summary>
public sealed class FileShardLogTests : ShardLogKit
{
    protected override Task<ShardLogUnderTest> OpenAsync()
    {
        var files = new LogFiles();
        long epoch = 1;
        return Task.FromResult(new ShardLogUnderTest(
            files.Log,
            epoch,
            () =>
            {
                files.Log.FlushOnce();
                return Task.CompletedTask;
            },
            () => Task.FromResult(++epoch),
            files));
    }

    private sealed class LogFiles : IAsyncDisposable
    {
        private readonly TempDirectory _temp = new();
        private readonly DataDirectory _directory;

        public LogFiles()
        {
            _directory = DataDirectory.Open(new DiskFiles(), _temp["data"], shardCount: 1);
            Log = HeadRecovery.Run(_directory, new ShardSettings(), new SegmentLogSettings(), static _ => { }, CancellationToken.None).Log;
        }

        public SegmentLog Log { get; }

        public ValueTask DisposeAsync()
        {
            Log.Dispose();
            _directory.Dispose();
            _temp.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
