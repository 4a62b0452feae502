using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class MemoryOwnership(MemoryShardRows rows, Random chance) : IShardOwnership
{
    public ValueTask<int> CreateAsync(int shards, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards);
        lock (rows.Gate)
        {
            for (int i = 0; rows.Rows.Count == i && i < shards; i++)
            {
                rows.Rows.Add(new MemoryShardRow(i));
            }

            return new ValueTask<int>(rows.Rows.Count);
        }
    }

    public ValueTask<IReadOnlyList<ShardOwnership>> ReadAllAsync(CancellationToken cancel)
    {
        lock (rows.Gate)
        {
            return new ValueTask<IReadOnlyList<ShardOwnership>>([.. rows.Rows.Select(static row => row.Row)]);
        }
    }

    public ValueTask<ShardOwnership?> ReadAsync(int shard, CancellationToken cancel)
    {
        lock (rows.Gate)
        {
            return new ValueTask<ShardOwnership?>(rows.Find(shard)?.Row);
        }
    }

    public ValueTask<ShardOwnership?> TakeAsync(int shard, long seenEpoch, NodeIncarnation owner, CancellationToken cancel)
    {
        lock (rows.Gate)
        {
            if (rows.Find(shard) is not { } row || row.Row.Epoch != seenEpoch)
            {
                return new ValueTask<ShardOwnership?>((ShardOwnership?)null);
            }

            Span<byte> token = stackalloc byte[16];
            chance.NextBytes(token);
            row.Row = row.Row with { Epoch = seenEpoch + 1, Token = new Guid(token), Owner = owner };
            return new ValueTask<ShardOwnership?>(row.Row);
        }
    }

    public ValueTask<ShardOwnership?> AdvanceAsync(ShardOwnership row, long nextSeq, long hash, CancellationToken cancel)
    {
        lock (rows.Gate)
        {
            if (rows.Find(row.Shard) is not { } found || !found.Row.IsSameTerm(row.Epoch, row.Token) || found.Row.NextSeq > nextSeq)
            {
                return new ValueTask<ShardOwnership?>((ShardOwnership?)null);
            }

            if (found.Row.NextSeq < nextSeq)
            {
                // Who lacks what comes next has no use for them any more.
                found.Records.Clear();
            }

            found.Row = found.Row with { NextSeq = nextSeq, Hash = hash };
            return new ValueTask<ShardOwnership?>(found.Row);
        }
    }
}
