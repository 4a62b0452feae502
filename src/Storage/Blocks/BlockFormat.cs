using System.Buffers.Binary;
using System.Globalization;

namespace Pleiad.Storage;

/// <summary>Names and limits of a block file. Every byte is in docs/formats/block.md.</summary>
internal static class BlockFormat
{
    /// <summary>The version of a block of samples whose chunks lie in it as they are.</summary>
    public const ushort Version = 2;

    /// <summary>The version of a block of rollups, which says more in its meta.</summary>
    public const ushort RollupVersion = 3;

    /// <summary>The version of a block of samples whose chunks are compressed in pieces; readers accept it and all before it.</summary>
    public const ushort CompressedVersion = 4;

    /// <summary>Bytes of a compressed piece before compression, at most: what has to be unpacked for one chunk.</summary>
    public const int PieceBytesMax = 64 * 1024;

    /// <summary>A block of samples that lie further apart than this, in ms, is compressed: most of them are read seldom. 4 h.</summary>
    public const long HotSpanMs = 4L * 60 * 60 * 1000;

    /// <summary>Bytes of the head.</summary>
    public const int HeadBytes = 32;

    /// <summary>So many bytes have a checksum of their own: what a flipped bit among the chunks can take with it.</summary>
    public const int FrameBytes = 1 << FrameShift;

    /// <summary>Its logarithm.</summary>
    public const int FrameShift = 12;

    /// <summary>Series written against each other; the first of a group stands alone.</summary>
    public const int GroupSeries = 16;

    /// <summary>Texts written against each other.</summary>
    public const int GroupTexts = 16;

    /// <summary>Bytes of a block at most: positions in it are 32 bits, and it is mapped as one span.</summary>
    public const long BytesMax = 1L << 30;

    /// <summary>Bytes of the chunks of a compressed block before compression, at most: positions in them are 32 bits.</summary>
    public const long PlainBytesMax = int.MaxValue;

    /// <summary>Samples of the longest chunk in a block.</summary>
    public const int ChunkSamplesMax = ColumnChunk.SamplesMax;

    /// <summary>Blocks that one block may say it replaces.</summary>
    public const int ReplacesMax = 4096;

    private const ulong Magic = 0x4B4C_4244_4149_4C50; // "PLIADBLK"

    /// <summary>The name of a block.</summary>
    public static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"block-{number:D12}.blk");

    /// <summary>The name of a block of rollups; they are numbered by themselves.</summary>
    public static string NameOfRollup(long number) => string.Create(CultureInfo.InvariantCulture, $"rollup-{number:D12}.blk");

    /// <summary>The number in the name of a block.</summary>
    public static bool TryNumber(string name, out long number) => TryNumber(name, "block-", out number);

    /// <summary>The number in the name of a block of rollups.</summary>
    public static bool TryRollupNumber(string name, out long number) => TryNumber(name, "rollup-", out number);

    private static bool TryNumber(string name, string prefix, out long number)
    {
        const string suffix = ".blk";
        number = 0;
        return name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(prefix.Length, name.Length - prefix.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Writes a head.</summary>
    public static void WriteHead(Span<byte> into, int shard, long number, ushort version = Version)
    {
        into[..HeadBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(into, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(into[8..], version);
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], shard);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(into[28..], Crc32C.Of(into[..28]));
    }

    /// <summary>Checks a head.</summary>
    /// <returns>The version.</returns>
    /// <exception cref="CorruptDataException">It is not what it should be.</exception>
    /// <exception cref="LaterVersionException">A later version wrote it.</exception>
    public static ushort CheckHead(string path, ReadOnlySpan<byte> bytes, int shard, long number)
    {
        if (bytes.Length < HeadBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) != Crc32C.Of(bytes[..28]))
        {
            throw new CorruptDataException(path, 0, "the head of the file is damaged");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (version > CompressedVersion)
        {
            throw new LaterVersionException($"{path} is a block of version {version}; this program reads up to {CompressedVersion}");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != shard || BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) != number)
        {
            throw new CorruptDataException(path, 12, "the file belongs somewhere else");
        }

        return version;
    }
}

/// <summary>A file that a later version of the program wrote: to be left alone, not to be taken for damaged.</summary>
public sealed class LaterVersionException(string message) : IOException(message);
