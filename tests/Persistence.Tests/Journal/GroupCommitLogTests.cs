using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Persistence.Tests;

public sealed class GroupCommitLogTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly NodeIncarnation A = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001"));
    private readonly MemoryClusterStore _store = new(new Random(3));

    private static readonly GroupCommitSettings Quick = new() { Interval = TimeSpan.Zero, RetryPause = TimeSpan.FromMilliseconds(1), RetryPauseMax = TimeSpan.FromMilliseconds(1) };

    private GroupCommitLog Log(GroupCommitSettings? settings = null, IFencedJournal? journal = null) =>
        new(journal ?? _store.Journal, settings ?? Quick, TimeProvider.System);

    private async Task<ShardOwnership> TakeAsync(int shard)
    {
        await _store.Ownership.CreateAsync(4, Never);
        ShardOwnership row = (await _store.Ownership.ReadAsync(shard, Never))!.Value;
        return (await _store.Ownership.TakeAsync(shard, row.Epoch, A, Never))!.Value;
    }

    private static byte[] Payload(long seq) => BitConverter.GetBytes(seq);

    [Fact]
    public async Task What_waits_is_committed_together_and_in_order()
    {
        var counted = new FlakyJournal(_store.Journal, new Random(0), faultShare: 0);
        GroupCommitLog log = Log(journal: counted);
        log.BeginLead(await TakeAsync(0));
        log.BeginLead(await TakeAsync(1));
        Task<LogOutcome>[] appends =
        [
            log.AppendAsync(new ShardId(0), 1, 1, Payload(1)).AsTask(), log.AppendAsync(new ShardId(1), 1, 1, Payload(1)).AsTask(),
            log.AppendAsync(new ShardId(0), 1, 2, Payload(2)).AsTask(),
        ];
        Assert.Equal(24, log.QueueBytes);
        await log.CommitOnceAsync(Never);
        Assert.All(await Task.WhenAll(appends), outcome => Assert.True(outcome.IsDurable));
        Assert.Equal((1, 0), (counted.Appends, log.QueueBytes));
        var there = new List<(long, long)>();
        await log.ReplayAsync(new ShardId(0), 0, (_, epoch, seq, payload) => there.Add((seq, BitConverter.ToInt64(payload))), Never);
        Assert.Equal([(1, 1), (2, 2)], there);
    }

    [Fact]
    public async Task Hashes_roll_over_all_records_whoever_wrote_them()
    {
        GroupCommitLog log = Log();
        log.BeginLead(await TakeAsync(0));
        _ = log.AppendAsync(new ShardId(0), 1, 1, Payload(1)).AsTask();
        _ = log.AppendAsync(new ShardId(0), 1, 2, Payload(2)).AsTask();
        await log.CommitOnceAsync(Never);
        log.BeginLead(await TakeAsync(0));
        _ = log.AppendAsync(new ShardId(0), 2, 3, Payload(3)).AsTask();
        await log.CommitOnceAsync(Never);
        long hash = 0;
        foreach (JournalRecord record in await _store.Journal.ReadAsync(0, 0, 10, Never))
        {
            hash = (long)XxHash64.Of(record.Payload.Span, (ulong)hash);
            Assert.Equal(hash, record.Hash);
        }

        Assert.Equal(hash, (await _store.Ownership.ReadAsync(0, Never))!.Value.Hash);
    }

    [Fact]
    public async Task Who_does_not_hold_the_shard_or_skips_a_number_is_fenced()
    {
        GroupCommitLog log = Log();
        ShardOwnership term = await TakeAsync(0);
        Assert.Equal(LogResult.Fenced, (await log.AppendAsync(new ShardId(0), 1, 1, Payload(1))).Result);
        log.BeginLead(term);
        Assert.Equal(LogResult.Fenced, (await log.AppendAsync(new ShardId(0), 2, 1, Payload(1))).Result);
        Assert.Equal(LogResult.Fenced, (await log.AppendAsync(new ShardId(0), 1, 2, Payload(1))).Result);
    }

    [Fact]
    public async Task After_a_takeover_everything_of_the_old_epoch_is_fenced()
    {
        GroupCommitLog log = Log();
        log.BeginLead(await TakeAsync(0));
        Task<LogOutcome> first = log.AppendAsync(new ShardId(0), 1, 1, Payload(1)).AsTask();
        await TakeAsync(0);
        await log.CommitOnceAsync(Never);
        Assert.Equal(LogResult.Fenced, (await first).Result);
        Assert.Equal(LogResult.Fenced, (await log.AppendAsync(new ShardId(0), 1, 2, Payload(2))).Result);
        Assert.Empty(await _store.Journal.ReadAsync(0, 0, 10, Never));
        Assert.Equal(0, log.QueueBytes);
    }

    [Fact]
    public async Task A_group_holds_at_most_its_bytes_and_the_queue_its_own()
    {
        var counted = new FlakyJournal(_store.Journal, new Random(0), faultShare: 0);
        GroupCommitLog log = Log(Quick with { GroupBytes = 100, QueueBytesMax = 200, RecordBytesMax = 150 }, counted);
        log.BeginLead(await TakeAsync(0));
        Assert.Equal(LogResult.Refused, (await log.AppendAsync(new ShardId(0), 1, 1, new byte[151])).Result);
        Task<LogOutcome> first = log.AppendAsync(new ShardId(0), 1, 1, new byte[100]).AsTask();
        Task<LogOutcome> second = log.AppendAsync(new ShardId(0), 1, 2, new byte[100]).AsTask();
        Assert.Equal(LogResult.Refused, (await log.AppendAsync(new ShardId(0), 1, 3, new byte[1])).Result);
        await log.CommitOnceAsync(Never);
        Assert.True((await first).IsDurable);
        Assert.False(second.IsCompleted);
        Task<LogOutcome> third = log.AppendAsync(new ShardId(0), 1, 3, new byte[100]).AsTask();
        await log.CommitOnceAsync(Never);
        await log.CommitOnceAsync(Never);
        Assert.True((await second).IsDurable && (await third).IsDurable);
        Assert.Equal(3, counted.Appends);
    }

    [Fact]
    public async Task Ending_a_term_leaves_the_one_that_has_begun_since()
    {
        GroupCommitLog log = Log();
        log.BeginLead(await TakeAsync(0));
        ShardOwnership since = await TakeAsync(0);
        log.BeginLead(since);
        await log.EndLeadAsync(0, since.Epoch - 1);
        Task<LogOutcome> append = log.AppendAsync(new ShardId(0), since.Epoch, since.NextSeq, Payload(1)).AsTask();
        await log.CommitOnceAsync(Never);
        Assert.True((await append).IsDurable);
        await log.EndLeadAsync(0, since.Epoch);
        Assert.Equal(LogResult.Fenced, (await log.AppendAsync(new ShardId(0), since.Epoch, since.NextSeq + 1, Payload(1))).Result);
    }

    [Fact]
    public async Task Ending_a_lead_waits_for_what_is_under_way()
    {
        GroupCommitLog log = Log();
        log.BeginLead(await TakeAsync(0));
        Task<LogOutcome> append = log.AppendAsync(new ShardId(0), 1, 1, Payload(1)).AsTask();
        Task drained = log.EndLeadAsync(new ShardId(0));
        Assert.Equal(LogResult.Fenced, (await log.AppendAsync(new ShardId(0), 1, 2, Payload(2))).Result);
        Assert.False(drained.IsCompleted);
        await log.CommitOnceAsync(Never);
        await drained;
        Assert.True((await append).IsDurable);
        Assert.True(log.EndLeadAsync(new ShardId(0)).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task It_commits_when_the_interval_is_over_or_enough_waits()
    {
        var time = new VirtualTime();
        var log = new GroupCommitLog(_store.Journal, new GroupCommitSettings { Interval = TimeSpan.FromMilliseconds(200), GroupBytes = 100 }, time);
        log.BeginLead(await TakeAsync(0));
        using var ends = new CancellationTokenSource();
        Task running = log.RunAsync(ends.Token);
        Task<LogOutcome> enough = log.AppendAsync(new ShardId(0), 1, 1, new byte[100]).AsTask();
        Assert.True((await enough).IsDurable);
        Task<LogOutcome> little = log.AppendAsync(new ShardId(0), 1, 2, new byte[1]).AsTask();
        while (!little.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }

        Assert.True((await little).IsDurable);
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_answers_get_lost_each_acknowledged_record_is_there_once_and_each_refused_one_is_not(int seed)
    {
        var chance = new Random(seed);
        var flaky = new FlakyJournal(_store.Journal, chance, faultShare: 0.4);
        GroupCommitLog log = Log(journal: flaky);
        var acknowledged = new List<long>();
        var refused = new List<long>();
        ShardOwnership term = await TakeAsync(0);
        log.BeginLead(term);
        long payload = 0;
        for (int round = 0; round < 60; round++)
        {
            var appends = new List<(long Payload, Task<LogOutcome> Outcome)>();
            long seq = term.NextSeq;
            for (int i = chance.Next(1, 5); i > 0; i--)
            {
                appends.Add((++payload, log.AppendAsync(new ShardId(0), term.Epoch, seq++, Payload(payload)).AsTask()));
            }

            if (chance.Next(4) == 0)
            {
                // A takeover, seen too late; then the shard is taken back.
                await TakeAsync(0);
            }

            await log.CommitOnceAsync(Never);
            foreach ((long written, Task<LogOutcome> append) in appends)
            {
                (await append is { IsDurable: true } ? acknowledged : refused).Add(written);
            }

            if (!(await appends[^1].Outcome).IsDurable)
            {
                term = await TakeAsync(0);
                log.BeginLead(term);
            }
            else
            {
                term = term with { NextSeq = seq };
            }
        }

        var there = new List<long>();
        await log.ReplayAsync(new ShardId(0), 0, (_, _, _, bytes) => there.Add(BitConverter.ToInt64(bytes)), Never);
        Assert.Equal(acknowledged, there);
        Assert.NotEmpty(refused);
        Assert.True(flaky.Faults > 20);
    }
}
