using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Working space for one protobuf page, reused from metric to metric.</summary>
internal sealed class ProtobufScratch(PageOptions options, PageMemory memory)
{
    private readonly ClassicHistogram _classic = new(options.Limits.BucketsMax);
    private readonly List<Exemplar> _bucketExemplars = [];
    private byte[] _labels = new byte[512];
    private int _labelsLength;
    private byte[] _key = new byte[512];
    private int _labelCount;
    private int _pushed;

    internal ProtobufHistogram Histogram { get; } = new();

    internal List<(double Quantile, double Value)> Quantiles { get; } = [];

    internal List<Exemplar> Exemplars { get; } = [];

    private List<Exemplar?> BucketExemplars { get; } = [];

    /// <summary>Name and text of a metadata line as the memory keeps it.</summary>
    internal ReadOnlySpan<byte> Line(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        int length = 0;
        Write(ref _key, ref length, name);
        Write(ref _key, ref length, [ProtobufKey.Separator]);
        Write(ref _key, ref length, text);
        return _key.AsSpan(0, length);
    }

    internal void BeginMetric()
    {
        _labelsLength = 0;
        _labelCount = 0;
    }

    internal void AddLabel(WireReader pair)
    {
        ReadOnlySpan<byte> name = [];
        ReadOnlySpan<byte> value = [];
        ReadPair(pair, ref name, ref value);
        if (++_labelCount > options.Limits.LabelsMax)
        {
            throw new PageLimitException(nameof(PageLimits.LabelsMax), $"more than {options.Limits.LabelsMax} labels in a metric");
        }

        // The separator is no UTF-8: a name or value with one would make two series look alike.
        if (name.Contains(ProtobufKey.Separator) || value.Contains(ProtobufKey.Separator))
        {
            throw pair.Fault("invalid UTF-8 in a label");
        }

        Write(ref _labels, ref _labelsLength, [ProtobufKey.Separator]);
        Write(ref _labels, ref _labelsLength, name);
        Write(ref _labels, ref _labelsLength, [ProtobufKey.Separator]);
        Write(ref _labels, ref _labelsLength, value);
    }

    internal void AddQuantile(WireReader quantile)
    {
        double at = 0;
        double value = 0;
        while (quantile.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Fixed64):
                    at = quantile.ReadDouble();
                    break;
                case (2, WireReader.Fixed64):
                    value = quantile.ReadDouble();
                    break;
                default:
                    quantile.Skip(wireType);
                    break;
            }
        }

        Quantiles.Add((at, value));
    }

    /// <summary>Reads a Histogram message; returns its start timestamp.</summary>
    internal long ReadHistogram(ref WireReader body)
    {
        Histogram.Clear();
        Exemplars.Clear();
        BucketExemplars.Clear();
        long start = 0;
        while (body.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Varint):
                    Histogram.SampleCount = body.ReadVarint();
                    break;
                case (2, WireReader.Fixed64):
                    Histogram.Sum = body.ReadDouble();
                    break;
                case (3, WireReader.Bytes):
                    AddBucket(body.ReadMessage());
                    break;
                case (4, WireReader.Fixed64):
                    Histogram.SampleCountFloat = body.ReadDouble();
                    break;
                case (5, WireReader.Varint):
                    Histogram.Schema = (int)Math.Clamp(body.ReadZigZag(), int.MinValue, int.MaxValue);
                    break;
                case (6, WireReader.Fixed64):
                    Histogram.ZeroThreshold = body.ReadDouble();
                    break;
                case (7, WireReader.Varint):
                    Histogram.ZeroCount = body.ReadVarint();
                    break;
                case (8, WireReader.Fixed64):
                    Histogram.ZeroCountFloat = body.ReadDouble();
                    break;
                case (9 or 12, WireReader.Bytes):
                    AddSpan(body.ReadMessage(), field == 9 ? Histogram.Negative : Histogram.Positive);
                    break;
                case (10 or 13, WireReader.Varint or WireReader.Bytes):
                    AddDeltas(ref body, wireType, (field == 10 ? Histogram.Negative : Histogram.Positive).Deltas);
                    break;
                case (11 or 14, WireReader.Fixed64 or WireReader.Bytes):
                    AddCounts(ref body, wireType, (field == 11 ? Histogram.Negative : Histogram.Positive).Counts);
                    break;
                case (15, WireReader.Bytes):
                    start = ProtobufParser.ReadTimestamp(body.ReadMessage());
                    break;
                case (16, WireReader.Bytes):
                    // Without a time they cannot be told apart from the last scrape's: Prometheus leaves them out.
                    ReadExemplar(body.ReadMessage(), timedOnly: true);
                    break;
                default:
                    body.Skip(wireType);
                    break;
            }
        }

        return start;
    }

    /// <summary>Reads an exemplar into <see cref="Exemplars"/>.</summary>
    internal void ReadExemplar(WireReader message, bool timedOnly)
    {
        Exemplar exemplar = ReadExemplar(message);
        if (!timedOnly || exemplar.At is not null)
        {
            Exemplars.Add(exemplar);
        }
    }

    internal void PickBucketExemplar(int bucket, ref PageSample sample)
    {
        _bucketExemplars.Clear();
        if (BucketExemplars[bucket] is { } exemplar)
        {
            _bucketExemplars.Add(exemplar);
            sample.ExemplarList = _bucketExemplars;
            sample.HasExemplars = true;
        }
    }

    internal NativeHistogram? ConvertClassic(bool gauge)
    {
        _classic.Clear();
        _classic.Count = Histogram.Count;
        _classic.Sum = Histogram.Sum;
        foreach ((double bound, double cumulative) in Histogram.Buckets)
        {
            if (double.IsNaN(bound))
            {
                return null;
            }

            _classic.AddBucket(bound, cumulative);
        }

        return _classic.Convert(gauge ? CounterResetHint.Gauge : CounterResetHint.Unknown);
    }

    /// <summary>Pushes a number.</summary>
    /// <param name="name">Of the family.</param>
    /// <param name="suffix">Added to the name.</param>
    /// <param name="extraName">An additional label, or empty.</param>
    /// <param name="extraValue">Its value.</param>
    /// <param name="value">The sample's.</param>
    /// <param name="sample">Time and exemplars are set already.</param>
    /// <param name="sink">Where to.</param>
    internal void Push<TSink>(
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> extraName,
        double extraValue,
        double value,
        ref PageSample sample,
        ref TSink sink)
        where TSink : struct, IPageSink
    {
        int length = 0;
        Write(ref _key, ref length, name);
        Write(ref _key, ref length, suffix);
        Write(ref _key, ref length, _labels.AsSpan(0, _labelsLength));
        if (!extraName.IsEmpty)
        {
            Span<byte> number = stackalloc byte[40];
            Write(ref _key, ref length, [ProtobufKey.Separator]);
            Write(ref _key, ref length, extraName);
            Write(ref _key, ref length, [ProtobufKey.Separator]);
            Write(ref _key, ref length, number[..FloatText.FormatCanonical(extraValue, number)]);
        }

        sample.Value = value;
        sample.Histogram = null;
        Push(memory, _key.AsSpan(0, length), ref sample, ref sink);
    }

    internal void PushHistogram<TSink>(
        ReadOnlySpan<byte> name, NativeHistogram histogram, bool derived, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink
    {
        int length = 0;
        Write(ref _key, ref length, name);
        Write(ref _key, ref length, _labels.AsSpan(0, _labelsLength));
        if (Exemplars.Count == 0)
        {
            foreach (Exemplar? exemplar in BucketExemplars)
            {
                if (exemplar?.At is not null)
                {
                    Exemplars.Add(exemplar);
                }
            }
        }

        sample.Value = 0;
        sample.Histogram = histogram;
        sample.HasExemplars = Exemplars.Count > 0;
        sample.ExemplarList = Exemplars;
        sample.IsDerived = derived;
        Push(derived ? memory.Derived : memory, _key.AsSpan(0, length), ref sample, ref sink);
        sample.IsDerived = false;
        sample.HasExemplars = false;
        sample.Histogram = null;
    }

    private static void ReadPair(WireReader pair, ref ReadOnlySpan<byte> name, ref ReadOnlySpan<byte> value)
    {
        while (pair.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Bytes):
                    name = pair.ReadBytes();
                    break;
                case (2, WireReader.Bytes):
                    value = pair.ReadBytes();
                    break;
                default:
                    pair.Skip(wireType);
                    break;
            }
        }
    }

    private static void AddSpan(WireReader span, ProtobufHistogram.Side side)
    {
        int offset = 0;
        uint length = 0;
        while (span.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Varint):
                    offset = (int)Math.Clamp(span.ReadZigZag(), int.MinValue, int.MaxValue);
                    break;
                case (2, WireReader.Varint):
                    length = (uint)Math.Min(span.ReadVarint(), uint.MaxValue);
                    break;
                default:
                    span.Skip(wireType);
                    break;
            }
        }

        side.Spans.Add(new BucketSpan(offset, length));
    }

    private static void AddDeltas(ref WireReader body, int wireType, List<long> deltas)
    {
        if (wireType == WireReader.Varint)
        {
            deltas.Add(body.ReadZigZag());
            return;
        }

        WireReader packed = body.ReadMessage();
        while (!packed.AtEnd)
        {
            deltas.Add(packed.ReadZigZag());
        }
    }

    private static void AddCounts(ref WireReader body, int wireType, List<double> counts)
    {
        if (wireType == WireReader.Fixed64)
        {
            counts.Add(body.ReadDouble());
            return;
        }

        WireReader packed = body.ReadMessage();
        while (!packed.AtEnd)
        {
            counts.Add(packed.ReadDouble());
        }
    }

    private static void Write(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes.Length));
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private void AddBucket(WireReader bucket)
    {
        ulong count = 0;
        double countFloat = 0;
        double bound = 0;
        Exemplar? exemplar = null;
        while (bucket.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Varint):
                    count = bucket.ReadVarint();
                    break;
                case (2, WireReader.Fixed64):
                    bound = bucket.ReadDouble();
                    break;
                case (3, WireReader.Bytes):
                    exemplar = ReadExemplar(bucket.ReadMessage());
                    break;
                case (4, WireReader.Fixed64):
                    countFloat = bucket.ReadDouble();
                    break;
                default:
                    bucket.Skip(wireType);
                    break;
            }
        }

        Histogram.Buckets.Add((bound, countFloat != 0 ? countFloat : count));
        BucketExemplars.Add(exemplar);
    }

    private Exemplar ReadExemplar(WireReader message)
    {
        var labels = new LabelsBuilder();
        double value = 0;
        Timestamp? at = null;
        while (message.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Bytes):
                    ReadOnlySpan<byte> name = [];
                    ReadOnlySpan<byte> text = [];
                    ReadPair(message.ReadMessage(), ref name, ref text);
                    if (!name.IsEmpty && name.Length <= options.Limits.NameBytesMax && text.Length <= options.Limits.ValueBytesMax
                        && labels.Count < options.Limits.LabelsMax)
                    {
                        labels.Set(LabelStrings.Of(name), LabelStrings.Of(text));
                    }

                    break;
                case (2, WireReader.Fixed64):
                    value = message.ReadDouble();
                    break;
                case (3, WireReader.Bytes):
                    at = new Timestamp(ProtobufParser.ReadTimestamp(message.ReadMessage()));
                    break;
                default:
                    message.Skip(wireType);
                    break;
            }
        }

        return new Exemplar(labels.ToLabels(), value, at);
    }

    private void Push<TSink>(PageMemory texts, ReadOnlySpan<byte> key, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink
    {
        if (++_pushed > options.Limits.SamplesMax)
        {
            throw new PageLimitException(nameof(PageLimits.SamplesMax), $"more than {options.Limits.SamplesMax} samples in a page");
        }

        sample.Id = texts.FindWhole(key, PageMemory.Kind.Series, 0, out bool isNew);
        sample.IsNew = isNew;
        sample.Text = key;
        sink.Sample(in sample);
    }
}
