using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Writes the <c>Histogram</c> message that remote read and remote write share. Reused; not thread-safe.</summary>
/// <remarks>As a histogram of floats: it says the same of one of integers, and readers take either.</remarks>
internal sealed class HistogramMessage
{
    private readonly ProtoWriter _packed = new();

    /// <summary>Appends the fields of the message.</summary>
    /// <param name="to">Cleared by the caller.</param>
    /// <param name="histogram">What is written.</param>
    /// <param name="timeMs">Of the sample, milliseconds since the epoch.</param>
    /// <param name="startMs">When its counts began; 0 where nobody knows. Only remote write 2.0 has a field for it.</param>
    public void Write(ProtoWriter to, NativeHistogram histogram, long timeMs, long startMs = 0)
    {
        to.Double(2, histogram.Count);
        to.Double(3, histogram.Sum);
        to.ZigZag(4, histogram.Schema);
        to.Double(5, histogram.ZeroThreshold);
        to.Double(7, histogram.ZeroCount);
        WriteSide(to, 8, 10, histogram.NegativeSpans, histogram.NegativeBuckets);
        WriteSide(to, 11, 13, histogram.PositiveSpans, histogram.PositiveBuckets);
        to.Varint(14, histogram.ResetHint switch
        {
            CounterResetHint.Reset => 1UL,
            CounterResetHint.NotReset => 2UL,
            CounterResetHint.Gauge => 3UL,
            _ => 0UL,
        });
        to.Varint(15, (ulong)timeMs);
        WriteDoubles(to, 16, histogram.CustomBounds);
        to.Varint(17, (ulong)startMs);
    }

    private void WriteSide(ProtoWriter to, int spansField, int countsField, BucketSpan[] spans, double[] counts)
    {
        foreach (BucketSpan span in spans)
        {
            _packed.Clear();
            _packed.ZigZag(1, span.Offset);
            _packed.Varint(2, span.Length);
            to.Bytes(spansField, _packed.Written);
        }

        WriteDoubles(to, countsField, counts);
    }

    private void WriteDoubles(ProtoWriter to, int field, double[] values)
    {
        if (values.Length == 0)
        {
            return;
        }

        _packed.Clear();
        foreach (double value in values)
        {
            _packed.RawDouble(value);
        }

        to.Bytes(field, _packed.Written);
    }
}
