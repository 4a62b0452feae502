using System.Buffers.Binary;
using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Records on their way into the spool of a copy, and what that says of them: a version byte, then fixed fields, little-endian. docs/formats/transport.md.</summary>
internal static class SpoolWire
{
    /// <summary>A question: keep these records; answered when they are durable.</summary>
    public const ushort Number = NodeMessages.ReplicationFrom + 5;

    /// <summary>Bytes of records in one message, unless a single record has more.</summary>
    public const int BytesSoft = 512 * 1024;

    /// <summary>Bytes that a record takes beside its payload.</summary>
    public const int HeadBytes = 48;

    /// <summary>Bytes of the longest record that can be sent.</summary>
    public const int PayloadBytesMax = (1 << 20) - 1 - HeadBytes;

    private const byte Version = 1;
    private const int AnswerBytes = 12;

    /// <summary>Cuts records into messages, in their order. They are read as they are needed.</summary>
    public static IEnumerable<NodeMessage> Write(IEnumerable<SpoolNews> records)
    {
        var bytes = new List<byte>(BytesSoft / 8) { Version };
        foreach (SpoolNews news in records)
        {
            if (bytes.Count > 1 && bytes.Count + HeadBytes + news.Record.Payload.Length > BytesSoft)
            {
                yield return new NodeMessage(Number, bytes.ToArray());
                bytes.RemoveRange(1, bytes.Count - 1);
            }

            AddTo(bytes, news);
        }

        if (bytes.Count > 1)
        {
            yield return new NodeMessage(Number, bytes.ToArray());
        }
    }

    /// <summary>The records of a message.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public static IReadOnlyList<SpoolNews> Read(ReadOnlySpan<byte> message, int shards)
    {
        if (message.IsEmpty || message[0] != Version)
        {
            throw new IOException("records for a spool, of a version that is not known here");
        }

        var records = new List<SpoolNews>();
        ReadOnlySpan<byte> left = message[1..];
        while (!left.IsEmpty)
        {
            int length = left.Length < HeadBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(left[4..]);
            int shard = length < 0 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(left);
            if ((uint)shard >= (uint)shards || length > left.Length - HeadBytes)
            {
                throw new IOException($"a record of shard {shard} with {length} bytes for a spool");
            }

            records.Add(new SpoolNews(
                new SpooledRecord(
                    shard,
                    BinaryPrimitives.ReadInt64LittleEndian(left[8..]),
                    BinaryPrimitives.ReadInt64LittleEndian(left[16..]),
                    BinaryPrimitives.ReadInt64LittleEndian(left[24..]),
                    BinaryPrimitives.ReadInt64LittleEndian(left[32..]),
                    left.Slice(HeadBytes, length).ToArray()),
                BinaryPrimitives.ReadInt64LittleEndian(left[40..])));
            left = left[(HeadBytes + length)..];
        }

        return records;
    }

    /// <summary>The answer: which shards' records were not kept.</summary>
    public static NodeMessage Answer(IReadOnlyCollection<(int Shard, long NeededFrom)> refused)
    {
        byte[] bytes = new byte[1 + (AnswerBytes * refused.Count)];
        bytes[0] = Version;
        Span<byte> left = bytes.AsSpan(1);
        foreach ((int shard, long from) in refused)
        {
            BinaryPrimitives.WriteInt32LittleEndian(left, shard);
            BinaryPrimitives.WriteInt64LittleEndian(left[4..], from);
            left = left[AnswerBytes..];
        }

        return new NodeMessage(Number, bytes);
    }

    /// <summary>Reads an answer: by shard, from which record on they are needed; <see cref="SpoolReceiver.NotHere"/> where they are not taken at all.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public static IReadOnlyList<(int Shard, long NeededFrom)> AnswerOf(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty || message[0] != Version || (message.Length - 1) % AnswerBytes != 0)
        {
            throw new IOException("an answer of a version that is not known here");
        }

        var refused = new List<(int, long)>();
        for (ReadOnlySpan<byte> left = message[1..]; !left.IsEmpty; left = left[AnswerBytes..])
        {
            refused.Add((BinaryPrimitives.ReadInt32LittleEndian(left), BinaryPrimitives.ReadInt64LittleEndian(left[4..])));
        }

        return refused;
    }

    private static void AddTo(List<byte> bytes, in SpoolNews news)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, news.Record.Shard);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], news.Record.Payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], news.Record.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], news.Record.Seq);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], news.Record.HashBefore);
        BinaryPrimitives.WriteInt64LittleEndian(head[32..], news.Record.Hash);
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], news.CommittedThrough);
        bytes.AddRange(head);
        bytes.AddRange(news.Record.Payload.Span);
    }
}

/// <summary>A record that a copy is to keep.</summary>
/// <param name="Record">It.</param>
/// <param name="CommittedThrough">The record of its shard through which the journal is certain to have everything.</param>
internal readonly record struct SpoolNews(SpooledRecord Record, long CommittedThrough);
