using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>
/// A batch as it goes to the log: what <see cref="Shard.Prepare"/> made of it. Append <see cref="Payload"/> to the log under
/// <see cref="Seq"/>; when it is durable, <see cref="Shard.Apply(PreparedBatch)"/>, when the log refuses it, <see cref="Shard.Abort"/>:
/// exactly one of the two, once, for each prepared batch in the order of their numbers. Afterwards it belongs to the shard again.
/// </summary>
public sealed class PreparedBatch
{
    private const int PayloadKept = 256 * 1024;

    internal PreparedBatch()
    {
    }

    /// <summary>The number of the batch in its shard: the numbers of a shard's log have no gap.</summary>
    public long Seq { get; internal set; }

    /// <summary>What the log has to keep. Unchanged until the batch is applied or aborted.</summary>
    public ReadOnlyMemory<byte> Payload => Bytes.Memory;

    /// <summary>What becomes of the samples; what it says of accepted ones holds when the batch has been applied.</summary>
    public AppendCounts Counts { get; internal set; }

    /// <summary>Whether there is nothing to log: no sample was accepted. Apply it at once.</summary>
    public bool IsEmpty => Seq == 0;

    /// <summary>Which rows of the batch are in the log, where <see cref="Shard.TracksRows"/>; gone when it is applied or aborted.</summary>
    public ReadOnlySpan<int> Rows => CollectionsMarshal.AsSpan(Tracked);

    internal List<int> Tracked { get; } = [];

    internal ByteWriter Bytes { get; } = new(1024);

    /// <summary>Slots of the rows, and of the definitions.</summary>
    internal List<int> Slots { get; } = [];

    internal List<int> Definitions { get; } = [];

    /// <summary>Slots of the rows that repeat a sample which is under way in an earlier batch, in order.</summary>
    internal List<int> Twins { get; } = [];

    /// <summary>Whether an earlier one was aborted, and this one with it.</summary>
    internal bool IsDoomed { get; set; }

    /// <summary>Where it is no batch of samples: what it deletes.</summary>
    internal Tombstone? Deletion { get; set; }

    internal void Clear()
    {
        Seq = 0;
        Counts = default;
        IsDoomed = false;
        Deletion = null;
        Bytes.Clear(PayloadKept);
        Slots.Clear();
        Tracked.Clear();
        Definitions.Clear();
        Twins.Clear();
    }
}
