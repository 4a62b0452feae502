using System.Buffers;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Writes samples as <c>io.prometheus.client.MetricFamily</c> messages, each behind its length, which is the protobuf format of pages. Not thread-safe.</summary>
/// <param name="to">Where to.</param>
/// <remarks>prometheus/client_model, io/prometheus/client/metrics.proto: the numbers of fields and types are its.</remarks>
public sealed class MetricFamilyWriter(IBufferWriter<byte> to)
{
    private const ulong Untyped = 3;
    private const ulong HistogramType = 4;
    private const ulong GaugeHistogram = 5;

    private readonly ProtoWriter _family = new();
    private readonly ProtoWriter _metric = new();
    private readonly ProtoWriter _value = new();
    private readonly ProtoWriter _inner = new();
    private string _name = string.Empty;
    private ulong _type;

    /// <summary>Adds a float of no type.</summary>
    /// <param name="name">Of the metric. Those of one metric come one behind the other.</param>
    /// <param name="labels">Without the name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="at">Its time.</param>
    public void Sample(string name, ReadOnlySpan<Label> labels, double value, Timestamp at)
    {
        BeginMetric(name, Untyped, labels);
        _value.Clear();
        _value.Double(1, value);
        _metric.Bytes(5, _value.Written);
        EndMetric(at);
    }

    /// <summary>Adds a native histogram, as one of floats: it says the same of one of integers.</summary>
    /// <param name="name">As above.</param>
    /// <param name="labels">As above.</param>
    /// <param name="histogram">Of exponential buckets: the format has no others.</param>
    /// <param name="at">Its time.</param>
    public void Sample(string name, ReadOnlySpan<Label> labels, NativeHistogram histogram, Timestamp at)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        BeginMetric(name, histogram.ResetHint == CounterResetHint.Gauge ? GaugeHistogram : HistogramType, labels);
        _value.Clear();
        _value.Double(2, histogram.Sum);
        _value.Double(4, histogram.Count);
        _value.ZigZag(5, histogram.Schema);
        _value.Double(6, histogram.ZeroThreshold);
        _value.Double(8, histogram.ZeroCount);

        // Readers take one that counts nothing for one of integers, whose buckets would stand elsewhere.
        bool counts = histogram.Count > 0 || histogram.ZeroCount > 0;
        if (counts)
        {
            Side(9, 11, histogram.NegativeSpans, histogram.NegativeBuckets);
            Side(12, 14, histogram.PositiveSpans, histogram.PositiveBuckets);
        }

        if (!counts || (histogram.NegativeSpans.Length == 0 && histogram.PositiveSpans.Length == 0 && histogram.ZeroThreshold == 0))
        {
            // An empty span says that it is none of the classic ones.
            _value.Bytes(12, []);
        }

        _metric.Bytes(7, _value.Written);
        EndMetric(at);
    }

    /// <summary>Writes what is left.</summary>
    public void End()
    {
        if (_name.Length > 0)
        {
            _inner.Clear();
            _inner.Raw((ulong)_family.Written.Length);
            to.Write(_inner.Written);
            to.Write(_family.Written);
            _name = string.Empty;
        }
    }

    private void BeginMetric(string name, ulong type, ReadOnlySpan<Label> labels)
    {
        if (name != _name || type != _type)
        {
            End();
            _family.Clear();
            _family.Text(1, name);
            _family.Varint(3, type);
            (_name, _type) = (name, type);
        }

        _metric.Clear();
        foreach (Label label in labels)
        {
            _inner.Clear();
            _inner.Text(1, label.Name);
            _inner.Text(2, label.Value);
            _metric.Bytes(1, _inner.Written);
        }
    }

    private void EndMetric(Timestamp at)
    {
        _metric.Varint(6, (ulong)at.Milliseconds);
        _family.Bytes(4, _metric.Written);
    }

    private void Side(int spansField, int countsField, BucketSpan[] spans, double[] counts)
    {
        foreach (BucketSpan span in spans)
        {
            _inner.Clear();
            _inner.ZigZag(1, span.Offset);
            _inner.Varint(2, span.Length);
            _value.Bytes(spansField, _inner.Written);
        }

        if (counts.Length > 0)
        {
            _inner.Clear();
            foreach (double count in counts)
            {
                _inner.RawDouble(count);
            }

            _value.Bytes(countsField, _inner.Written);
        }
    }
}
