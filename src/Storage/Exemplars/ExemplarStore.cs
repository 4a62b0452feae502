using System.Buffers.Binary;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The file of a shard's exemplars: written whole, under another name first. One user at a time. Every byte is in docs/formats/exemplars.md.</summary>
/// <remarks>Exemplars are hints, so the file is no promise: what came after it was written is lost in a crash, and a damaged one is put aside.</remarks>
public sealed class ExemplarStore
{
    /// <summary>The version written; readers accept it and all before it.</summary>
    public const ushort Version = 1;

    private const string Name = "exemplars.exm";
    private const int HeadBytes = 32;
    private const int LabelsMax = BatchRecord.LabelsMax;
    private const ulong Magic = 0x4D58_4544_4149_4C50; // "PLIADEXM"

    private readonly IFiles _files;
    private readonly string _directory;
    private readonly string _path;
    private readonly Quarantine _quarantine;
    private readonly int _shard;

    /// <summary>The exemplars in a directory; nothing is read yet.</summary>
    internal ExemplarStore(IFiles files, string directory, string quarantine, ShardId shard)
    {
        _files = files;
        _directory = directory;
        _path = Path.Combine(directory, Name);
        _quarantine = new Quarantine(files, quarantine, shard.Value);
        _shard = shard.Value;
    }

    /// <summary>Whether any were saved.</summary>
    public bool Exists => _files.Exists(_path);

    /// <summary>Makes these the shard's exemplars.</summary>
    /// <param name="exemplars">The oldest first.</param>
    /// <exception cref="IOException">It could not be written; the next start finds these or those before.</exception>
    public void Write(IReadOnlyList<StoredExemplar> exemplars)
    {
        var body = new ByteWriter(64 * 1024);
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        var textBytes = new ByteWriter(16 * 1024);
        var rows = new ByteWriter(64 * 1024);
        foreach (StoredExemplar stored in exemplars)
        {
            Put(stored.Series);
            Put(stored.Exemplar.Labels);
            rows.UInt64(BitConverter.DoubleToUInt64Bits(stored.Exemplar.Value));
            rows.Zigzag(stored.Exemplar.At!.Value.Milliseconds);
        }

        Span<byte> head = body.Take(HeadBytes);
        head.Clear();
        body.Varint(texts.Count);
        body.Bytes(textBytes.Written);
        body.Varint(exemplars.Count);
        body.Bytes(rows.Written);
        WriteHead(body, _shard);
        _files.CreateDirectory(_directory);
        AtomicFile.Write(_files, _path, file => file.Append(body.Written));

        void Put(Labels labels)
        {
            rows.Varint(labels.Count);
            foreach (Label label in labels)
            {
                rows.Varint(NumberOf(label.Name));
                rows.Varint(NumberOf(label.Value));
            }
        }

        int NumberOf(string text)
        {
            if (!texts.TryGetValue(text, out int number))
            {
                number = texts.Count;
                texts.Add(text, number);
                textBytes.Text(text);
            }

            return number;
        }
    }

    /// <summary>Reads the exemplars, the oldest first. A damaged file is put aside and counted; there are none then.</summary>
    /// <exception cref="LaterVersionException">A later version wrote it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<StoredExemplar> Load()
    {
        if (!Exists)
        {
            return [];
        }

        byte[] bytes = AtomicFile.ReadAll(_files, _path);
        try
        {
            return Read(bytes);
        }
        catch (FormatException)
        {
            StorageMetrics.ExemplarFilesDamaged.Add(1);
            _quarantine.MoveAside(_path);
            return [];
        }
    }

    private static void WriteHead(ByteWriter file, int shard)
    {
        // What is behind the head first: its checksum stands in it.
        uint body = Crc32C.Of(file.Written[HeadBytes..]);
        var head = new byte[HeadBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), shard);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), file.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(24), body);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(28), Crc32C.Of(head.AsSpan(0, 28)));
        for (int at = 0; at < HeadBytes; at += sizeof(uint))
        {
            file.PatchUInt32(at, BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(at)));
        }
    }

    private List<StoredExemplar> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) != Crc32C.Of(bytes[..28]))
        {
            throw new FormatException("the head of the file is damaged");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (version > Version)
        {
            throw new LaterVersionException($"{_path} has exemplars of version {version}; this program reads up to {Version}");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != _shard
            || BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) != bytes.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]) != Crc32C.Of(bytes[HeadBytes..]))
        {
            throw new FormatException("the file is damaged, or belongs somewhere else");
        }

        var reader = new ByteReader(bytes[HeadBytes..]);
        var texts = new string[reader.Count(int.MaxValue)];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.Text(BatchRecord.TextBytesMax);
        }

        var found = new StoredExemplar[reader.Count(int.MaxValue)];
        for (int i = 0; i < found.Length; i++)
        {
            Labels series = LabelsOf(ref reader, texts);
            Labels labels = LabelsOf(ref reader, texts);
            double value = BitConverter.UInt64BitsToDouble(reader.UInt64());
            found[i] = new StoredExemplar(series, new Exemplar(labels, value, new Timestamp(reader.Zigzag())));
        }

        return [.. found];
    }

    private static Labels LabelsOf(ref ByteReader reader, string[] texts)
    {
        var pairs = new string[2 * reader.Count(LabelsMax, 2)];
        for (int i = 0; i < pairs.Length; i++)
        {
            ulong number = reader.Varint();
            pairs[i] = number < (ulong)texts.Length ? texts[number] : throw new FormatException($"there is no text {number}");
        }

        return Labels.FromSortedPairs(pairs);
    }
}
