using System.Buffers.Binary;

namespace Pleiad.Storage;

/// <summary>The file of a shard's tombstones. Every byte is in docs/formats/tombstones.md.</summary>
internal static class TombstoneFormat
{
    /// <summary>The version written; readers accept it and all before it.</summary>
    public const ushort Version = 1;

    /// <summary>The name of the file in the shard's directory.</summary>
    public const string Name = "tombstones.tmb";

    private const int HeadBytes = 32;

    // Each tombstone is there twice, far apart: one damaged place brings nothing back that was deleted.
    private const int Rounds = 2;

    private const ulong Magic = 0x424D_5444_4149_4C50; // "PLIADTMB"

    /// <summary>Appends the whole file.</summary>
    public static void Write(ByteWriter to, int shard, TombstoneList tombstones)
    {
        Span<byte> head = to.Take(HeadBytes);
        head.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], shard);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], tombstones.LastNumber);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], tombstones.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(head[28..], Crc32C.Of(head[..28]));
        var payload = new ByteWriter();
        long lsn = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Tombstone tombstone in tombstones.Tombstones)
            {
                payload.Clear();
                tombstone.Write(payload);
                SegmentFormat.WriteRecord(to, new RecordHead(lsn++, shard, round, tombstone.Number), payload.Written);
            }
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="shard">Whose it should be.</param>
    /// <param name="isSound">Whether every byte is what was written. Where it is not, what is sound is read.</param>
    /// <param name="isWhole">Whether all tombstones are there, damaged or not.</param>
    /// <exception cref="LaterVersionException">A later version wrote it.</exception>
    public static TombstoneList Read(string path, ReadOnlySpan<byte> bytes, int shard, out bool isSound, out bool isWhole)
    {
        bool hasHead = TryReadHead(path, bytes, shard, out long lastNumber, out int count);
        SegmentScan scan = SegmentScan.Of(bytes, Math.Min(HeadBytes, bytes.Length));
        var found = new Dictionary<long, Tombstone>();
        isSound = hasHead && scan.Damaged.Count == 0 && scan.SoundEnd == bytes.Length && scan.Records.Count == Rounds * count;
        foreach (FoundRecord record in scan.Records)
        {
            try
            {
                var reader = new ByteReader(bytes.Slice(record.Start, record.Length));
                Tombstone tombstone = Tombstone.Read(ref reader);
                isSound &= record.Head.Shard == shard && record.Head.Seq == tombstone.Number && reader.Left == 0;
                found[tombstone.Number] = tombstone;
            }
            catch (FormatException e)
            {
                // The checksum is right, so these are the bytes that were written: ours is the fault, and not to be hidden.
                throw new CorruptDataException(path, record.Start, e.Message);
            }
        }

        isWhole = hasHead ? found.Count == count : isSound;
        return new TombstoneList(found.Values, lastNumber);
    }

    private static bool TryReadHead(string path, ReadOnlySpan<byte> bytes, int shard, out long lastNumber, out int count)
    {
        lastNumber = 0;
        count = 0;
        if (bytes.Length < HeadBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) != Crc32C.Of(bytes[..28]))
        {
            return false;
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (version > Version)
        {
            throw new LaterVersionException($"{path} has tombstones of version {version}; this program reads up to {Version}");
        }

        lastNumber = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        count = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) == shard && lastNumber >= 0 && count >= 0;
    }
}
