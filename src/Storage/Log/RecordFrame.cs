using System.Buffers.Binary;

namespace Pleiad.Storage;

/// <summary>
/// What every record of a journal's segment and of the spool begins with: a mark, so that the next one is found behind damage, the checksum of what
/// follows it, and the bytes of the payload. What else its head has, each format says itself.
/// </summary>
internal static class RecordFrame
{
    private const int ChecksumAt = 4;
    private const int LengthAt = 8;

    /// <summary>Puts a frame around a record.</summary>
    /// <param name="record">All of it; the rest of the head and the payload are there.</param>
    /// <param name="mark">Of its format.</param>
    /// <param name="headBytes">Bytes before the payload.</param>
    public static void Close(Span<byte> record, uint mark, int headBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, mark);
        BinaryPrimitives.WriteInt32LittleEndian(record[LengthAt..], record.Length - headBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumAt..], Crc32C.Of(record[LengthAt..]));
    }

    /// <summary>Whether some bytes begin with a record that is whole and sound.</summary>
    /// <param name="from">The bytes.</param>
    /// <param name="mark">Of its format.</param>
    /// <param name="headBytes">Bytes before the payload.</param>
    /// <param name="payloadBytesMax">A longer payload is none.</param>
    /// <param name="length">Of all of it, where its payload lies within the bytes; 0 otherwise.</param>
    public static bool IsSound(ReadOnlySpan<byte> from, uint mark, int headBytes, int payloadBytesMax, out int length)
    {
        length = 0;
        if (from.Length < headBytes || BinaryPrimitives.ReadUInt32LittleEndian(from) != mark)
        {
            return false;
        }

        int payload = BinaryPrimitives.ReadInt32LittleEndian(from[LengthAt..]);
        if (payload < 0 || payload > payloadBytesMax || payload > from.Length - headBytes)
        {
            return false;
        }

        length = headBytes + payload;
        return BinaryPrimitives.ReadUInt32LittleEndian(from[ChecksumAt..]) == Crc32C.Of(from[LengthAt..length]);
    }
}
