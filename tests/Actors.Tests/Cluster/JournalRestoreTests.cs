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
        using var journal = new ClusterJournal(log, terms, terms, terms, 0, new Resubmissions(new KeptMessages(directory), new ShardMap(Shards), TimeProvider.System));
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
