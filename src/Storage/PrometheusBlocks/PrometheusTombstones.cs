using System.Buffers.Binary;

namespace Pleiad.Storage;

/// <summary>The file <c>tombstones</c> of a Prometheus block: what is deleted of its series and still there.</summary>
/// <remarks>
/// prometheus/prometheus, tsdb/docs/format/tombstones.md: magic and version, for each deletion the series and its first and last time, the
/// CRC-32C of these, big-endian.
/// </remarks>
internal static class PrometheusTombstones
{
    private const uint Magic = 0x0130_BA30;
    private const int Version = 1;
    private const int HeadBytes = 5;
    private const int CrcBytes = 4;

    /// <summary>The file of a block of which nothing is deleted.</summary>
    public static byte[] Empty()
    {
        byte[] bytes = new byte[HeadBytes + CrcBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        bytes[4] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeadBytes), Crc32C.Of([]));
        return bytes;
    }

    /// <summary>Reads the file; nothing where there is none.</summary>
    /// <returns>By the reference of the series.</returns>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public static Dictionary<long, TimeSpans> Read(IFiles files, string path)
    {
        var found = new Dictionary<long, TimeSpans>();
        if (!files.Exists(path))
        {
            return found;
        }

        ReadOnlySpan<byte> file = AtomicFile.ReadAll(files, path);
        if (file.Length < HeadBytes + CrcBytes || BinaryPrimitives.ReadUInt32BigEndian(file) != Magic || file[4] != Version)
        {
            throw new CorruptDataException(path, 0, $"this is no file of tombstones of version {Version}");
        }

        ReadOnlySpan<byte> body = file[HeadBytes..^CrcBytes];
        if (BinaryPrimitives.ReadUInt32BigEndian(file[^CrcBytes..]) != Crc32C.Of(body))
        {
            throw new CorruptDataException(path, HeadBytes, "the tombstones are damaged: their checksum is wrong");
        }

        var reader = new ByteReader(body);
        try
        {
            while (reader.Left > 0)
            {
                long series = (long)reader.Varint();
                long from = reader.Zigzag();
                long through = reader.Zigzag();
                found[series] = found.TryGetValue(series, out TimeSpans? spans) ? spans.With(from, through) : new TimeSpans(from, through);
            }
        }
        catch (FormatException e)
        {
            throw new CorruptDataException(path, HeadBytes + reader.Position, e.Message);
        }

        return found;
    }
}
