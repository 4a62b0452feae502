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
    public static IEnumerable<NodeMessage> Write(IReadOnlyList<CommittedRecord> records)
    {
        int first = 0;
        while (first < records.Count)
        {
            // As large as what goes into it: messages are many and mostly small.
            int length = 1;
            int end = first;
            while (end < records.Count && (NeededFor(records[end]) is var needed && (needed > BytesMax || length + needed <= 1 + BytesMax)))
            {
                length += needed > BytesMax ? 0 : needed;
                end++;
            }

            if (length > 1)
            {
                yield return new NodeMessage(Number, Together(records, first, end, length));
            }

            first = end;
        }
    }

    private static int NeededFor(CommittedRecord record) => HeadBytes + record.Record.Payload.Length;

    private static byte[] Together(IReadOnlyList<CommittedRecord> records, int first, int end, int length)
    {
        var bytes = new byte[length];
        bytes[0] = Version;
        Span<byte> left = bytes.AsSpan(1);
        for (int i = first; i < end; i++)
        {
            (int shard, JournalRecord record) = records[i];
            if (NeededFor(records[i]) > BytesMax)
            {
                continue;
            }

            BinaryPrimitives.WriteInt32LittleEndian(left, shard);
            BinaryPrimitives.WriteInt64LittleEndian(left[4..], record.Epoch);
            BinaryPrimitives.WriteInt64LittleEndian(left[12..], record.Seq);
            BinaryPrimitives.WriteInt64LittleEndian(left[20..], record.Hash);
            BinaryPrimitives.WriteInt32LittleEndian(left[28..], record.Payload.Length);
            record.Payload.Span.CopyTo(left[HeadBytes..]);
            left = left[(HeadBytes + record.Payload.Length)..];
        }

        return bytes;
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
