using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

public abstract class OwnershipKit(IStoreMaker stores) : StoreKit(stores)
{
    [SkippableFact]
    public async Task Shards_are_made_once_and_keep_their_number()
    {
        await using IClusterStore store = await StoreAsync(8);
        await TakeAsync(store, 3, A);
        Assert.Equal(8, await store.Ownership.CreateAsync(16, Never));
        IReadOnlyList<ShardOwnership> rows = await store.Ownership.ReadAllAsync(Never);
        Assert.Equal(Enumerable.Range(0, 8), rows.Select(row => row.Shard));
        Assert.Equal(1, rows[3].Epoch);
        Assert.Equal(ShardOwnership.Untaken(5), rows[5]);
    }

    [SkippableFact]
    public async Task Taking_a_shard_raises_its_epoch_and_changes_its_token()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership first = await TakeAsync(store, 1, A);
        Assert.Equal((1, 1L, A, 1L), (first.Shard, first.Epoch, first.Owner, first.NextSeq));
        ShardOwnership second = await TakeAsync(store, 1, B);
        Assert.Equal((2L, B), (second.Epoch, second.Owner));
        Assert.NotEqual(first.Token, second.Token);
        Assert.Equal(second, await store.Ownership.ReadAsync(1, Never));
    }

    [SkippableFact]
    public async Task Who_has_not_seen_the_last_epoch_does_not_take_the_shard()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership first = await TakeAsync(store, 0, A);
        Assert.Null(await store.Ownership.TakeAsync(0, seenEpoch: 0, B, Never));
        Assert.Null(await store.Ownership.TakeAsync(0, seenEpoch: 2, B, Never));
        Assert.Null(await store.Ownership.TakeAsync(99, seenEpoch: 0, B, Never));
        Assert.Equal(first, await store.Ownership.ReadAsync(0, Never));
        Assert.Null(await store.Ownership.ReadAsync(99, Never));
    }

    [SkippableFact]
    public async Task The_end_of_a_journal_is_moved_forward_by_its_owner_alone_and_leaves_a_gap()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership former = await TakeAsync(store, 1, A);
        ShardOwnership row = await TakeAsync(store, 1, B);
        Assert.Null(await store.Ownership.AdvanceAsync(former, 11, 7, Never));
        ShardOwnership moved = (await store.Ownership.AdvanceAsync(row, 11, 7, Never))!.Value;
        Assert.Equal(row with { NextSeq = 11, Hash = 7 }, moved);
        Assert.Equal(moved, await store.Ownership.ReadAsync(1, Never));
        Assert.Null(await store.Ownership.AdvanceAsync(row, 10, 7, Never));
        Assert.Equal([JournalVerdict.Committed], await store.Journal.AppendAsync([new JournalRun(1, row.Epoch, row.Token, 11, [8], [new byte[] { 1 }])]));
        JournalGapException gap = await Assert.ThrowsAsync<JournalGapException>(async () => await store.Journal.ReadAsync(1, 5, 10, Never));
        Assert.Equal(11, gap.NextSeq);
        Assert.Equal(11, Assert.Single(await store.Journal.ReadAsync(1, 10, 10, Never)).Seq);
    }

    [SkippableFact]
    public async Task Of_many_who_take_a_shard_at_once_one_gets_it()
    {
        await using IClusterStore store = await StoreAsync();
        for (int round = 0; round < 10; round++)
        {
            ShardOwnership?[] taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
                async () => await store.Ownership.TakeAsync(2, round, new NodeIncarnation(new Guid(i + 1, 0, 0, new byte[8])), Never))));
            ShardOwnership winner = Assert.Single(taken, row => row is not null)!.Value;
            Assert.Equal(winner, await store.Ownership.ReadAsync(2, Never));
        }
    }

    [SkippableFact]
    public async Task Many_who_create_at_once_agree()
    {
        await using IClusterStore store = await StoreAsync(4);
        int[] counts = await Task.WhenAll(Enumerable.Range(5, 6).Select(shards => Task.Run(async () => await store.Ownership.CreateAsync(shards, Never))));
        Assert.All(counts, count => Assert.Equal(4, count));
    }
}
