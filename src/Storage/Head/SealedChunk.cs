using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>The head of a sealed chunk in the arena; its bytes follow. Chunks of a series are a chain from the newest to the oldest.</summary>
/// <param name="Older">Arena: the chunk before; 0 for none. The only part that ever changes, when retention cuts the chain.</param>
/// <param name="Length">Bytes of the chunk.</param>
/// <param name="FirstTime">Time of its first sample.</param>
/// <param name="LastTime">Time of its last sample.</param>
/// <param name="Count">Samples.</param>
/// <param name="Encoding">How they are written.</param>
/// <param name="PieceClass">Size class of the piece.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SealedChunk(
    int Older, int Length, long FirstTime, long LastTime, ushort Count, ChunkEncoding Encoding, byte PieceClass)
{
    /// <summary>Bytes of the head.</summary>
    public const int HeadBytes = 28;

    /// <summary>Reads the head of a chunk.</summary>
    public static SealedChunk At(ByteArena arena, int handle)
    {
        ReadOnlySpan<byte> head = arena.Span(handle, HeadBytes);
        return new SealedChunk(
            BinaryPrimitives.ReadInt32LittleEndian(head),
            BinaryPrimitives.ReadInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[24..]),
            (ChunkEncoding)head[26],
            head[27]);
    }

    /// <summary>The bytes of a chunk.</summary>
    public ReadOnlySpan<byte> Bytes(ByteArena arena, int handle) => arena.Span(handle, HeadBytes + Length)[HeadBytes..];

    /// <summary>Makes a chunk in the arena.</summary>
    public static int Make(
        ByteArena arena, int older, ReadOnlySpan<byte> bytes, long firstTime, long lastTime, ushort count, ChunkEncoding encoding)
    {
        byte pieceClass = ByteArena.ClassFor(HeadBytes + bytes.Length);
        int handle = arena.Allocate(pieceClass);
        Span<byte> piece = arena.Span(handle, HeadBytes + bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(piece, older);
        BinaryPrimitives.WriteInt32LittleEndian(piece[4..], bytes.Length);
        BinaryPrimitives.WriteInt64LittleEndian(piece[8..], firstTime);
        BinaryPrimitives.WriteInt64LittleEndian(piece[16..], lastTime);
        BinaryPrimitives.WriteUInt16LittleEndian(piece[24..], count);
        piece[26] = (byte)encoding;
        piece[27] = pieceClass;
        bytes.CopyTo(piece[HeadBytes..]);
        return handle;
    }

    /// <summary>Cuts the chain behind a chunk.</summary>
    public static void CutBehind(ByteArena arena, int handle) => BinaryPrimitives.WriteInt32LittleEndian(arena.Span(handle, 4), 0);
}
