using System.Numerics;

namespace Pleiad.Model;

/// <summary>Which shard a series belongs to: a pure function of its labels and of the number of shards.</summary>
/// <remarks>
/// Series with a label <c>instance</c> go by its value, so that one scrape is one batch for one shard and all buckets of a
/// histogram are together. Others go by all labels but the metric's own (<c>__name__</c>, <c>__type__</c>, <c>__unit__</c>) and <c>le</c>.
/// </remarks>
public sealed class ShardMap
{
    /// <summary>Shards a data directory or a cluster may have.</summary>
    public const int CountMax = 4096;

    private readonly ulong _mask;

    /// <summary>A map over a number of shards.</summary>
    /// <param name="count">A power of two, 1 to <see cref="CountMax"/>; fixed when the data directory is created.</param>
    public ShardMap(int count)
    {
        if (count < 1 || count > CountMax || !BitOperations.IsPow2(count))
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"the number of shards is a power of two from 1 to {CountMax}");
        }

        Count = count;
        _mask = (ulong)(count - 1);
    }

    /// <summary>How many shards there are.</summary>
    public int Count { get; }

    /// <summary>The shard of a series.</summary>
    public ShardId Of(Labels labels) =>
        labels.TryGet(LabelName.Instance, out string instance)
            ? OfInstance(instance)
            : new ShardId((int)(LabelsHash.Without(labels, LabelName.MetricName, LabelName.Bucket, LabelName.Type, LabelName.Unit) & _mask));

    /// <summary>The shard of every series with this value of <c>instance</c>.</summary>
    public ShardId OfInstance(string instance) => new((int)(LabelsHash.Of(instance) & _mask));
}
