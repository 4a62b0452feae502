using System.Buffers.Binary;

namespace Pleiad.Storage;

/// <summary>Finds the sound records of a segment, and what lies between them. Pure: bytes in, findings out.</summary>
internal sealed class SegmentScan
{
    private SegmentScan(List<FoundRecord> records, List<(int Start, int End)> damaged, int soundEnd)
    {
        Records = records;
        Damaged = damaged;
        SoundEnd = soundEnd;
    }

    /// <summary>Sound records, in the order they lie in.</summary>
    public List<FoundRecord> Records { get; }

    /// <summary>Bytes before a sound record that are none.</summary>
    public List<(int Start, int End)> Damaged { get; }

    /// <summary>Where the last sound record ends: what is behind it is a torn tail, or damage too.</summary>
    public int SoundEnd { get; }

    /// <summary>Scans a segment.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="start">Where the first record should begin.</param>
    public static SegmentScan Of(ReadOnlySpan<byte> bytes, int start)
    {
        var records = new List<FoundRecord>();
        var damaged = new List<(int, int)>();
        int at = start;
        int soundEnd = start;
        while (at < bytes.Length)
        {
            if (SegmentFormat.TryReadRecord(bytes[at..], out RecordHead head, out int length))
            {
                if (at > soundEnd)
                {
                    damaged.Add((soundEnd, at));
                }

                records.Add(new FoundRecord(head, at + SegmentFormat.RecordHeadBytes, length - SegmentFormat.RecordHeadBytes));
                at += length;
                soundEnd = at;
            }
            else
            {
                int next = IndexOfMark(bytes[(at + 1)..]);
                if (next < 0)
                {
                    break;
                }

                at += 1 + next;
            }
        }

        return new SegmentScan(records, damaged, soundEnd);
    }

    private static int IndexOfMark(ReadOnlySpan<byte> bytes)
    {
        Span<byte> mark = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, SegmentFormat.RecordMark);
        return bytes.IndexOf(mark);
    }
}

/// <summary>A sound record in a segment.</summary>
/// <param name="Head">What it says of itself.</param>
/// <param name="Start">Where its payload begins.</param>
/// <param name="Length">Bytes of the payload.</param>
internal readonly record struct FoundRecord(RecordHead Head, int Start, int Length);
