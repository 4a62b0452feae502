using System.Collections.Concurrent;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>A node that takes many shards at once, each with much that their journals lack.</summary>
public sealed class JournalRestoreTests
{
    private const int Shards = 32;
    private const int RecordsAShard = 12;
    private static readonly byte[] s_payload = new byte[1 << 20];

    [Fact]
    public async Task What_many_shards_give_to_the_journal_again_is_never_all_in_memory_at_once()
    {
        var log = new HeldLog();
        var terms = new SharedJournal();
        using var place = new TempDirectory();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, Shards);
        ClusterJournal journal = Journal(log, terms, directory, Shards);
        Task<ShardOwnership?>[] restoring = [.. Enumerable.Range(0, Shards).Select(shard => Task.Run(() => journal.RestoreAsync(ShardOwnership.Untaken(shard) with { Epoch = 1 }, Lost())))];
        Task all = Task.WhenAll(restoring);
        while (!all.IsCompleted)
        {
            await Task.WhenAny(all, log.NextAsync()).WaitAsync(TestActorSystem.HangGuard);
            log.CommitOne();
        }

        Assert.All(await Task.WhenAll(restoring), static row => Assert.Equal(RecordsAShard + 1, row!.Value.NextSeq));
        Assert.InRange(log.BytesMost, 1, 16 << 20);
        Assert.All(log.Seqs, static of => Assert.Equal(Enumerable.Range(1, RecordsAShard).Select(static seq => (long)seq), of.Value));
    }

    [Fact]
    public async Task Many_shards_that_lack_little_each_go_into_one_commit()
    {
        var log = new HeldLog();
        var terms = new SharedJournal();
        using var place = new TempDirectory();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, 64);
        ClusterJournal journal = Journal(log, terms, directory, 64);
        Task<ShardOwnership?>[] restoring =
            [.. Enumerable.Range(0, 64).Select(shard => journal.RestoreAsync(ShardOwnership.Untaken(shard) with { Epoch = 1 }, [new JournalRecord(1, 1, 1, new byte[100])]))];

        // Nothing was committed yet.
        Assert.Equal(64, log.WaitingCount);
        while (log.WaitingCount > 0)
        {
            log.CommitOne();
        }

        Assert.All(await Task.WhenAll(restoring), static row => Assert.Equal(2, row!.Value.NextSeq));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_now_leaves_nothing_on_its_way()
    {
        var log = new HeldLog();
        using var place = new TempDirectory();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, 1);
        using SpoolLog spool = SpoolLog.Open(directory, new SpoolSettings(), TimeProvider.System);
        var terms = new SharedJournal();
        var journal = new ClusterJournal(log, terms, terms, terms, 0, new Resubmissions(new KeptMessages(directory), new ShardMap(1), TimeProvider.System)) { Spool = spool };
        Task<ShardOwnership?> restoring = journal.RestoreAsync(
            ShardOwnership.Untaken(0) with { Epoch = 1 }, [new JournalRecord(1, 1, 1, new byte[100]), new JournalRecord(2, 1, 2, default)]);
        Assert.False(restoring.IsCompleted);
        Assert.Equal(1, log.WaitingCount);
        log.CommitOne();
        await Assert.ThrowsAsync<IOException>(() => restoring).WaitAsync(TestActorSystem.HangGuard);
    }

    [Fact]
    public void Pieces_are_smaller_the_more_shards_there_are_and_who_comes_first_has_room_first()
    {
        var room = new RestoreRoom(16 << 20);
        room.Enter();
        Assert.Equal(4 << 20, room.PieceBytes);
        for (int more = 1; more < 16; more++)
        {
            room.Enter();
        }

        Assert.Equal(1 << 20, room.PieceBytes);
        for (int more = 16; more < 1000; more++)
        {
            room.Enter();
        }

        Assert.Equal(256 << 10, room.PieceBytes);
        room.Leave();

        Task most = room.TakeAsync(15 << 20);
        Task tooMuch = room.TakeAsync(20 << 20);
        Task behind = room.TakeAsync(1);
        Assert.Equal((true, false, false), (most.IsCompleted, tooMuch.IsCompleted, behind.IsCompleted));
        room.Give(15 << 20);
        Assert.Equal((true, false), (tooMuch.IsCompleted, behind.IsCompleted));
        room.Give(20 << 20);
        Assert.True(behind.IsCompleted);
    }

    private static ClusterJournal Journal(IShardLog log, SharedJournal terms, DataDirectory directory, int shards) =>
        new(log, terms, terms, terms, 0, new Resubmissions(new KeptMessages(directory), new ShardMap(shards), TimeProvider.System));

    private static JournalRecord[] Lost() => [.. Enumerable.Range(1, RecordsAShard).Select(static seq => new JournalRecord(seq, 1, seq, s_payload))];

    // Commits a record when it is told to.
    private sealed class HeldLog : IShardLog
    {
        private readonly Lock _gate = new();
        private readonly Queue<(TaskCompletionSource<LogOutcome> Done, int Bytes)> _waiting = new();
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _bytes;

        public long BytesMost { get; private set; }

        public ConcurrentDictionary<int, List<long>> Seqs { get; } = new();

        public Task NextAsync()
        {
            lock (_gate)
            {
                return _waiting.Count > 0 ? Task.CompletedTask : _next.Task;
            }
        }

        public int WaitingCount
        {
            get
            {
                lock (_gate)
                {
                    return _waiting.Count;
                }
            }
        }

        public void CommitOne()
        {
            TaskCompletionSource<LogOutcome>? done = null;
            lock (_gate)
            {
                if (_waiting.TryDequeue(out (TaskCompletionSource<LogOutcome> Done, int Bytes) first))
                {
                    _bytes -= first.Bytes;
                    done = first.Done;
                }
            }

            done?.SetResult(LogOutcome.Durable);
        }

        public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload)
        {
            lock (_gate)
            {
                Seqs.GetOrAdd(shard.Value, static _ => []).Add(seq);
                _bytes += payload.Length;
                BytesMost = Math.Max(BytesMost, _bytes);
                var done = new TaskCompletionSource<LogOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue((done, payload.Length));
                _next.TrySetResult();
                _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new ValueTask<LogOutcome>(done.Task);
            }
        }

        public ValueTask ReplayAsync(ShardId shard, long afterSeq, LogVisitor visit, CancellationToken cancel) => throw new NotSupportedException();

        public void Release(ShardId shard, long throughSeq)
        {
        }
    }
}
