using System.Numerics;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>One native histogram as bytes, standing alone: what the log, the chunks and the snapshots hold.</summary>
/// <remarks>Doubles are written bit for bit, without their trailing zero bytes. docs/formats/chunk.md, "Histogram".</remarks>
internal static class HistogramCodec
{
    /// <summary>Buckets, spans and bounds one histogram may have; 160 are usual. Keeps a sample well below a piece of the arena.</summary>
    public const int BucketsMax = 8192;

    /// <summary>Whether a histogram can be stored: within <see cref="BucketsMax"/>, spans and buckets of one length.</summary>
    public static bool IsStorable(NativeHistogram histogram) =>
        histogram.CustomBounds.Length <= BucketsMax
        && Agree(histogram.PositiveSpans, histogram.PositiveBuckets)
        && Agree(histogram.NegativeSpans, histogram.NegativeBuckets);

    /// <summary>Appends a histogram.</summary>
    public static void Write(ByteWriter to, NativeHistogram histogram)
    {
        to.Zigzag(histogram.Schema);
        to.Byte((byte)histogram.ResetHint);
        Number(to, histogram.ZeroThreshold);
        Number(to, histogram.ZeroCount);
        Number(to, histogram.Count);
        Number(to, histogram.Sum);
        Side(to, histogram.PositiveSpans, histogram.PositiveBuckets);
        Side(to, histogram.NegativeSpans, histogram.NegativeBuckets);
        Numbers(to, histogram.CustomBounds);
    }

    /// <summary>Reads a histogram.</summary>
    /// <exception cref="FormatException">The bytes are not one.</exception>
    public static NativeHistogram Read(ref ByteReader from)
    {
        long schema = from.Zigzag();
        byte hint = from.Byte();
        if (schema is < int.MinValue or > int.MaxValue || hint > (byte)CounterResetHint.Gauge)
        {
            throw new FormatException("a histogram has an impossible schema or reset hint");
        }

        double zeroThreshold = Number(ref from);
        double zeroCount = Number(ref from);
        double count = Number(ref from);
        double sum = Number(ref from);
        (BucketSpan[] positiveSpans, double[] positive) = Side(ref from);
        (BucketSpan[] negativeSpans, double[] negative) = Side(ref from);
        return new NativeHistogram
        {
            Schema = (int)schema,
            ResetHint = (CounterResetHint)hint,
            ZeroThreshold = zeroThreshold,
            ZeroCount = zeroCount,
            Count = count,
            Sum = sum,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negative,
            CustomBounds = Numbers(ref from),
        };
    }

    private static bool Agree(BucketSpan[] spans, double[] buckets)
    {
        long named = 0;
        foreach (BucketSpan span in spans)
        {
            named += span.Length;
        }

        return named == buckets.Length && buckets.Length <= BucketsMax && spans.Length <= BucketsMax;
    }

    private static void Side(ByteWriter to, BucketSpan[] spans, double[] buckets)
    {
        to.Varint(spans.Length);
        foreach (BucketSpan span in spans)
        {
            to.Zigzag(span.Offset);
            to.Varint(span.Length);
        }

        Numbers(to, buckets);
    }

    private static (BucketSpan[] Spans, double[] Buckets) Side(ref ByteReader from)
    {
        int count = from.Count(BucketsMax, 2);
        BucketSpan[] spans = count == 0 ? [] : new BucketSpan[count];
        for (int i = 0; i < count; i++)
        {
            spans[i] = new BucketSpan((int)from.Zigzag(), (uint)from.Varint());
        }

        return (spans, Numbers(ref from));
    }

    private static void Numbers(ByteWriter to, double[] values)
    {
        to.Varint(values.Length);
        foreach (double value in values)
        {
            Number(to, value);
        }
    }

    private static double[] Numbers(ref ByteReader from)
    {
        int count = from.Count(BucketsMax);
        double[] values = count == 0 ? [] : new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Number(ref from);
        }

        return values;
    }

    // A length 0 to 8, then the high bytes of the double: whole numbers are short.
    private static void Number(ByteWriter to, double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int length = bits == 0 ? 0 : 8 - (BitOperations.TrailingZeroCount(bits) / 8);
        to.Byte((byte)length);
        for (int i = 0; i < length; i++)
        {
            to.Byte((byte)(bits >> (56 - (8 * i))));
        }
    }

    private static double Number(ref ByteReader from)
    {
        int length = from.Byte();
        if (length > 8)
        {
            throw new FormatException("a number has more than eight bytes");
        }

        ulong bits = 0;
        for (int i = 0; i < length; i++)
        {
            bits |= (ulong)from.Byte() << (56 - (8 * i));
        }

        return BitConverter.UInt64BitsToDouble(bits);
    }
}
