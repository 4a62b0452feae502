using Npgsql;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Persistence.Tests;

/// <summary>The journal while connections are cut, the server crashes, and commits hang.</summary>
public sealed class PostgresFaultTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly NodeIncarnation Node = new(new Guid("dddddddd-0000-0000-0000-000000000004"));
    private static readonly GroupCommitSettings Quick = new() { Interval = TimeSpan.Zero, RetryPause = TimeSpan.FromMilliseconds(5), RetryPauseMax = TimeSpan.FromMilliseconds(50) };
    private static readonly ShardId Shard = new(0);
    private readonly PostgresServer? _server = PostgresServer.TryStart();

    public void Dispose() => _server?.Dispose();

    private PostgresServer Server
    {
        get
        {
            Skip.If(_server is null, PostgresStores.NotInstalled);
            return _server;
        }
    }

    [SkippableFact]
    public async Task A_commit_whose_answer_is_cut_off_is_there_exactly_once()
    {
        using var proxy = new CuttingProxy(Server.SocketPath);
        await using PostgresClusterStore store = await PostgresStores.OpenAsync(Server.Connection.Replace(Server.SocketPath, proxy.SocketPath, StringComparison.Ordinal));
        GroupCommitLog log = new(store.Journal, Quick, TimeProvider.System);
        ShardOwnership term = await LeadAsync(store, log);
        byte[] mark = "cut here: "u8.ToArray();
        int asked = 0;
        proxy.CutsAnswerOf = request => request.Span.IndexOf(mark) >= 0 && Interlocked.Increment(ref asked) % 2 == 1;
        for (int i = 0; i < 20; i++)
        {
            Task<LogOutcome> append = log.AppendAsync(Shard, term.Epoch, i + 1, (byte[])[.. mark, (byte)i]).AsTask();
            await log.CommitOnceAsync(Never);
            Assert.True((await append).IsDurable);
        }

        Assert.True(proxy.Cuts >= 10, $"{proxy.Cuts} cuts");
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)i), await PayloadsAsync(log));
    }

    [SkippableFact]
    public async Task Nothing_acknowledged_is_lost_when_the_server_crashes_and_what_waits_is_committed_when_it_is_back()
    {
        await using PostgresClusterStore store = await PostgresStores.OpenAsync(Server.Connection);
        GroupCommitLog log = new(store.Journal, Quick, TimeProvider.System);
        ShardOwnership term = await LeadAsync(store, log);
        long seq = 1;
        for (int crash = 0; crash < 3; crash++)
        {
            Task<LogOutcome> before = log.AppendAsync(Shard, term.Epoch, seq, new[] { (byte)seq++ }).AsTask();
            await log.CommitOnceAsync(Never);
            Assert.True((await before).IsDurable);
            Server.Crash();
            Task<LogOutcome> meanwhile = log.AppendAsync(Shard, term.Epoch, seq, new[] { (byte)seq++ }).AsTask();
            Task committing = log.CommitOnceAsync(Never);
            Assert.False(meanwhile.IsCompleted);
            Server.Start();
            await committing;
            Assert.True((await meanwhile).IsDurable);
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], await PayloadsAsync(log));
    }

    [SkippableFact]
    public async Task A_commit_that_hangs_is_given_up_by_the_watchdog_and_settled_when_it_ends()
    {
        var time = new VirtualTime();
        await using PostgresClusterStore store = await PostgresClusterStore.OpenAsync(new PostgresSettings { Connection = Server.Connection }, time, Never);
        GroupCommitLog log = new(store.Journal, Quick, TimeProvider.System);
        ShardOwnership term = await LeadAsync(store, log);
        var run = new JournalRun(0, term.Epoch, term.Token, 1, [7], [new byte[] { 7 }]);

        await using var blocker = new NpgsqlConnection(Server.Connection + ";Pooling=false");
        await blocker.OpenAsync();
        await using NpgsqlTransaction holds = await blocker.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("SELECT 1 FROM shard WHERE shard_id = 0 FOR UPDATE", blocker))
        {
            await hold.ExecuteNonQueryAsync();
        }

        Task<JournalVerdict[]> append = store.Journal.AppendAsync([run]).AsTask();
        await using (var waits = new NpgsqlCommand(
            "SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'pleiad journal'", blocker))
        {
            for (long waiting = 0; waiting == 0;)
            {
                await using NpgsqlDataReader reader = await waits.ExecuteReaderAsync();
                await reader.ReadAsync();
                waiting = reader.GetInt64(1);
            }
        }

        Assert.False(append.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([JournalVerdict.Indeterminate], await append);
        Assert.Equal(JournalSettlement.NotCommitted, await store.Journal.SettleAsync(run, Never));
        await holds.CommitAsync();
        // The connection that was given up may commit before or after this one; one of them does.
        JournalVerdict again = (await store.Journal.AppendAsync([run]))[0];
        Assert.True(again is JournalVerdict.Committed or JournalVerdict.NotAppended);
        Assert.Equal(JournalSettlement.Committed, await store.Journal.SettleAsync(run, Never));
        Assert.Equal([7], await PayloadsAsync(log));
    }

    [SkippableFact]
    public async Task A_server_that_is_not_there_is_said_in_words()
    {
        string connection = Server.Connection;
        Server.Crash();
        ClusterStoreException failed = await Assert.ThrowsAsync<ClusterStoreException>(() => PostgresStores.OpenAsync(connection));
        Assert.Contains("PostgreSQL", failed.Message, StringComparison.Ordinal);
    }

    private static async Task<ShardOwnership> LeadAsync(PostgresClusterStore store, GroupCommitLog log)
    {
        await store.Ownership.CreateAsync(1, Never);
        ShardOwnership term = (await store.Ownership.TakeAsync(0, 0, Node, Never))!.Value;
        log.BeginLead(term);
        return term;
    }

    private static async Task<List<byte>> PayloadsAsync(GroupCommitLog log)
    {
        var payloads = new List<byte>();
        await log.ReplayAsync(Shard, 0, (_, _, _, payload) => payloads.Add(payload[^1]), Never);
        return payloads;
    }
}
