using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class MemoryManifests(MemoryShardRows rows) : ISnapshotManifests
{
    public ValueTask<bool> RecordAsync(SnapshotManifest manifest, Guid token, CancellationToken cancel)
    {
        lock (rows.Gate)
        {
            if (rows.Find(manifest.Shard) is not { } row || !row.Row.IsSameTerm(manifest.Epoch, token)
                || manifest.SnapshotSeq < row.Row.SnapshotSeq || manifest.SnapshotSeq <= row.Row.PreviousSnapshotSeq || manifest.SnapshotSeq >= row.Row.NextSeq)
            {
                return new ValueTask<bool>(false);
            }

            row.Row = row.Row with { PreviousSnapshotSeq = row.Row.SnapshotSeq, SnapshotSeq = manifest.SnapshotSeq };
            row.Manifests.RemoveAll(known => known.SnapshotSeq == manifest.SnapshotSeq);
            row.Manifests.Insert(0, manifest);
            row.Manifests.RemoveRange(Math.Min(2, row.Manifests.Count), Math.Max(0, row.Manifests.Count - 2));
            return new ValueTask<bool>(true);
        }
    }

    public ValueTask<IReadOnlyList<SnapshotManifest>> ReadAsync(int shard, CancellationToken cancel)
    {
        lock (rows.Gate)
        {
            return new ValueTask<IReadOnlyList<SnapshotManifest>>([.. rows.Find(shard)?.Manifests ?? []]);
        }
    }
}
