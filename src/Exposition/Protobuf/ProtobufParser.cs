using System.Text;
using System.Text.Unicode;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Delimited <c>io.prometheus.client.MetricFamily</c> messages, read off the wire without building them.</summary>
/// <remarks>
/// Field numbers: prometheus/client_model, metrics.proto. What becomes of a histogram: native if it has native parts (unless ignored),
/// else its classic series; both where asked for; and the conversion to custom buckets where it has no native parts.
/// Fields come in any order, so a family is gone over twice: once for its head, once for its metrics.
/// </remarks>
internal static class ProtobufParser
{
    // One family may hold many lines' worth.
    private const int LinesAFamily = 16;

    private static ReadOnlySpan<byte> CountSuffix => "_count"u8;

    private static ReadOnlySpan<byte> SumSuffix => "_sum"u8;

    private static ReadOnlySpan<byte> BucketSuffix => "_bucket"u8;

    internal static void Parse<TSink>(ReadOnlySpan<byte> page, PageOptions options, PageMemory memory, ref TSink sink)
        where TSink : struct, IPageSink
    {
        var scratch = new ProtobufScratch(options, memory);
        if (options.ConvertClassicHistograms)
        {
            memory.Derived.Begin(PageFormat.Protobuf, options.Limits);
        }

        var sample = new PageSample { Format = PageFormat.Protobuf, Options = options, Page = page };
        var families = new WireReader(page, 0, 1);
        int number = 0;
        while (!families.AtEnd)
        {
            number++;
            WireReader family = families.ReadMessage(number);
            if (family.Length > (long)options.Limits.LineBytesMax * LinesAFamily)
            {
                throw new PageLimitException(
                    nameof(PageLimits.LineBytesMax), $"metric family {number} has {family.Length} bytes; the limit is {LinesAFamily} lines");
            }

            FamilyHead head = ReadHead(family);
            if (!head.HasMetrics)
            {
                continue;
            }

            Check(in head, in family);
            sample.Type = head.Type;
            sample.Unit = head.Unit;
            PushHead(in head, scratch, memory, ref sink);
            while (family.TryReadField(out int field, out int wireType))
            {
                if (field == 4 && wireType == WireReader.Bytes)
                {
                    PushMetric(family.ReadMessage(), in head, scratch, ref sample, ref sink);
                }
                else
                {
                    family.Skip(wireType);
                }
            }
        }
    }

    private static FamilyHead ReadHead(WireReader family)
    {
        FamilyHead head = default;
        int type = 0;
        while (family.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Bytes):
                    head.Name = family.ReadBytes();
                    break;
                case (2, WireReader.Bytes):
                    head.Help = family.ReadBytes();
                    break;
                case (3, WireReader.Varint):
                    type = (int)Math.Min(family.ReadVarint(), 99);
                    break;
                case (4, WireReader.Bytes):
                    family.ReadBytes();
                    head.HasMetrics = true;
                    break;
                case (5, WireReader.Bytes):
                    head.Unit = family.ReadBytes();
                    break;
                default:
                    family.Skip(wireType);
                    break;
            }
        }

        head.Type = type switch
        {
            0 => MetricType.Counter,
            1 => MetricType.Gauge,
            2 => MetricType.Summary,
            3 => MetricType.Unknown,
            4 => MetricType.Histogram,
            5 => MetricType.GaugeHistogram,
            _ => throw family.Fault($"unknown metric type {type}"),
        };
        return head;
    }

    private static void Check(in FamilyHead head, in WireReader family)
    {
        if (head.Name.IsEmpty || !Utf8.IsValid(head.Name))
        {
            throw family.Fault("invalid metric name");
        }

        if (!Utf8.IsValid(head.Help) || !Utf8.IsValid(head.Unit))
        {
            throw family.Fault("invalid UTF-8 in help or unit");
        }

        if (head.Unit.IsEmpty)
        {
            return;
        }

        ReadOnlySpan<byte> name = head.Type == MetricType.Counter && head.Name.EndsWith("_total"u8) ? head.Name[..^"_total".Length] : head.Name;
        if (name.Length <= head.Unit.Length || !name.EndsWith(head.Unit) || name[name.Length - head.Unit.Length - 1] != (byte)'_')
        {
            throw family.Fault($"unit \"{TextParser.Printable(head.Unit)}\" not a suffix of metric \"{TextParser.Printable(head.Name)}\"");
        }
    }

    private static void PushHead<TSink>(in FamilyHead head, ProtobufScratch scratch, PageMemory memory, ref TSink sink)
        where TSink : struct, IPageSink
    {
        memory.FindWhole(scratch.Line(head.Name, head.Help), PageMemory.Kind.Help, 0, out _);
        if (!head.Unit.IsEmpty)
        {
            memory.FindWhole(scratch.Line(head.Name, head.Unit), PageMemory.Kind.Unit, 0, out _);
        }

        memory.FindWhole(scratch.Line(head.Name, []), PageMemory.Kind.Type, (byte)head.Type, out _);
        if (TSink.WantsMetadata)
        {
            sink.Help(head.Name, Encoding.UTF8.GetString(head.Help));
            if (!head.Unit.IsEmpty)
            {
                sink.Unit(head.Name, Encoding.UTF8.GetString(head.Unit));
            }

            sink.Type(head.Name, head.Type);
        }
    }

    private static void PushMetric<TSink>(
        WireReader metric, in FamilyHead head, ProtobufScratch scratch, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink
    {
        scratch.BeginMetric();
        WireReader body = default;
        long time = 0;
        int bodyField = head.Type switch
        {
            MetricType.Gauge => 2,
            MetricType.Counter => 3,
            MetricType.Summary => 4,
            MetricType.Unknown => 5,
            _ => 7,
        };
        while (metric.TryReadField(out int field, out int wireType))
        {
            if (field == 1 && wireType == WireReader.Bytes)
            {
                scratch.AddLabel(metric.ReadMessage());
            }
            else if (field == bodyField && wireType == WireReader.Bytes)
            {
                body = metric.ReadMessage();
            }
            else if (field == 6 && wireType == WireReader.Varint)
            {
                time = (long)metric.ReadVarint();
            }
            else
            {
                metric.Skip(wireType);
            }
        }

        // Zero means "no time": the field cannot be told from an absent one.
        sample.HasTime = time != 0;
        sample.TimeMs = time;
        sample.StartMs = 0;
        sample.HasExemplars = false;
        sample.ExemplarList = null;
        switch (head.Type)
        {
            case MetricType.Summary:
                PushSummary(body, in head, scratch, ref sample, ref sink);
                break;
            case MetricType.Histogram:
            case MetricType.GaugeHistogram:
                PushHistogram(body, in head, scratch, ref sample, ref sink);
                break;
            default:
                PushNumber(body, in head, scratch, ref sample, ref sink);
                break;
        }
    }

    private static void PushNumber<TSink>(
        WireReader body, in FamilyHead head, ProtobufScratch scratch, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink
    {
        double value = 0;
        while (body.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Fixed64):
                    value = body.ReadDouble();
                    break;
                case (2, WireReader.Bytes) when head.Type == MetricType.Counter:
                    scratch.Exemplars.Clear();
                    scratch.ReadExemplar(body.ReadMessage(), timedOnly: false);
                    sample.HasExemplars = true;
                    sample.ExemplarList = scratch.Exemplars;
                    break;
                case (3, WireReader.Bytes) when head.Type == MetricType.Counter:
                    sample.StartMs = ReadTimestamp(body.ReadMessage());
                    break;
                default:
                    body.Skip(wireType);
                    break;
            }
        }

        scratch.Push(head.Name, [], [], double.NaN, value, ref sample, ref sink);
    }

    private static void PushSummary<TSink>(
        WireReader body, in FamilyHead head, ProtobufScratch scratch, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink
    {
        ulong count = 0;
        double sum = 0;
        scratch.Quantiles.Clear();
        while (body.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Varint):
                    count = body.ReadVarint();
                    break;
                case (2, WireReader.Fixed64):
                    sum = body.ReadDouble();
                    break;
                case (3, WireReader.Bytes):
                    scratch.AddQuantile(body.ReadMessage());
                    break;
                case (4, WireReader.Bytes):
                    sample.StartMs = ReadTimestamp(body.ReadMessage());
                    break;
                default:
                    body.Skip(wireType);
                    break;
            }
        }

        scratch.Push(head.Name, CountSuffix, [], 0, count, ref sample, ref sink);
        scratch.Push(head.Name, SumSuffix, [], 0, sum, ref sample, ref sink);
        foreach ((double quantile, double value) in scratch.Quantiles)
        {
            scratch.Push(head.Name, [], "quantile"u8, quantile, value, ref sample, ref sink);
        }
    }

    private static void PushHistogram<TSink>(
        WireReader body, in FamilyHead head, ProtobufScratch scratch, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink
    {
        PageOptions options = sample.Options;
        sample.StartMs = scratch.ReadHistogram(ref body);
        ProtobufHistogram histogram = scratch.Histogram;
        bool native = histogram.IsNative && !options.IgnoreNativeHistograms;
        bool gauge = head.Type == MetricType.GaugeHistogram;
        if (native)
        {
            string? fault = histogram.TryConvert(gauge, options.Limits.BucketsMax, out NativeHistogram? value);
            if (value is null)
            {
                throw body.Fault($"histogram \"{TextParser.Printable(head.Name)}\": {fault}");
            }

            scratch.PushHistogram(head.Name, value, derived: false, ref sample, ref sink);
        }

        bool convert = options.ConvertClassicHistograms && !native;
        if (native ? options.KeepClassicHistograms && histogram.Buckets.Count > 0 : !convert || options.KeepClassicHistograms)
        {
            PushClassic(in head, scratch, ref sample, ref sink);
        }

        if (convert && scratch.ConvertClassic(gauge) is { } converted)
        {
            scratch.PushHistogram(head.Name, converted, derived: true, ref sample, ref sink);
        }
    }

    private static void PushClassic<TSink>(in FamilyHead head, ProtobufScratch scratch, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink
    {
        ProtobufHistogram histogram = scratch.Histogram;
        scratch.Push(head.Name, CountSuffix, [], 0, histogram.Count, ref sample, ref sink);
        scratch.Push(head.Name, SumSuffix, [], 0, histogram.Sum, ref sample, ref sink);
        bool open = true;
        for (int i = 0; i < histogram.Buckets.Count && open; i++)
        {
            open = !double.IsPositiveInfinity(histogram.Buckets[i].Bound);
            scratch.PickBucketExemplar(i, ref sample);
            scratch.Push(head.Name, BucketSuffix, "le"u8, histogram.Buckets[i].Bound, histogram.Buckets[i].Cumulative, ref sample, ref sink);
            sample.HasExemplars = false;
        }

        if (open)
        {
            scratch.Push(head.Name, BucketSuffix, "le"u8, double.PositiveInfinity, histogram.Count, ref sample, ref sink);
        }
    }

    /// <summary>A google.protobuf.Timestamp in milliseconds.</summary>
    internal static long ReadTimestamp(WireReader timestamp)
    {
        long seconds = 0;
        int nanos = 0;
        while (timestamp.TryReadField(out int field, out int wireType))
        {
            switch ((field, wireType))
            {
                case (1, WireReader.Varint):
                    seconds = (long)timestamp.ReadVarint();
                    break;
                case (2, WireReader.Varint):
                    nanos = (int)timestamp.ReadVarint();
                    break;
                default:
                    timestamp.Skip(wireType);
                    break;
            }
        }

        return unchecked((seconds * 1000) + (nanos / 1_000_000));
    }

    /// <summary>What a family says before its metrics.</summary>
    internal ref struct FamilyHead
    {
        internal ReadOnlySpan<byte> Name;
        internal ReadOnlySpan<byte> Help;
        internal ReadOnlySpan<byte> Unit;
        internal MetricType Type;
        internal bool HasMetrics;
    }
}
