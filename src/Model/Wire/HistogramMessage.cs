namespace Pleiad.Model;

/// <summary>A native histogram on its way to another node, bit for bit: also one that arithmetic has made and no page could bring.</summary>
public static class HistogramMessage
{
    /// <summary>Writes it into a field of a message.</summary>
    /// <param name="histogram">Null becomes a message without content.</param>
    public static void Write(MessageWriter into, int field, NativeHistogram? histogram)
    {
        int mark = into.Begin(field);
        if (histogram is not null)
        {
            into.Double(6, histogram.Sum);
            into.Signed(1, histogram.Schema);
            into.Number(2, (ulong)histogram.ResetHint);
            into.Double(3, histogram.ZeroThreshold);
            into.Double(4, histogram.ZeroCount);
            into.Double(5, histogram.Count);
            Side(into, 7, histogram.PositiveSpans, histogram.PositiveBuckets);
            Side(into, 10, histogram.NegativeSpans, histogram.NegativeBuckets);
            into.Column<double>(13, histogram.CustomBounds);
        }

        into.End(mark);
    }

    /// <summary>Reads one; null where there is none.</summary>
    /// <exception cref="WireFormatException">Its parts do not belong together.</exception>
    public static NativeHistogram? Read(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
        {
            return null;
        }

        long schema = 0;
        int hint = 0;
        double zeroThreshold = 0;
        double zeroCount = 0;
        double count = 0;
        double sum = 0;
        List<int>[] spans = [[], [], [], []];
        double[] positive = [];
        double[] negative = [];
        double[] bounds = [];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    schema = reader.Signed();
                    break;
                case 2:
                    hint = reader.Number((int)CounterResetHint.Gauge);
                    break;
                case 3:
                    zeroThreshold = reader.Double();
                    break;
                case 4:
                    zeroCount = reader.Double();
                    break;
                case 5:
                    count = reader.Double();
                    break;
                case 6:
                    sum = reader.Double();
                    break;
                case 7 or 8:
                    reader.Numbers(spans[field - 7]);
                    break;
                case 9:
                    positive = reader.Column<double>();
                    break;
                case 10 or 11:
                    reader.Numbers(spans[field - 8]);
                    break;
                case 12:
                    negative = reader.Column<double>();
                    break;
                case 13:
                    bounds = reader.Column<double>();
                    break;
            }
        }

        if (schema is < int.MinValue or > int.MaxValue || !NativeHistogram.IsKnownSchema((int)schema))
        {
            throw new WireFormatException($"a histogram of schema {schema}");
        }

        return new NativeHistogram
        {
            Schema = (int)schema,
            ResetHint = (CounterResetHint)hint,
            ZeroThreshold = zeroThreshold,
            ZeroCount = zeroCount,
            Count = count,
            Sum = sum,
            PositiveSpans = Spans(spans[0], spans[1], positive.Length),
            PositiveBuckets = positive,
            NegativeSpans = Spans(spans[2], spans[3], negative.Length),
            NegativeBuckets = negative,
            CustomBounds = bounds,
        };
    }

    private static void Side(MessageWriter into, int field, BucketSpan[] spans, double[] buckets)
    {
        if (spans.Length > 0)
        {
            into.Numbers(field, Array.ConvertAll(spans, static span => (span.Offset << 1) ^ (span.Offset >> 31)));
            into.Numbers(field + 1, Array.ConvertAll(spans, static span => (int)span.Length));
        }

        into.Column<double>(field + 2, buckets);
    }

    private static BucketSpan[] Spans(List<int> offsets, List<int> lengths, int buckets)
    {
        if (offsets.Count != lengths.Count || lengths.Sum(static length => (long)(uint)length) != buckets)
        {
            throw new WireFormatException($"spans of other lengths than {buckets} buckets");
        }

        var spans = new BucketSpan[offsets.Count];
        for (int i = 0; i < spans.Length; i++)
        {
            spans[i] = new BucketSpan((offsets[i] >>> 1) ^ -(offsets[i] & 1), (uint)lengths[i]);
        }

        return spans;
    }
}
