using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>The verified snapshots of the shards: the two newest of each are known.</summary>
public interface ISnapshotManifests
{
    /// <summary>Records a snapshot that has been written, flushed, read back and hashed. The one before it becomes the previous one, through which the journal may be cut.</summary>
    /// <param name="manifest">Reaches further than the newest one, or as far if that is not the previous one too; and not beyond the journal.</param>
    /// <param name="token">Of the writer's acquisition.</param>
    /// <param name="cancel">Leaves open whether it was recorded.</param>
    /// <returns>False when the writer does not hold the shard any more, or the snapshot is not newer.</returns>
    /// <exception cref="ClusterStoreException">What became of it is unknown; recording it again is harmless.</exception>
    ValueTask<bool> RecordAsync(SnapshotManifest manifest, Guid token, CancellationToken cancel);

    /// <summary>The snapshots of a shard, newest first.</summary>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    ValueTask<IReadOnlyList<SnapshotManifest>> ReadAsync(int shard, CancellationToken cancel);
}

/// <summary>A verified snapshot.</summary>
/// <param name="Shard">Whose.</param>
/// <param name="Epoch">Of the writer.</param>
/// <param name="SnapshotSeq">The last record it contains.</param>
/// <param name="Files">What it consists of.</param>
public sealed record SnapshotManifest(int Shard, long Epoch, long SnapshotSeq, ImmutableArray<SnapshotFile> Files);

/// <summary>A file of a snapshot: whoever holds a file with this hash holds this file.</summary>
/// <param name="Name">Relative to the directory of the shard.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Hash">Of its content, lower-case hexadecimal, with the name of the function in front where it is not xxHash64.</param>
public readonly record struct SnapshotFile(string Name, long Bytes, string Hash);
