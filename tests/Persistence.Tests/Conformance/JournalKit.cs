using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

public abstract class JournalKit(IStoreMaker stores) : StoreKit(stores)
{
    [SkippableFact]
    public async Task Records_come_back_in_order_with_epoch_hash_and_payload()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership term = await TakeAsync(store, 1, A);
        await AppendAsync(store, term, 1, records: 3);
        await AppendAsync(store, term, 4);
        IReadOnlyList<JournalRecord> page = await store.Journal.ReadAsync(1, afterSeq: 1, recordsMax: 2, Never);
        Assert.Equal([(2, 1, 1002), (3, 1, 1003)], page.Select(record => (record.Seq, record.Epoch, record.Hash)));
        Assert.Equal([2L, 3L], page.Select(record => BitConverter.ToInt64(record.Payload.Span)));
        Assert.Equal([4L], (await store.Journal.ReadAsync(1, 3, 10, Never)).Select(record => record.Seq));
        Assert.Empty(await store.Journal.ReadAsync(1, 4, 10, Never));
        ShardOwnership row = (await store.Ownership.ReadAsync(1, Never))!.Value;
        Assert.Equal((5L, 1004L), (row.NextSeq, row.Hash));
    }

    [SkippableFact]
    public async Task One_commit_takes_many_shards_and_each_stands_alone()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership zero = await TakeAsync(store, 0, A);
        ShardOwnership one = await TakeAsync(store, 1, A);
        ShardOwnership two = await TakeAsync(store, 2, A);
        await TakeAsync(store, 1, B);
        JournalVerdict[] verdicts = await store.Journal.AppendAsync([Run(zero, 1, 2), Run(one, 1, 2), Run(two, 2), Run(await TakeAsync(store, 3, A), 1)]);
        Assert.Equal([JournalVerdict.Committed, JournalVerdict.NotAppended, JournalVerdict.NotAppended, JournalVerdict.Committed], verdicts);
        Assert.Equal([3L, 1L, 1L, 2L], (await store.Ownership.ReadAllAsync(Never)).Select(row => row.NextSeq));
    }

    [SkippableFact]
    public async Task An_older_epoch_another_token_and_a_number_out_of_sequence_append_nothing()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership old = await TakeAsync(store, 0, A);
        await AppendAsync(store, old, 1);
        ShardOwnership term = await TakeAsync(store, 0, B);
        Assert.Equal(2, term.NextSeq);
        foreach (JournalRun run in new[]
        {
            Run(old, 2), Run(old with { Epoch = 2 }, 2), Run(term with { Epoch = 1 }, 2), Run(term, 1), Run(term, 3), Run(term with { Shard = 99 }, 1),
        })
        {
            Assert.Equal([JournalVerdict.NotAppended], await store.Journal.AppendAsync([run]));
        }

        Assert.Single(await store.Journal.ReadAsync(0, 0, 10, Never));
        await AppendAsync(store, term, 2);
        Assert.Equal([1L, 2L], (await store.Journal.ReadAsync(0, 0, 10, Never)).Select(record => record.Epoch));
    }

    [SkippableFact]
    public async Task What_became_of_a_run_is_read_from_the_journal()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership term = await TakeAsync(store, 0, A);
        JournalRun run = Run(term, 1, 2);
        Assert.Equal(JournalSettlement.NotCommitted, await store.Journal.SettleAsync(run, Never));
        Assert.Equal(JournalSettlement.Regressed, await store.Journal.SettleAsync(Run(term, 3), Never));
        await store.Journal.AppendAsync([run]);
        Assert.Equal(JournalSettlement.Committed, await store.Journal.SettleAsync(run, Never));
        Assert.Equal(JournalSettlement.Fenced, await store.Journal.SettleAsync(run with { Hashes = [5, 6] }, Never));

        // Somebody under the same token was further already: what was not appended then is not taken for committed.
        await AppendAsync(store, term, 3, records: 2);
        Assert.Equal(JournalSettlement.Fenced, await store.Journal.SettleAsync(Run(term, 2) with { Hashes = [7] }, Never));
        Assert.Equal(JournalSettlement.Committed, await store.Journal.SettleAsync(run, Never));

        ShardOwnership next = await TakeAsync(store, 0, B);
        Assert.Equal(JournalSettlement.Committed, await store.Journal.SettleAsync(run, Never));
        Assert.Equal(JournalSettlement.Fenced, await store.Journal.SettleAsync(Run(term, 5), Never));
        await AppendAsync(store, next, 5);
        Assert.Equal(JournalSettlement.Fenced, await store.Journal.SettleAsync(Run(term, 5), Never));
        Assert.Equal(JournalSettlement.Committed, await store.Journal.SettleAsync(run, Never));
    }

    [SkippableFact]
    public async Task A_run_sent_twice_is_there_once()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership term = await TakeAsync(store, 0, A);
        JournalVerdict[][] twice = await Task.WhenAll(
            Task.Run(async () => await store.Journal.AppendAsync([Run(term, 1, 3)])), Task.Run(async () => await store.Journal.AppendAsync([Run(term, 1, 3)])));
        Assert.Equal([JournalVerdict.Committed, JournalVerdict.NotAppended], twice.Select(verdicts => verdicts[0]).Order());
        Assert.Equal([1L, 2L, 3L], (await store.Journal.ReadAsync(0, 0, 10, Never)).Select(record => record.Seq));
    }

    [SkippableFact]
    public async Task Trimming_keeps_what_the_previous_snapshot_does_not_cover()
    {
        await using IClusterStore store = await StoreAsync(2);
        ShardOwnership term = await TakeAsync(store, 0, A);
        ShardOwnership other = await TakeAsync(store, 1, A);
        await AppendAsync(store, term, 1, records: 10);
        await AppendAsync(store, other, 1, records: 2);
        await store.Journal.TrimAsync(Never);
        Assert.Equal(10, (await store.Journal.ReadAsync(0, 0, 20, Never)).Count);

        Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(0, 1, 4, []), term.Token, Never));
        Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(0, 1, 8, []), term.Token, Never));
        await store.Journal.TrimAsync(Never);
        Assert.Equal(Enumerable.Range(5, 6).Select(seq => (long)seq), (await store.Journal.ReadAsync(0, 4, 20, Never)).Select(record => record.Seq));
        Assert.Equal(2, (await store.Journal.ReadAsync(1, 0, 20, Never)).Count);
        await AppendAsync(store, term, 11);
    }

    [SkippableFact]
    public async Task A_reader_whose_next_record_is_gone_is_told_so()
    {
        await using IClusterStore store = await StoreAsync(1);
        ShardOwnership term = await TakeAsync(store, 0, A);
        await AppendAsync(store, term, 1, records: 6);
        Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(0, 1, 3, []), term.Token, Never));
        Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(0, 1, 5, []), term.Token, Never));
        if (!await TrimToTheLimitAsync(store))
        {
            return;
        }

        JournalGapException gap = await Assert.ThrowsAsync<JournalGapException>(async () => await store.Journal.ReadAsync(0, 0, 20, Never));
        Assert.True(gap.NextSeq > 1);
    }

    [SkippableFact]
    public async Task Nothing_acknowledged_is_lost_and_no_old_epoch_appends_while_shards_change_hands()
    {
        await using IClusterStore store = await StoreAsync(2);
        var acknowledged = new List<(long Seq, long Epoch)>();
        using var ended = new CancellationTokenSource();
        Task taking = Task.Run(async () =>
        {
            try
            {
                for (int i = 0; i < 60; i++)
                {
                    await TakeAsync(store, 0, i % 2 == 0 ? A : B);
                }
            }
            finally
            {
                await ended.CancelAsync();
            }
        });
        while (!ended.IsCancellationRequested)
        {
            ShardOwnership term = (await store.Ownership.ReadAsync(0, Never))!.Value;
            for (long seq = term.NextSeq; (await store.Journal.AppendAsync([Run(term, seq, 2)]))[0] == JournalVerdict.Committed; seq += 2)
            {
                acknowledged.Add((seq, term.Epoch));
                acknowledged.Add((seq + 1, term.Epoch));
                if (ended.IsCancellationRequested)
                {
                    break;
                }
            }
        }

        await taking;
        var there = new List<(long Seq, long Epoch)>();
        for (IReadOnlyList<JournalRecord> page = await store.Journal.ReadAsync(0, 0, 64, Never); page.Count > 0; page = await store.Journal.ReadAsync(0, page[^1].Seq, 64, Never))
        {
            there.AddRange(page.Select(record => (record.Seq, record.Epoch)));
        }

        Assert.Equal(Enumerable.Range(1, there.Count).Select(seq => (long)seq), there.Select(record => record.Seq));
        Assert.Equal(there.Select(record => record.Epoch).Order(), there.Select(record => record.Epoch));
        Assert.Subset(there.ToHashSet(), acknowledged.ToHashSet());
        Assert.NotEmpty(acknowledged);
    }

    /// <summary>Trims as much as the store can; false where it keeps more than it must in so small a test.</summary>
    protected virtual async Task<bool> TrimToTheLimitAsync(IClusterStore store) => await store.Journal.TrimAsync(Never);
}
