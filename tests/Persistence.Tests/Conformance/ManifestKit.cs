using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

public abstract class ManifestKit(IStoreMaker stores) : StoreKit(stores)
{
    [SkippableFact]
    public async Task The_two_newest_snapshots_are_known_newest_first()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership term = await TakeAsync(store, 1, A);
        await AppendAsync(store, term, 1, records: 9);
        foreach (long seq in new[] { 2L, 5, 9 })
        {
            SnapshotFile[] files = [new($"snapshot-{seq}", 100 * seq, $"hash-{seq}"), new("ü \"quoted\"", 0, "")];
            Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(1, 1, seq, [.. files]), term.Token, Never));
        }

        IReadOnlyList<SnapshotManifest> known = await store.Manifests.ReadAsync(1, Never);
        Assert.Equal([9L, 5L], known.Select(manifest => manifest.SnapshotSeq));
        Assert.Equal<SnapshotFile>([new("snapshot-9", 900, "hash-9"), new("ü \"quoted\"", 0, "")], known[0].Files);
        ShardOwnership row = (await store.Ownership.ReadAsync(1, Never))!.Value;
        Assert.Equal((9L, 5L), (row.SnapshotSeq, row.PreviousSnapshotSeq));
        Assert.Empty(await store.Manifests.ReadAsync(0, Never));
    }

    [SkippableFact]
    public async Task A_snapshot_that_is_not_newer_or_of_another_owner_or_beyond_the_journal_is_refused()
    {
        await using IClusterStore store = await StoreAsync();
        ShardOwnership old = await TakeAsync(store, 0, A);
        await AppendAsync(store, old, 1, records: 4);
        ShardOwnership term = await TakeAsync(store, 0, B);
        Assert.False(await store.Manifests.RecordAsync(new SnapshotManifest(0, 1, 2, []), old.Token, Never));
        Assert.False(await store.Manifests.RecordAsync(new SnapshotManifest(0, 2, 2, []), old.Token, Never));
        Assert.False(await store.Manifests.RecordAsync(new SnapshotManifest(0, 2, 5, []), term.Token, Never));
        Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(0, 2, 4, []), term.Token, Never));

        // A second one of the same place: nothing was written in between, and the journal can be cut there.
        Assert.True(await store.Manifests.RecordAsync(new SnapshotManifest(0, 2, 4, []), term.Token, Never));
        ShardOwnership row = (await store.Ownership.ReadAsync(0, Never))!.Value;
        Assert.Equal((4L, 4L), (row.SnapshotSeq, row.PreviousSnapshotSeq));
        Assert.False(await store.Manifests.RecordAsync(new SnapshotManifest(0, 2, 4, []), term.Token, Never));
        Assert.False(await store.Manifests.RecordAsync(new SnapshotManifest(0, 2, 3, []), term.Token, Never));
        Assert.Equal([4L], (await store.Manifests.ReadAsync(0, Never)).Select(manifest => manifest.SnapshotSeq));
    }
}
