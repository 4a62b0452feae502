namespace Pleiad.Kernel;

/// <summary>A committed record of a shard's journal.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Epoch">Of the writer.</param>
/// <param name="Hash">Over the hash at the record before and this payload: replicas that agree here agree on everything before.</param>
/// <param name="Payload">What it holds.</param>
public readonly record struct JournalRecord(long Seq, long Epoch, long Hash, ReadOnlyMemory<byte> Payload);
