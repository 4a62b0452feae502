using System.Globalization;

namespace Pleiad.Model;

/// <summary>The number of a shard, from 0.</summary>
public readonly record struct ShardId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
