using System.Buffers.Binary;
using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Committed records on their way from a leader to those who copy its shards: version byte, then for each record fixed fields, little-endian, and its payload.</summary>
internal static class RecordsWire
{
    /// <summary>A message: these records are committed.</summary>
    public const ushort Number = NodeMessages.ReplicationFrom + 4;

    /// <summary>Bytes of one message; a longer record is not sent, and read from the journal.</summary>
    public const int BytesMax = 512 * 1024;

    /// <summary>Bytes that a record takes beside its payload.</summary>
    public const int HeadBytes = 32;

    private const byte Version = 1;

    /// <summary>Cuts records into messages, in their order.</summary>
    public static IEnumerable<NodeMessage> Write(IEnumerable<CommittedRecord> records)
    {
        var bytes = new byte[1 + BytesMax];
        bytes[0] = Version;
        int length = 1;
        foreach ((int shard, JournalRecord record) in records)
        {
            int needed = HeadBytes + record.Payload.Length;
            if (needed > BytesMax)
            {
                continue;
            }

            if (length + needed > bytes.Length)
            {
                yield return new NodeMessage(Number, bytes.AsMemory(0, length));
                bytes = new byte[1 + BytesMax];
                bytes[0] = Version;
                length = 1;
            }

            Span<byte> head = bytes.AsSpan(length);
            BinaryPrimitives.WriteInt32LittleEndian(head, shard);
            BinaryPrimitives.WriteInt64LittleEndian(head[4..], record.Epoch);
            BinaryPrimitives.WriteInt64LittleEndian(head[12..], record.Seq);
            BinaryPrimitives.WriteInt64LittleEndian(head[20..], record.Hash);
            BinaryPrimitives.WriteInt32LittleEndian(head[28..], record.Payload.Length);
            record.Payload.Span.CopyTo(head[HeadBytes..]);
            length += needed;
        }

        if (length > 1)
        {
            yield return new NodeMessage(Number, bytes.AsMemory(0, length));
        }
    }

    /// <summary>The records of a message.</summary>
    /// <param name="message">Stays the caller's.</param>
    /// <param name="shards">How many shards there are.</param>
    /// <exception cref="IOException">It is none.</exception>
    public static IReadOnlyList<CommittedRecord> Read(ReadOnlySpan<byte> message, int shards)
    {
        if (message.IsEmpty || message[0] != Version)
        {
            throw new IOException("records of a version that is not known here");
        }

        var records = new List<CommittedRecord>();
        ReadOnlySpan<byte> left = message[1..];
        while (!left.IsEmpty)
        {
            if (left.Length < HeadBytes)
            {
                throw new IOException("records that are cut short");
            }

            int shard = BinaryPrimitives.ReadInt32LittleEndian(left);
            int length = BinaryPrimitives.ReadInt32LittleEndian(left[28..]);
            long seq = BinaryPrimitives.ReadInt64LittleEndian(left[12..]);
            if ((uint)shard >= (uint)shards || seq < 1 || length < 0 || length > left.Length - HeadBytes)
            {
                throw new IOException($"record {seq} of shard {shard} with {length} bytes");
            }

            records.Add(new CommittedRecord(shard, new JournalRecord(
                seq, BinaryPrimitives.ReadInt64LittleEndian(left[4..]), BinaryPrimitives.ReadInt64LittleEndian(left[20..]), left.Slice(HeadBytes, length).ToArray())));
            left = left[(HeadBytes + length)..];
        }

        return records;
    }
}

/// <summary>A record of a shard's journal that is committed.</summary>
internal readonly record struct CommittedRecord(int Shard, JournalRecord Record);
