using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>What a node says of a shard before what it has read there.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="IsServed">False where the node does not have it, or not any more: nothing follows.</param>
/// <param name="Epoch">Of the leader it knows.</param>
/// <param name="AppliedSeq">Through which record of the journal it has applied at least; 0 when it cannot be said.</param>
/// <param name="ChunksDamaged">Chunks it cannot read: what they held is missing.</param>
/// <param name="IsBehind">Whether its copy may lack what others have.</param>
/// <param name="Lacks">Whether its copy lacks samples of what it has applied: better than nothing, and to be said.</param>
internal readonly record struct ShardHeader(int Shard, bool IsServed, long Epoch, long AppliedSeq, int ChunksDamaged, bool IsBehind = false, bool Lacks = false)
{
    /// <summary>Writes it as a record.</summary>
    public void Write(MessageWriter into)
    {
        int mark = into.Begin((int)RecordKind.Shard);
        into.Number(1, (ulong)Shard);
        into.Number(2, IsServed ? 1UL : 0);
        into.Number(3, (ulong)Epoch);

        // Whoever does not know of field 7 takes field 4 for a promise that nothing is lacking.
        into.Number(4, Lacks ? 0 : (ulong)AppliedSeq);
        into.Number(5, (ulong)ChunksDamaged);
        into.Number(6, IsBehind ? 1UL : 0);
        into.Number(7, Lacks ? (ulong)AppliedSeq + 1 : 0);
        into.End(mark);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static ShardHeader Read(ReadOnlySpan<byte> message)
    {
        long[] numbers = new long[7];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field <= 7)
            {
                ulong value = reader.Number();
                numbers[field - 1] = value <= long.MaxValue ? (long)value : throw new WireFormatException($"{value} in the header of a shard");
            }
        }

        return numbers[0] <= int.MaxValue && numbers[4] <= int.MaxValue
            ? new ShardHeader((int)numbers[0], numbers[1] != 0, numbers[2], numbers[6] > 0 ? numbers[6] - 1 : numbers[3], (int)numbers[4], numbers[5] != 0, numbers[6] > 0)
            : throw new WireFormatException($"shard {numbers[0]}, {numbers[4]} damaged chunks");
    }
}
