using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Reads the <c>Histogram</c> message of remote write.</summary>
internal static class RemoteHistogram
{
    // Finer schemas are merged into the finest that is stored, as Prometheus does.
    private const int SchemaStored = 8;
    private const int SchemaFinest = 52;

    /// <summary>Reads one.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    internal static string? TryRead(WireReader reader, int bucketsMax, out NativeHistogram? histogram, out long timeMs, out long startMs)
    {
        var positive = new ProtobufHistogram.Side();
        var negative = new ProtobufHistogram.Side();
        List<double> bounds = [];
        (histogram, timeMs, startMs) = (null, 0, 0);
        double count = 0, sum = 0, threshold = 0, zeros = 0;
        bool isFloat = false;
        int schema = 0;
        ulong hint = 0;
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Varint): count = reader.ReadVarint(); break;
                case (2, WireReader.Fixed64): count = reader.ReadDouble(); isFloat = true; break;
                case (3, WireReader.Fixed64): sum = reader.ReadDouble(); break;
                case (4, WireReader.Varint): schema = (int)reader.ReadZigZag(); break;
                case (5, WireReader.Fixed64): threshold = reader.ReadDouble(); break;
                case (6, WireReader.Varint): zeros = reader.ReadVarint(); break;
                case (7, WireReader.Fixed64): zeros = reader.ReadDouble(); break;
                case (8, WireReader.Bytes): negative.Spans.Add(ReadSpan(reader.ReadMessage())); break;
                case (9, WireReader.Bytes): ReadDeltas(reader.ReadMessage(), negative.Deltas); break;
                case (9, WireReader.Varint): negative.Deltas.Add(reader.ReadZigZag()); break;
                case (10, WireReader.Bytes): ReadDoubles(reader.ReadMessage(), negative.Counts); break;
                case (10, WireReader.Fixed64): negative.Counts.Add(reader.ReadDouble()); break;
                case (11, WireReader.Bytes): positive.Spans.Add(ReadSpan(reader.ReadMessage())); break;
                case (12, WireReader.Bytes): ReadDeltas(reader.ReadMessage(), positive.Deltas); break;
                case (12, WireReader.Varint): positive.Deltas.Add(reader.ReadZigZag()); break;
                case (13, WireReader.Bytes): ReadDoubles(reader.ReadMessage(), positive.Counts); break;
                case (13, WireReader.Fixed64): positive.Counts.Add(reader.ReadDouble()); break;
                case (14, WireReader.Varint): hint = reader.ReadVarint(); break;
                case (15, WireReader.Varint): timeMs = (long)reader.ReadVarint(); break;
                case (16, WireReader.Bytes): ReadDoubles(reader.ReadMessage(), bounds); break;
                case (16, WireReader.Fixed64): bounds.Add(reader.ReadDouble()); break;
                case (17, WireReader.Varint): startMs = (long)reader.ReadVarint(); break;
                default: reader.Skip(type); break;
            }
        }

        string? above = positive.TryConvert("positive", isFloat, bucketsMax, out BucketSpan[] positiveSpans, out double[] positiveCounts);
        string? below = negative.TryConvert("negative", isFloat, bucketsMax, out BucketSpan[] negativeSpans, out double[] negativeCounts);
        if ((above ?? below) is { } fault)
        {
            return fault;
        }

        NativeHistogram InSchema(int of) => new()
        {
            Schema = of,
            ResetHint = hint switch
            {
                1 => CounterResetHint.Reset,
                2 => CounterResetHint.NotReset,
                3 => CounterResetHint.Gauge,
                _ => CounterResetHint.Unknown,
            },
            ZeroThreshold = threshold,
            ZeroCount = zeros,
            Count = count,
            Sum = sum,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positiveCounts,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negativeCounts,
            CustomBounds = [.. bounds],
        };
        bool finer = schema is > SchemaStored and <= SchemaFinest;
        histogram = InSchema(finer ? SchemaStored : schema);
        if (histogram.IsStale)
        {
            return null;
        }

        if (histogram.Fault() is { } wrong)
        {
            return wrong;
        }

        if (!isFloat && FaultOfCount(histogram) is { } miscounted)
        {
            return miscounted;
        }

        if (finer)
        {
            histogram = InSchema(schema).Coarsened(SchemaStored);
        }

        return null;
    }

    // Of integers only: sums of floats need not come out even.
    private static string? FaultOfCount(NativeHistogram histogram)
    {
        double inBuckets = histogram.ZeroCount + histogram.PositiveBuckets.Sum() + histogram.NegativeBuckets.Sum();
        if (double.IsNaN(histogram.Sum))
        {
            // Observations of NaN are counted and in no bucket.
            return inBuckets > histogram.Count
                ? $"{inBuckets} observations found in buckets, but the Count field is {histogram.Count}: histogram's observation count should be at least the number of observations found in the buckets"
                : null;
        }

        return inBuckets != histogram.Count
            ? $"{inBuckets} observations found in buckets, but the Count field is {histogram.Count}: histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)"
            : null;
    }

    private static BucketSpan ReadSpan(WireReader reader)
    {
        int offset = 0;
        uint length = 0;
        while (reader.TryReadField(out int field, out int type))
        {
            switch (field, type)
            {
                case (1, WireReader.Varint): offset = (int)reader.ReadZigZag(); break;
                case (2, WireReader.Varint): length = (uint)reader.ReadVarint(); break;
                default: reader.Skip(type); break;
            }
        }

        return new BucketSpan(offset, length);
    }

    private static void ReadDeltas(WireReader reader, List<long> to)
    {
        while (!reader.AtEnd)
        {
            to.Add(reader.ReadZigZag());
        }
    }

    private static void ReadDoubles(WireReader reader, List<double> to)
    {
        while (!reader.AtEnd)
        {
            to.Add(reader.ReadDouble());
        }
    }
}
