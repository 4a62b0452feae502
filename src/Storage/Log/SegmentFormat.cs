using System.Buffers.Binary;

namespace Pleiad.Storage;

/// <summary>The bytes of a segment: a head, then records. docs/formats/segment-log.md.</summary>
internal static class SegmentFormat
{
    /// <summary>The version written; readers accept it and all before it.</summary>
    public const ushort Version = 1;

    /// <summary>Bytes of a segment's head.</summary>
    public const int HeadBytes = 32;

    /// <summary>Bytes before a record's payload.</summary>
    public const int RecordHeadBytes = 40;

    /// <summary>Payload bytes of one record.</summary>
    public const int PayloadBytesMax = 32 << 20;

    /// <summary>What every record begins with, so that the next one is found behind damage.</summary>
    public const uint RecordMark = 0xB1A7_C0DE;

    private const ulong Magic = 0x474F_4C44_4149_4C50; // "PLIADLOG"
    private const string Suffix = ".seg";

    /// <summary>The name of a segment.</summary>
    public static string NameOf(long number) => NumberedFile.NameOf(number, Suffix);

    /// <summary>The number in a segment's name.</summary>
    public static bool TryNumberOf(string name, out long number) => NumberedFile.TryNumberOf(name, Suffix, out number);

    /// <summary>Writes a head.</summary>
    /// <param name="into"><see cref="HeadBytes"/> long.</param>
    /// <param name="number">Of the segment.</param>
    /// <param name="firstLsn">The number its first record will have among all records.</param>
    public static void WriteHead(Span<byte> into, long number, long firstLsn)
    {
        into[..HeadBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(into, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(into[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(into[12..], number);
        BinaryPrimitives.WriteInt64LittleEndian(into[20..], firstLsn);
        BinaryPrimitives.WriteUInt32LittleEndian(into[28..], Crc32C.Of(into[..28]));
    }

    /// <summary>Reads a head; false where it is not one.</summary>
    /// <exception cref="CorruptDataException">A later version wrote it.</exception>
    public static bool TryReadHead(string file, ReadOnlySpan<byte> from, out long number, out long firstLsn)
    {
        number = 0;
        firstLsn = 0;
        if (from.Length < HeadBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(from) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(from[28..]) != Crc32C.Of(from[..28]))
        {
            return false;
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(from[8..]);
        if (version > Version)
        {
            throw new CorruptDataException(file, 8, $"segment of version {version}; this program reads up to {Version}");
        }

        number = BinaryPrimitives.ReadInt64LittleEndian(from[12..]);
        firstLsn = BinaryPrimitives.ReadInt64LittleEndian(from[20..]);
        return true;
    }

    /// <summary>Appends a record.</summary>
    public static void WriteRecord(ByteWriter to, in RecordHead head, ReadOnlySpan<byte> payload)
    {
        Span<byte> bytes = to.Take(RecordHeadBytes + payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[12..], head.Lsn);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], head.Shard);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], head.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], head.Seq);
        payload.CopyTo(bytes[RecordHeadBytes..]);
        RecordFrame.Close(bytes, RecordMark, RecordHeadBytes);
    }

    /// <summary>Reads the record at the beginning of some bytes; false where there is none that is whole and sound.</summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> from, out RecordHead head, out int length)
    {
        head = default;
        if (!RecordFrame.IsSound(from, RecordMark, RecordHeadBytes, PayloadBytesMax, out length))
        {
            return false;
        }

        head = new RecordHead(
            BinaryPrimitives.ReadInt64LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]));
        return true;
    }
}

/// <summary>What a record says of itself.</summary>
/// <param name="Lsn">Its number among all records of the log, without a gap.</param>
/// <param name="Shard">Whose it is.</param>
/// <param name="Epoch">Under which it was written.</param>
/// <param name="Seq">Its number among the records of its shard.</param>
internal readonly record struct RecordHead(long Lsn, int Shard, long Epoch, long Seq);
