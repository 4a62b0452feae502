using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>The rows of the shards, their records and snapshots, under one lock.</summary>
internal sealed class MemoryShardRows
{
    public Lock Gate { get; } = new();

    public List<MemoryShardRow> Rows { get; } = [];

    public MemoryShardRow? Find(int shard) => shard >= 0 && shard < Rows.Count ? Rows[shard] : null;
}

/// <summary>One shard. <see cref="Records"/> begins at number <c>FirstSeq</c>.</summary>
internal sealed class MemoryShardRow(int shard)
{
    public ShardOwnership Row { get; set; } = ShardOwnership.Untaken(shard);

    public List<JournalRecord> Records { get; } = [];

    public List<SnapshotManifest> Manifests { get; } = [];

    public long FirstSeq => Row.NextSeq - Records.Count;
}
