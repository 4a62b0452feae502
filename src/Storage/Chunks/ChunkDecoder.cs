using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads the samples of a chunk of any encoding into columns. New encodings are added here and nowhere else on the reading side.</summary>
internal static class ChunkDecoder
{
    /// <summary>Samples a chunk holds at most; it is sealed when it has so many.</summary>
    public const int SamplesMax = 120;

    /// <summary>Appends the first samples of a chunk that lie in a range.</summary>
    /// <param name="encoding">How they are written.</param>
    /// <param name="bytes">The chunk.</param>
    /// <param name="firstTime">From its head.</param>
    /// <param name="count">How many samples to look at, from the first on.</param>
    /// <param name="range">Which of these to append.</param>
    /// <param name="into">Where they go.</param>
    /// <param name="newestOnly">Whether only the last of them is wanted; others may come before it.</param>
    /// <exception cref="FormatException">The bytes are not a chunk.</exception>
    public static void Read(
        ChunkEncoding encoding, ReadOnlySpan<byte> bytes, long firstTime, int count, TimeRange range, SampleColumns into, bool newestOnly = false)
    {
        switch (encoding)
        {
            case ChunkEncoding.Gorilla:
                ReadFloats(bytes, firstTime, count, range, into);
                break;
            case ChunkEncoding.GorillaStart:
                ReadFloatsWithStarts(bytes, firstTime, count, range, into);
                break;
            case ChunkEncoding.Histogram:
                ReadHistograms(bytes, firstTime, count, range, into);
                break;
            case ChunkEncoding.Columns:
            case ChunkEncoding.ScaledColumns:
                ReadColumns(encoding, bytes, firstTime, count, range, newestOnly, into);
                break;
            default:
                throw new FormatException($"a chunk has encoding {(byte)encoding}, which this version does not know");
        }
    }

    private static void ReadFloats(ReadOnlySpan<byte> bytes, long firstTime, int count, TimeRange range, SampleColumns into)
    {
        into.Reserve(count, out Span<long> times, out Span<double> values);
        times = times[..count];
        values = values[..count];
        var bits = new BitReader(bytes);
        GorillaStream.Decode(ref bits, firstTime, times, values, out _);
        if (bits.IsPastEnd)
        {
            throw new FormatException("a chunk ends inside a sample");
        }

        Keep(times, values, count, range, into);
    }

    private static void ReadColumns(
        ChunkEncoding encoding, ReadOnlySpan<byte> bytes, long firstTime, int count, TimeRange range, bool newestOnly, SampleColumns into)
    {
        var reader = new ByteReader(bytes);
        int all = ColumnChunk.Count(ref reader);
        if (count > all)
        {
            throw new FormatException($"a chunk has {all} samples, not {count}");
        }

        ColumnChunk.Read(encoding, ref reader, all, firstTime, count, range, newestOnly, into);
    }

    private static void Keep(Span<long> times, Span<double> values, int count, TimeRange range, SampleColumns into)
    {
        int end = count;
        while (end > 0 && times[end - 1] > range.Through)
        {
            end--;
        }

        int start = 0;
        while (start < end && times[start] <= range.After)
        {
            start++;
        }

        if (start > 0)
        {
            times[start..end].CopyTo(times);
            values[start..end].CopyTo(values);
        }

        into.Advance(end - start);
    }

    private static void ReadFloatsWithStarts(ReadOnlySpan<byte> bytes, long firstTime, int count, TimeRange range, SampleColumns into)
    {
        var bits = new BitReader(bytes);
        var tail = new GorillaTail { Leading = GorillaTail.NoWindow };
        long start = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0)
            {
                tail.Time = firstTime;
                tail.Value = bits.Read(64);
            }
            else
            {
                GorillaStream.DecodeNext(ref bits, ref tail);
            }

            if (bits.Read(1) != 0)
            {
                start = (long)bits.Read(64);
            }

            if (bits.IsPastEnd)
            {
                throw new FormatException("a chunk ends inside a sample");
            }

            if (range.Contains(tail.Time))
            {
                into.Add(tail.Time, BitConverter.UInt64BitsToDouble(tail.Value));
                if (start != 0)
                {
                    into.SetStartTime(start);
                }
            }
        }
    }

    private static void ReadHistograms(ReadOnlySpan<byte> bytes, long firstTime, int count, TimeRange range, SampleColumns into)
    {
        var reader = new ByteReader(bytes);
        long time = firstTime;
        for (int i = 0; i < count; i++)
        {
            time = unchecked(time + reader.Zigzag());
            long start = reader.Zigzag();
            ReadOnlySpan<byte> sample = reader.Bytes(reader.Count(int.MaxValue));
            if (range.Contains(time))
            {
                var histogram = new ByteReader(sample);
                into.Add(time, HistogramCodec.Read(ref histogram));
                if (start != 0)
                {
                    into.SetStartTime(start);
                }
            }
        }
    }
}
