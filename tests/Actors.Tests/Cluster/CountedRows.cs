using Pleiad.Kernel;

namespace Pleiad.Actors.Tests;

/// <summary>Rows of shards that say how far journals reach, and nothing else.</summary>
internal sealed class CountedRows : IShardOwnership
{
    private readonly long[] _last;

    /// <param name="last">The last record of each shard.</param>
    public CountedRows(IEnumerable<long> last) => _last = [.. last];

    /// <summary>Whether nobody answers.</summary>
    public bool IsAway { get; set; }

    /// <summary>Records are committed.</summary>
    public void Commit(int shard, int count) => _last[shard] += count;

    public ValueTask<IReadOnlyList<ShardOwnership>> ReadAllAsync(CancellationToken cancel) => IsAway
        ? ValueTask.FromException<IReadOnlyList<ShardOwnership>>(new ClusterStoreException("away"))
        : ValueTask.FromResult<IReadOnlyList<ShardOwnership>>([.. _last.Select(static (last, shard) => ShardOwnership.Untaken(shard) with { NextSeq = last + 1 })]);

    public ValueTask<int> CreateAsync(int shards, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<ShardOwnership?> ReadAsync(int shard, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<ShardOwnership?> TakeAsync(int shard, long seenEpoch, NodeIncarnation owner, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<ShardOwnership?> AdvanceAsync(ShardOwnership row, long nextSeq, long hash, CancellationToken cancel) => throw new NotSupportedException();
}
