using System.Buffers.Binary;
using System.Text;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>What nodes say to each other about copies of shards: version byte, then fixed fields, little-endian. docs/formats/transport.md lists the numbers.</summary>
internal static class CopyWire
{
    /// <summary>What files has this shard?</summary>
    public const ushort ListFiles = NodeMessages.ReplicationFrom + 1;

    /// <summary>A part of this file, please.</summary>
    public const ushort ReadFile = NodeMessages.ReplicationFrom + 2;

    /// <summary>Through which record are these shards saved with you?</summary>
    public const ushort TellSaved = NodeMessages.ReplicationFrom + 3;

    /// <summary>Bytes of one part.</summary>
    public const int PartBytes = 512 * 1024;

    private const byte Version = 1;
    private const int ShardsMax = Model.ShardMap.CountMax;

    /// <summary>Asks for the files of a shard.</summary>
    public static NodeMessage AskFiles(int shard)
    {
        var bytes = new byte[5];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), shard);
        return new NodeMessage(ListFiles, bytes);
    }

    /// <summary>Asks for a part of a file.</summary>
    public static NodeMessage AskPart(int shard, string name, long at)
    {
        var bytes = new byte[13 + Encoding.UTF8.GetByteCount(name)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), shard);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(5), at);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(13));
        return new NodeMessage(ReadFile, bytes);
    }

    /// <summary>Asks how far shards are saved.</summary>
    public static NodeMessage AskSaved(IReadOnlyList<int> shards)
    {
        var bytes = new byte[1 + (4 * shards.Count)];
        bytes[0] = Version;
        for (int i = 0; i < shards.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1 + (4 * i)), shards[i]);
        }

        return new NodeMessage(TellSaved, bytes);
    }

    /// <summary>The shard that is asked about.</summary>
    /// <exception cref="IOException">The message is none of these.</exception>
    public static int ShardOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadInt32LittleEndian(Body(message, 4));

    /// <summary>The part of a file that is asked for.</summary>
    /// <exception cref="IOException">The message is none of these.</exception>
    public static (int Shard, string Name, long At) PartOf(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> body = Body(message, 12);
        long at = BinaryPrimitives.ReadInt64LittleEndian(body[4..]);
        return at >= 0
            ? (BinaryPrimitives.ReadInt32LittleEndian(body), Encoding.UTF8.GetString(body[12..]), at)
            : throw new IOException($"a part of a file from byte {at} on");
    }

    /// <summary>The shards that are asked about.</summary>
    /// <exception cref="IOException">The message is none of these.</exception>
    public static IReadOnlyList<int> ShardsOf(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> body = Body(message, 0);
        if (body.Length % 4 != 0 || body.Length > 4 * ShardsMax)
        {
            throw new IOException($"numbers of shards in {body.Length} bytes");
        }

        var shards = new int[body.Length / 4];
        for (int i = 0; i < shards.Length; i++)
        {
            shards[i] = BinaryPrimitives.ReadInt32LittleEndian(body[(4 * i)..]);
        }

        return shards;
    }

    /// <summary>Answers with files.</summary>
    public static NodeMessage Files(IReadOnlyList<(string Name, long Bytes)> files)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(files.Count);
        foreach ((string name, long bytes) in files)
        {
            writer.Write(bytes);
            writer.Write(name);
        }

        return new NodeMessage(ListFiles, stream.ToArray());
    }

    /// <summary>The files of an answer.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public static IReadOnlyList<(string Name, long Bytes)> FilesOf(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(Body(message.Span, 4).ToArray()));
            var files = new List<(string, long)>();
            for (int left = reader.ReadInt32(); left > 0; left--)
            {
                long bytes = reader.ReadInt64();
                files.Add((reader.ReadString(), bytes));
            }

            return files;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new IOException("a list of files that is cut short");
        }
    }

    /// <summary>Answers with a part of a file.</summary>
    public static NodeMessage Part(ReadOnlySpan<byte> part) => new(ReadFile, (byte[])[Version, .. part]);

    /// <summary>The part of an answer.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public static ReadOnlyMemory<byte> PartOfAnswer(ReadOnlyMemory<byte> message)
    {
        _ = Body(message.Span, 0);
        return message[1..];
    }

    /// <summary>Answers with how far shards are saved.</summary>
    public static NodeMessage Saved(IReadOnlyList<long> seqs)
    {
        var bytes = new byte[1 + (8 * seqs.Count)];
        bytes[0] = Version;
        for (int i = 0; i < seqs.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1 + (8 * i)), seqs[i]);
        }

        return new NodeMessage(TellSaved, bytes);
    }

    /// <summary>How far shards are saved, by an answer.</summary>
    /// <exception cref="IOException">It is none, or of another number of shards.</exception>
    public static IReadOnlyList<long> SavedOf(ReadOnlySpan<byte> message, int shards)
    {
        ReadOnlySpan<byte> body = Body(message, 8 * shards);
        var seqs = new long[shards];
        for (int i = 0; i < shards; i++)
        {
            seqs[i] = BinaryPrimitives.ReadInt64LittleEndian(body[(8 * i)..]);
        }

        return seqs;
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> message, int bytesMin) => message.Length > bytesMin && message[0] == Version
        ? message[1..]
        : throw new IOException($"{message.Length} bytes of version {(message.IsEmpty ? 0 : message[0])} about a copy of a shard");
}
