namespace Pleiad.Storage;

/// <summary>A chunk in a block, as the index knows it.</summary>
/// <param name="FirstTime">Of its first sample.</param>
/// <param name="LastTime">Of its last.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Count">Samples.</param>
/// <param name="Encoding">How they are written.</param>
internal readonly record struct BlockChunk(long FirstTime, long LastTime, int Offset, int Length, int Count, ChunkEncoding Encoding);
