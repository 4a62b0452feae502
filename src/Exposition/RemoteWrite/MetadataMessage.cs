using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>What remote write says of metric families: a message for each in 1.0, a part of each series in 2.0.</summary>
internal static class MetadataMessage
{
    /// <summary>Reads a <c>prometheus.MetricMetadata</c>.</summary>
    /// <returns>Whether it names a family, in UTF-8.</returns>
    public static bool TryReadFirst(WireReader reader, out string family, out MetricMetadata said)
    {
        ulong type = 0;
        ReadOnlySpan<byte> name = [];
        ReadOnlySpan<byte> help = [];
        ReadOnlySpan<byte> unit = [];
        while (reader.TryReadField(out int field, out int wireType))
        {
            switch (field, wireType)
            {
                case (1, WireReader.Varint): type = reader.ReadVarint(); break;
                case (2, WireReader.Bytes): name = reader.ReadBytes(); break;
                case (4, WireReader.Bytes): help = reader.ReadBytes(); break;
                case (5, WireReader.Bytes): unit = reader.ReadBytes(); break;
                default: reader.Skip(wireType); break;
            }
        }

        return TryMake(name, type, help, unit, out family, out said);
    }

    /// <summary>Reads the <c>Metadata</c> of a 2.0 series: places in the message only.</summary>
    public static SeriesMetadata ReadSecond(WireReader reader)
    {
        var read = default(SeriesMetadata);
        while (reader.TryReadField(out int field, out int wireType))
        {
            switch (field, wireType)
            {
                case (1, WireReader.Varint): read.Type = reader.ReadVarint(); break;
                case (3, WireReader.Varint): read.Help = reader.ReadVarint(); break;
                case (4, WireReader.Varint): read.Unit = reader.ReadVarint(); break;
                default: reader.Skip(wireType); break;
            }
        }

        return read;
    }

    /// <summary>Makes it from its parts.</summary>
    /// <returns>Whether there is a family, and all is UTF-8.</returns>
    public static bool TryMake(
        ReadOnlySpan<byte> name, ulong type, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit, out string family, out MetricMetadata said)
    {
        (family, said) = (string.Empty, default);
        try
        {
            family = LabelBytes.TextOf(name);
            said = new MetricMetadata(TypeOf(type), LabelBytes.TextOf(help), LabelBytes.TextOf(unit));
            return family.Length > 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The family that a series of a type belongs to: without the suffix that histograms and summaries give their series.</summary>
    public static string FamilyOf(string metric, MetricType type)
    {
        string[] suffixes = type switch
        {
            MetricType.Histogram => ["_bucket", "_count", "_sum"],
            MetricType.GaugeHistogram => ["_bucket", "_gcount", "_gsum"],
            MetricType.Summary => ["_count", "_sum"],
            _ => [],
        };
        string? suffix = Array.Find(suffixes, s => metric.Length > s.Length && metric.EndsWith(s, StringComparison.Ordinal));
        return suffix is null ? metric : metric[..^suffix.Length];
    }

    /// <summary>The number of a type in both messages.</summary>
    public static ulong NumberOf(MetricType type) => type switch
    {
        MetricType.Counter => 1,
        MetricType.Gauge => 2,
        MetricType.Histogram => 3,
        MetricType.GaugeHistogram => 4,
        MetricType.Summary => 5,
        MetricType.Info => 6,
        MetricType.StateSet => 7,
        _ => 0,
    };

    public static MetricType TypeOf(ulong type) => type switch
    {
        1 => MetricType.Counter,
        2 => MetricType.Gauge,
        3 => MetricType.Histogram,
        4 => MetricType.GaugeHistogram,
        5 => MetricType.Summary,
        6 => MetricType.Info,
        7 => MetricType.StateSet,
        _ => MetricType.Unknown,
    };
}

/// <summary>The metadata of a 2.0 series: type, and references into the symbols.</summary>
internal record struct SeriesMetadata(ulong Type, ulong Help, ulong Unit);
