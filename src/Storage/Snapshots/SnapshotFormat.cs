using System.Buffers.Binary;
using System.Globalization;

namespace Pleiad.Storage;

/// <summary>The two kinds of files of a snapshot. A head, then records framed as in a segment. docs/formats/snapshot.md.</summary>
internal static class SnapshotFormat
{
    /// <summary>The version written; readers accept it and all before it.</summary>
    public const ushort Version = 3;

    /// <summary>Bytes of a file's head.</summary>
    public const int HeadBytes = 32;

    /// <summary>Payload of one record, about: a damaged one takes no more with it.</summary>
    public const int FrameBytes = 64 * 1024;

    /// <summary>Series of one record at most; their labels share a table of texts.</summary>
    public const int FrameSeries = 512;

    /// <summary>A chunk file is full at this size.</summary>
    public const long ChunkFileBytes = 32L << 20;

    /// <summary>So many neighbouring chunk files of about one size become one: the number of files grows with the logarithm of the data.</summary>
    public const int MergedFiles = 8;

    private const ulong Magic = 0x504E_5344_4149_4C50; // "PLIADSNP"

    /// <summary>What a file is.</summary>
    public enum Kind : byte
    {
        /// <summary>Series with their open chunks, and the list of chunk files.</summary>
        Head = 1,

        /// <summary>Sealed chunks.</summary>
        Chunks = 2,
    }

    /// <summary>What a record is: kept in its epoch field.</summary>
    public enum Frame : long
    {
        /// <summary>State of the shard and the chunk files.</summary>
        State = 1,

        /// <summary>Series.</summary>
        Series = 2,

        /// <summary>Sealed chunks.</summary>
        Chunks = 3,

        /// <summary>The end, with how many series or chunks there were.</summary>
        End = 4,

        /// <summary>What is deleted of series (head files, where anything is).</summary>
        Deleted = 5,

        /// <summary>Samples that came late (head files, where there are any).</summary>
        Late = 6,
    }

    /// <summary>The name of a head file.</summary>
    public static string HeadName(long number) => string.Create(CultureInfo.InvariantCulture, $"head-{number:D12}.snap");

    /// <summary>The name of a chunk file.</summary>
    public static string ChunksName(long number) => string.Create(CultureInfo.InvariantCulture, $"chunks-{number:D12}.chk");

    /// <summary>The number in the name of a head file.</summary>
    public static bool TryHeadNumber(string name, out long number) => TryNumber(name, "head-", ".snap", out number);

    /// <summary>The number in the name of a chunk file.</summary>
    public static bool TryChunksNumber(string name, out long number) => TryNumber(name, "chunks-", ".chk", out number);

    /// <summary>Writes a file's head.</summary>
    public static void WriteHead(Span<byte> into, Kind kind, int shard, long number)
    {
        into[..HeadBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(into, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(into[8..], Version);
        into[10] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], shard);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(into[28..], Crc32C.Of(into[..28]));
    }

    /// <summary>Checks a file's head.</summary>
    /// <exception cref="CorruptDataException">It is not what it should be.</exception>
    public static void CheckHead(string path, ReadOnlySpan<byte> bytes, Kind kind, int shard, long number)
    {
        if (bytes.Length < HeadBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) != Crc32C.Of(bytes[..28]))
        {
            throw new CorruptDataException(path, 0, "the head of the file is damaged");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (version > Version)
        {
            throw new CorruptDataException(path, 8, $"snapshot of version {version}; this program reads up to {Version}");
        }

        if (bytes[10] != (byte)kind
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != shard
            || BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) != number)
        {
            throw new CorruptDataException(path, 10, "the file belongs somewhere else");
        }
    }

    private static bool TryNumber(string name, string prefix, string suffix, out long number)
    {
        number = 0;
        return name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(
                name.AsSpan(prefix.Length, name.Length - prefix.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
