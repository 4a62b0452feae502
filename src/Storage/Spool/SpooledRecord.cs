using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>A record that was acknowledged before the journal has it.</summary>
/// <param name="Shard">Whose.</param>
/// <param name="Epoch">Of the leader that wrote it.</param>
/// <param name="Seq">Its number in the journal of its shard.</param>
/// <param name="HashBefore">The rolling hash before it.</param>
/// <param name="Hash">The rolling hash at it.</param>
/// <param name="Payload">What it holds.</param>
public readonly record struct SpooledRecord(int Shard, long Epoch, long Seq, long HashBefore, long Hash, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Whether it holds what its hash was made of.</summary>
    public bool IsWhole => (long)XxHash64.Of(Payload.Span, (ulong)HashBefore) == Hash;
}

/// <summary>A record of the spool, as its index knows it.</summary>
/// <param name="Epoch">Of the leader that wrote it.</param>
/// <param name="Seq">Its number in the journal of its shard.</param>
/// <param name="HashBefore">The rolling hash before it.</param>
/// <param name="Hash">The rolling hash at it.</param>
/// <param name="Bytes">Of its payload.</param>
public readonly record struct SpoolEntry(long Epoch, long Seq, long HashBefore, long Hash, int Bytes);

/// <summary>How much of a spool's room is used.</summary>
/// <param name="Records">How many wait for the journal.</param>
/// <param name="Bytes">Of their files.</param>
/// <param name="Age">Of the oldest; zero where there is none.</param>
/// <param name="Share">0 for empty, 1 for full: by bytes or by age, whichever is more.</param>
public readonly record struct SpoolUse(long Records, long Bytes, TimeSpan Age, double Share);
