using System.Buffers.Binary;

namespace Pleiad.Storage;

/// <summary>The bytes of a file of the spool: a head, then records. docs/formats/spool.md.</summary>
internal static class SpoolFormat
{
    /// <summary>The version written; readers accept it and all before it.</summary>
    public const ushort Version = 1;

    /// <summary>Bytes of a file's head.</summary>
    public const int HeadBytes = 24;

    /// <summary>Bytes before a record's payload.</summary>
    public const int RecordHeadBytes = 56;

    /// <summary>Payload bytes of one record.</summary>
    public const int PayloadBytesMax = 32 << 20;

    private const uint RecordMark = 0xB1A7_5B00;
    private const ulong Magic = 0x4C50_5344_4149_4C50; // "PLIADSPL"
    private const string Suffix = ".spool";

    /// <summary>The name of a file.</summary>
    public static string NameOf(long number) => NumberedFile.NameOf(number, Suffix);

    /// <summary>The number in a file's name.</summary>
    public static bool TryNumberOf(string name, out long number) => NumberedFile.TryNumberOf(name, Suffix, out number);

    /// <summary>Writes a head.</summary>
    public static void WriteHead(ByteWriter to, long number)
    {
        Span<byte> into = to.Take(HeadBytes);
        into.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(into, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(into[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(into[12..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(into[20..], Crc32C.Of(into[..20]));
    }

    /// <summary>Whether some bytes begin with a head.</summary>
    /// <exception cref="CorruptDataException">A later version wrote it.</exception>
    public static bool IsHead(string file, ReadOnlySpan<byte> from)
    {
        if (from.Length < HeadBytes || BinaryPrimitives.ReadUInt64LittleEndian(from) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(from[20..]) != Crc32C.Of(from[..20]))
        {
            return false;
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(from[8..]);
        return version <= Version ? true : throw new CorruptDataException(file, 8, $"spool of version {version}; this program reads up to {Version}");
    }

    /// <summary>Appends a record.</summary>
    public static void WriteRecord(ByteWriter to, in SpooledRecord record, long at)
    {
        Span<byte> bytes = to.Take(RecordHeadBytes + record.Payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], record.Shard);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], record.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], record.Seq);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], record.HashBefore);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], record.Hash);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], at);
        record.Payload.Span.CopyTo(bytes[RecordHeadBytes..]);
        RecordFrame.Close(bytes, RecordMark, RecordHeadBytes);
    }

    /// <summary>Reads the record at the beginning of some bytes; false where there is none that is whole and sound.</summary>
    /// <param name="from">The bytes.</param>
    /// <param name="record">Its payload is empty.</param>
    /// <param name="at">When it was written.</param>
    /// <param name="length">Of all of it.</param>
    public static bool TryReadRecord(ReadOnlySpan<byte> from, out SpooledRecord record, out long at, out int length)
    {
        record = default;
        at = 0;
        if (!RecordFrame.IsSound(from, RecordMark, RecordHeadBytes, PayloadBytesMax, out length))
        {
            return false;
        }

        record = new SpooledRecord(
            BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[40..]),
            ReadOnlyMemory<byte>.Empty);
        at = BinaryPrimitives.ReadInt64LittleEndian(from[48..]);
        return true;
    }

    /// <summary>Where the next record begins that is whole and sound; the end of the bytes where there is none.</summary>
    public static int NextRecord(ReadOnlySpan<byte> bytes, int from)
    {
        Span<byte> mark = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, RecordMark);
        while (bytes[from..].IndexOf(mark) is >= 0 and int ahead)
        {
            from += ahead;
            if (TryReadRecord(bytes[from..], out _, out _, out _))
            {
                return from;
            }

            from++;
        }

        return bytes.Length;
    }
}
