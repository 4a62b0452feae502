using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Persistence.Tests;

/// <summary>A store that is away: what waits for long is spooled and acknowledged, and committed in its order when the store is back.</summary>
public sealed class SpooledCommitTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly NodeIncarnation A = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001"));
    private static readonly NodeIncarnation B = new(new Guid("bbbbbbbb-0000-0000-0000-000000000001"));
    private readonly MemoryClusterStore _store = new(new Random(3));
    private readonly VirtualTime _time = new();
    private readonly AwayJournal _journal;
    private readonly ListSpool _spool = new();
    private readonly List<(int, long)> _lost = [];
    private readonly GroupCommitLog _log;

    public SpooledCommitTests()
    {
        _journal = new AwayJournal(_store.Journal);
        _log = new GroupCommitLog(_journal, new GroupCommitSettings { Interval = TimeSpan.Zero, SpoolAfter = TimeSpan.FromSeconds(1) }, _time);
        _log.UseSpool(_spool, (shard, epoch) => _lost.Add((shard, epoch)));
    }

    [Fact]
    public async Task What_waits_for_long_is_acknowledged_from_the_spool_and_committed_in_order_when_the_store_is_back()
    {
        _log.BeginLead(await TakeAsync(0, A));
        _journal.IsAway = true;
        Task<LogOutcome> first = AppendAsync(1);
        Task committing = _log.CommitOnceAsync(Never);
        Task<LogOutcome> second = AppendAsync(2);
        await _log.SpoolOnceAsync();
        Assert.False(first.IsCompleted);
        Assert.Empty(_spool.Kept);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await first).IsDurable && (await second).IsDurable);
        Assert.Equal((2, 0), (_log.SpooledCount, _log.QueueBytes));

        // From now on nobody waits for a second.
        Task<LogOutcome> third = AppendAsync(3);
        await _log.SpoolOnceAsync();
        Assert.True((await third).IsDurable);
        Assert.Equal([1L, 2, 3], _spool.Kept.Select(static kept => kept.Seq));
        Assert.All(_spool.Runs, static run => Assert.Equal(0, run.CommittedThrough));
        Assert.Empty(await RecordsAsync());

        _journal.IsAway = false;
        Task<LogOutcome> live = AppendAsync(4);
        await BackAsync(committing);
        await _log.CommitOnceAsync(Never);
        Assert.True((await live).IsDurable);
        Assert.Equal([1L, 2, 3, 4], await RecordsAsync());
        Assert.Empty(_spool.Kept);
        Assert.Equal(0, _log.SpooledCount);
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task Whoever_appended_has_the_buffer_back_with_the_answer_and_the_journal_gets_what_was_in_it()
    {
        _log.BeginLead(await TakeAsync(0, A));
        _journal.IsAway = true;
        byte[] first = BitConverter.GetBytes(1L);
        byte[] second = BitConverter.GetBytes(2L);
        Task<LogOutcome> underWay = _log.AppendAsync(new ShardId(0), 1, 1, first).AsTask();
        Task committing = _log.CommitOnceAsync(Never);
        Task<LogOutcome> waiting = _log.AppendAsync(new ShardId(0), 1, 2, second).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await underWay).IsDurable && (await waiting).IsDurable);
        Array.Fill(first, (byte)0xEE);
        Array.Fill(second, (byte)0xEE);
        _journal.IsAway = false;
        await BackAsync(committing);
        await _log.CommitOnceAsync(Never);
        Assert.Equal([1L, 2], await RecordsAsync());
    }

    [Fact]
    public async Task What_the_journal_has_before_the_spool_is_spooled_as_it_was_though_its_owner_has_the_buffer_back()
    {
        _log.BeginLead(await TakeAsync(0, A));
        byte[] buffer = BitConverter.GetBytes(1L);
        Task<LogOutcome> appending = _log.AppendAsync(new ShardId(0), 1, 1, buffer).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        _spool.Waits = new TaskCompletionSource();
        Task keeping = _log.SpoolOnceAsync();
        await _log.CommitOnceAsync(Never);
        Assert.True((await appending).IsDurable);
        Array.Fill(buffer, (byte)0xEE);
        _spool.Waits.SetResult();
        await keeping;

        // It is let go of again: the journal has it.
        Assert.Equal(1, BitConverter.ToInt64(_spool.Runs.Single().Run.Payloads.Single().Span));
        Assert.Empty(_spool.Kept);
        Assert.Equal((0, 0), (_log.SpooledCount, _log.QueueBytes));
    }

    [Fact]
    public async Task What_cannot_be_spooled_waits_and_is_tried_again()
    {
        _log.BeginLead(await TakeAsync(0, A));
        _journal.IsAway = true;
        Task<LogOutcome> first = AppendAsync(1);
        _spool.Refuses = true;
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.False(first.IsCompleted);
        _spool.Refuses = false;
        await _log.SpoolOnceAsync();
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await first).IsDurable);
        Assert.Equal(2, _spool.Asked);
    }

    [Fact]
    public async Task Spooled_records_of_a_shard_that_another_has_taken_are_not_in_the_journal_and_their_leader_is_told()
    {
        _log.BeginLead(await TakeAsync(0, A));
        _log.BeginLead(await TakeAsync(1, A));
        _journal.IsAway = true;
        Task<LogOutcome> first = AppendAsync(1);
        Task<LogOutcome> other = _log.AppendAsync(new ShardId(1), 1, 1, BitConverter.GetBytes(11L)).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await first).IsDurable && (await other).IsDurable);
        Task ended = _log.EndLeadAsync(new ShardId(1));
        Assert.False(ended.IsCompleted);
        await TakeAsync(0, B);
        _journal.IsAway = false;
        await BackAsync(_log.CommitOnceAsync(Never));
        Assert.Equal([(0, 1L)], _lost);
        Assert.Empty(await RecordsAsync());
        Assert.Equal([0], _spool.Kept.Select(static kept => kept.Shard));
        await ended;
        Assert.Equal(LogResult.Fenced, (await AppendAsync(2)).Result);
    }

    [Fact]
    public async Task A_spool_that_cannot_be_read_any_more_costs_the_term_and_nothing_else()
    {
        _log.BeginLead(await TakeAsync(0, A));
        _log.BeginLead(await TakeAsync(1, A));
        _journal.IsAway = true;
        _ = AppendAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        _spool.Kept.Clear();
        _journal.IsAway = false;
        Task<LogOutcome> other = _log.AppendAsync(new ShardId(1), 1, 1, BitConverter.GetBytes(11L)).AsTask();
        await _log.CommitOnceAsync(Never);
        Assert.True((await other).IsDurable);
        Assert.Equal([(0, 1L)], _lost);
    }

    [Fact]
    public async Task A_full_spool_refuses_what_comes_and_keeps_what_it_has()
    {
        _log.BeginLead(await TakeAsync(0, A));
        _journal.IsAway = true;
        Task<LogOutcome> first = AppendAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await first).IsDurable);
        _spool.IsFull = true;
        Assert.Equal(LogResult.Refused, (await AppendAsync(2)).Result);
        _journal.IsAway = false;
        await _log.CommitOnceAsync(Never);
        Task<LogOutcome> again = AppendAsync(2);
        await _log.CommitOnceAsync(Never);
        Assert.True((await again).IsDurable);
        Assert.Equal([1L, 2], await RecordsAsync());
    }

    [Fact]
    public async Task What_was_restored_into_the_spool_alone_does_not_count_as_committed_when_the_term_goes_on()
    {
        ShardOwnership row = await TakeAsync(0, A);
        _log.BeginRestore(row);
        _journal.IsAway = true;
        Task<LogOutcome> restored = AppendAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await restored).IsDurable);
        _log.BeginLead(row with { NextSeq = 2, Hash = HashOf(1) });
        Task<LogOutcome> next = AppendAsync(2);
        await _log.SpoolOnceAsync();
        Assert.True((await next).IsDurable);

        // Whoever keeps the second without the first could never apply it.
        Assert.Equal([0L, 0], _spool.Runs.Select(static run => run.CommittedThrough));
        Task ended = _log.EndLeadAsync(new ShardId(0));
        Assert.False(ended.IsCompleted);
        _journal.IsAway = false;
        await _log.CommitOnceAsync(Never);
        await ended;
        Assert.Equal([1L, 2], await RecordsAsync());
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task A_full_spool_refuses_no_restore_and_what_comes_after_it()
    {
        _log.BeginLead(await TakeAsync(1, A));
        _journal.IsAway = true;
        Task<LogOutcome> other = _log.AppendAsync(new ShardId(1), 1, 1, BitConverter.GetBytes(11L)).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await other).IsDurable);
        _spool.IsFull = true;
        ShardOwnership row = await TakeAsync(0, A);
        _log.BeginRestore(row);
        Task<LogOutcome> restored = AppendAsync(1);
        Assert.False(restored.IsCompleted);
        _log.BeginLead(row with { NextSeq = 2, Hash = HashOf(1) });
        Assert.Equal(LogResult.Refused, (await AppendAsync(2)).Result);
        _journal.IsAway = false;
        await _log.CommitOnceAsync(Never);
        Assert.True((await restored).IsDurable);
    }

    [Fact]
    public async Task A_copy_that_is_slow_delays_its_own_shard_alone()
    {
        _log.BeginLead(await TakeAsync(0, A));
        _log.BeginLead(await TakeAsync(1, A));
        _journal.IsAway = true;
        Task<LogOutcome> slow = AppendAsync(1);
        Task<LogOutcome> quick = _log.AppendAsync(new ShardId(1), 1, 1, BitConverter.GetBytes(11L)).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        var waits = new TaskCompletionSource();
        _spool.WaitsFor[0] = waits;
        Task keeping = _log.SpoolOnceAsync();
        Assert.True((await quick).IsDurable);

        // What comes meanwhile is not sent behind what is on its way, and others go on.
        Task<LogOutcome> behind = AppendAsync(2);
        Task<LogOutcome> more = _log.AppendAsync(new ShardId(1), 1, 2, BitConverter.GetBytes(12L)).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _log.SpoolOnceAsync();
        Assert.True((await more).IsDurable);
        Assert.False(slow.IsCompleted || behind.IsCompleted);
        waits.SetResult();
        await keeping;
        Assert.True((await slow).IsDurable);
        await _log.SpoolOnceAsync();
        Assert.True((await behind).IsDurable);
        _journal.IsAway = false;
        await _log.CommitOnceAsync(Never);
        Assert.Equal([1L, 2], await RecordsAsync());
        Assert.Equal(0, _log.SpooledCount);
    }

    [Fact]
    public async Task Spooling_ends_when_the_oldest_that_waits_is_young()
    {
        var log = new GroupCommitLog(_journal, new GroupCommitSettings { Interval = TimeSpan.Zero, GroupBytes = 16, DrainBytesMin = 1 << 20 }, _time);
        log.UseSpool(_spool, (_, _) => { });
        log.BeginLead(await TakeAsync(0, A));
        log.BeginLead(await TakeAsync(1, A));
        Task<LogOutcome> Append(int shard, long seq) => log.AppendAsync(new ShardId(shard), 1, seq, BitConverter.GetBytes(seq)).AsTask();
        Task<LogOutcome> first = Append(0, 1);
        _time.Advance(TimeSpan.FromSeconds(6));
        await log.SpoolOnceAsync();
        Task<LogOutcome> second = Append(0, 2);
        await log.SpoolOnceAsync();
        Assert.True((await first).IsDurable && (await second).IsDurable);
        Assert.Equal(2, log.SpooledCount);

        // Of the other shard nothing is in the spool: the journal has its turn first.
        Task<LogOutcome> other = Append(1, 1);
        await log.SpoolOnceAsync();
        Assert.False(other.IsCompleted);
        await log.CommitOnceAsync(Never);
        Assert.True((await other).IsDurable);
        Assert.Equal(1, log.SpooledCount);

        // What is left has waited for no time at all.
        Task<LogOutcome> third = Append(0, 3);
        await log.SpoolOnceAsync();
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await log.CommitOnceAsync(Never);
        await log.CommitOnceAsync(Never);
        Assert.True((await third).IsDurable);
        Assert.Equal([1L, 2, 3], await RecordsAsync());
        Assert.Equal(2, _spool.Runs.Count);
    }

    [Fact]
    public async Task What_is_spooled_takes_no_memory_and_is_committed_a_part_at_a_time_with_what_comes_in_beside_it()
    {
        const int Count = 1000;
        const int PartCount = 127;
        var log = new GroupCommitLog(_journal, new GroupCommitSettings { Interval = TimeSpan.Zero, GroupBytes = 8 * (PartCount + 1) }, _time);
        log.UseSpool(_spool, (_, _) => { });
        log.BeginLead(await TakeAsync(0, A));
        log.BeginLead(await TakeAsync(1, A));
        WeakReference[] waiting = Waiting(log, Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        for (int looks = 0; log.SpooledCount < Count; looks++)
        {
            // As much as a commit has at a time.
            Assert.Equal(Math.Min(looks * (PartCount + 1), Count), log.SpooledCount);
            await log.SpoolOnceAsync();
        }

        Assert.Equal((Count, 0), (log.SpooledCount, log.QueueBytes));
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    return waiting.Count(static one => one.IsAlive) < Count / 10;
                },
                TimeSpan.FromMinutes(1)),
            "what is spooled is still in memory");
        for (int commits = 0; log.SpooledCount > 0; commits++)
        {
            Assert.True(commits < 2 * Count, "the spool is drained");
            int before = log.SpooledCount;
            Task<LogOutcome> live = log.AppendAsync(new ShardId(1), 1, commits + 1, BitConverter.GetBytes(1L)).AsTask();
            await log.CommitOnceAsync(Never);
            Assert.True((await live).IsDurable);

            // As much as the one live record leaves room for. After each part comes a pause in which nothing but live records is committed.
            Assert.Equal(Math.Max(0, commits % 2 == 0 ? before - PartCount : before), log.SpooledCount);
            _time.Advance(TimeSpan.FromSeconds(commits % 2 == 0 ? 0 : 1));
        }

        Assert.Equal(Enumerable.Range(1, Count).Select(static seq => (long)seq), await RecordsAsync());
    }

    [Fact]
    public async Task Of_a_commit_half_is_for_what_comes_in_and_what_that_does_not_need_is_for_the_spool()
    {
        var log = new GroupCommitLog(_journal, new GroupCommitSettings { Interval = TimeSpan.Zero, GroupBytes = 160 }, _time);
        log.UseSpool(_spool, (_, _) => { });
        log.BeginLead(await TakeAsync(0, A));
        log.BeginLead(await TakeAsync(1, A));
        Task<LogOutcome>[] spooled = [.. Enumerable.Range(1, 40).Select(seq => log.AppendAsync(new ShardId(0), 1, seq, BitConverter.GetBytes((long)seq)).AsTask())];
        _time.Advance(TimeSpan.FromSeconds(1));
        await log.SpoolOnceAsync();

        // No more than a commit has at a time.
        Assert.Equal(20, log.SpooledCount);
        await log.SpoolOnceAsync();
        Assert.Equal(40, log.SpooledCount);
        Assert.All(await Task.WhenAll(spooled), static outcome => Assert.True(outcome.IsDurable));

        // All that comes in is of the shard that has its turn from the spool: nothing else has a use for the room.
        Task<LogOutcome> behind = log.AppendAsync(new ShardId(0), 1, 41, BitConverter.GetBytes(41L)).AsTask();
        await log.CommitOnceAsync(Never);
        Assert.Equal(20, log.SpooledCount);
        Assert.False(behind.IsCompleted);

        Task<LogOutcome>[] live = [.. Enumerable.Range(1, 30).Select(seq => log.AppendAsync(new ShardId(1), 1, seq, BitConverter.GetBytes((long)seq)).AsTask())];
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await log.CommitOnceAsync(Never);
        Assert.Equal(10, log.SpooledCount);
        Assert.Equal(10, live.Count(static one => one.IsCompleted));
    }

    [Fact]
    public async Task What_is_restored_is_not_refused_because_much_else_waits()
    {
        var log = new GroupCommitLog(_journal, new GroupCommitSettings { Interval = TimeSpan.Zero, QueueBytesMax = 16 }, _time);
        log.BeginLead(await TakeAsync(1, A));
        Task<LogOutcome>[] live = [.. Enumerable.Range(1, 2).Select(seq => log.AppendAsync(new ShardId(1), 1, seq, BitConverter.GetBytes((long)seq)).AsTask())];
        ShardOwnership row = await TakeAsync(0, A);
        log.BeginRestore(row);
        Task<LogOutcome> restored = log.AppendAsync(new ShardId(0), 1, 1, BitConverter.GetBytes(1L)).AsTask();
        Assert.False(restored.IsCompleted);

        // It takes its place among what waits: what comes otherwise is refused, of that shard as well once it is led.
        Assert.Equal(24, log.QueueBytes);
        Assert.Equal(LogResult.Refused, (await log.AppendAsync(new ShardId(1), 1, 3, BitConverter.GetBytes(3L))).Result);
        log.BeginLead(row with { NextSeq = 2, Hash = HashOf(1) });
        Assert.Equal(LogResult.Refused, (await log.AppendAsync(new ShardId(0), 1, 2, BitConverter.GetBytes(2L))).Result);
        await log.CommitOnceAsync(Never);
        Assert.All(await Task.WhenAll([.. live, restored]), static outcome => Assert.True(outcome.IsDurable));
        Assert.Equal(0, log.QueueBytes);
    }

    [Fact]
    public async Task What_one_look_does_not_take_does_not_wait_for_the_next_interval()
    {
        var log = new GroupCommitLog(_journal, new GroupCommitSettings { Interval = TimeSpan.FromSeconds(10), SpoolAfter = TimeSpan.FromSeconds(1), GroupBytes = sizeof(long) }, _time);
        log.UseSpool(_spool, static (_, _) => { });
        log.BeginLead(await TakeAsync(0, A));
        _journal.IsAway = true;
        using var stop = new CancellationTokenSource();
        Task running = log.RunAsync(stop.Token);
        Task<LogOutcome>[] appends = [.. Enumerable.Range(1, 5).Select(seq => log.AppendAsync(new ShardId(0), 1, seq, BitConverter.GetBytes((long)seq)).AsTask())];
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.All(await Task.WhenAll(appends).WaitAsync(TimeSpan.FromMinutes(1)), static outcome => Assert.True(outcome.IsDurable));
        Assert.Equal([1L, 2, 3, 4, 5], _spool.Kept.Select(static kept => kept.Seq));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference[] Waiting(GroupCommitLog log, int count) =>
        [.. Enumerable.Range(1, count).Select(seq => new WeakReference(log.AppendAsync(new ShardId(0), 1, seq, BitConverter.GetBytes((long)seq)).AsTask()))];

    private static long HashOf(long first) => (long)XxHash64.Of(BitConverter.GetBytes(first), 0);

    private Task<LogOutcome> AppendAsync(long seq) => _log.AppendAsync(new ShardId(0), 1, seq, BitConverter.GetBytes(seq)).AsTask();

    // The journal is asked again after a pause.
    private async Task BackAsync(Task committing)
    {
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!committing.IsCompleted)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "the commit does not end");
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        await committing;
    }

    private async Task<IReadOnlyList<long>> RecordsAsync() =>
        [.. (await _store.Journal.ReadAsync(0, 0, 10_000, Never)).Select(static record => BitConverter.ToInt64(record.Payload.Span))];

    private async Task<ShardOwnership> TakeAsync(int shard, NodeIncarnation owner)
    {
        await _store.Ownership.CreateAsync(4, Never);
        ShardOwnership row = (await _store.Ownership.ReadAsync(shard, Never))!.Value;
        return (await _store.Ownership.TakeAsync(shard, row.Epoch, owner, Never))!.Value;
    }

    private sealed class ListSpool : IReplicaSpool
    {
        public List<(int Shard, long Seq, ReadOnlyMemory<byte> Payload)> Kept { get; } = [];

        public List<SpoolRun> Runs { get; } = [];

        public bool Refuses { get; set; }

        public bool IsFull { get; set; }

        public int Asked { get; private set; }

        public bool TakesMore => !IsFull;

        public bool Holds(int shard) => Kept.Exists(kept => kept.Shard == shard);

        /// <summary>What it is busy with before it keeps anything; null for nothing.</summary>
        public TaskCompletionSource? Waits { get; set; }

        /// <summary>Of which shard its copy is busy, until when.</summary>
        public Dictionary<int, TaskCompletionSource> WaitsFor { get; } = [];

        public IReadOnlyList<Task<bool>> Keep(IReadOnlyList<SpoolRun> runs)
        {
            Asked++;
            return [.. runs.Select(KeepAsync)];
        }

        private async Task<bool> KeepAsync(SpoolRun run)
        {
            if (Refuses)
            {
                return false;
            }

            await (Waits?.Task ?? Task.CompletedTask);
            await (WaitsFor.GetValueOrDefault(run.Run.Shard)?.Task ?? Task.CompletedTask);
            Runs.Add(run);
            Kept.AddRange(run.Run.Payloads.Select((payload, i) => (run.Run.Shard, run.Run.FirstSeq + i, (ReadOnlyMemory<byte>)payload.ToArray())));
            return true;
        }

        public ReadOnlyMemory<byte> Read(int shard, long seq) =>
            Kept.Exists(kept => kept.Shard == shard && kept.Seq == seq) ? Kept.Find(kept => kept.Shard == shard && kept.Seq == seq).Payload : throw new IOException("gone");

        public void Release(int shard, long throughSeq) => Kept.RemoveAll(kept => kept.Shard == shard && kept.Seq <= throughSeq);
    }

    private sealed class AwayJournal(IFencedJournal inner) : IFencedJournal
    {
        public bool IsAway { get; set; }

        public ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs) =>
            IsAway ? new ValueTask<JournalVerdict[]>([.. runs.Select(static _ => JournalVerdict.Indeterminate)]) : inner.AppendAsync(runs);

        public ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel) =>
            IsAway ? ValueTask.FromException<JournalSettlement>(new ClusterStoreException("away")) : inner.SettleAsync(run, cancel);

        public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel) => inner.ReadAsync(shard, afterSeq, recordsMax, cancel);

        public ValueTask<bool> TrimAsync(CancellationToken cancel) => inner.TrimAsync(cancel);
    }
}
