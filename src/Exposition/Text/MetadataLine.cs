using System.Buffers;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>A HELP, TYPE or UNIT line that was checked before.</summary>
internal readonly ref struct MetadataLine
{
    private readonly PageFormat _format;

    private MetadataLine(ReadOnlySpan<byte> family, ReadOnlySpan<byte> text, PageFormat format)
    {
        Family = family;
        Text = text;
        _format = format;
    }

    /// <summary>The metric family, quotes taken off, escapes left.</summary>
    internal ReadOnlySpan<byte> Family { get; }

    /// <summary>What follows the name and one blank, escapes left, without the line break.</summary>
    internal ReadOnlySpan<byte> Text { get; }

    /// <summary>Takes a line apart: number sign, keyword, name, text.</summary>
    internal static MetadataLine Read(ReadOnlySpan<byte> line, PageFormat format)
    {
        if (format == PageFormat.Protobuf)
        {
            int separator = line.IndexOf(ProtobufKey.Separator);
            return new MetadataLine(line[..separator], line[(separator + 1)..], format);
        }

        int at = SeriesText.SkipBlanks(line, line.IndexOf((byte)'#') + 1);
        return ReadBehindKeyword(line, SeriesText.SkipBlanks(line, at + "HELP".Length), format);
    }

    /// <summary>Takes apart what follows the keyword and its blanks; an empty name where there is none.</summary>
    internal static MetadataLine ReadBehindKeyword(ReadOnlySpan<byte> line, int at, PageFormat format)
    {
        int nameAt = at;
        ReadOnlySpan<byte> family;
        if (at < line.Length && line[at] == (byte)'"')
        {
            at = SeriesText.QuotedEnd(line, at, onLine: true);
            if (at < 0)
            {
                return default;
            }

            family = line[(nameAt + 1)..(at - 1)];
        }
        else
        {
            at = SeriesText.NameEnd(line, at);
            family = line[nameAt..at];
        }

        ReadOnlySpan<byte> rest = line[at..];
        if (rest.EndsWith("\n"u8))
        {
            rest = rest[..^1];
        }

        // One separating byte goes. A rest of nothing but blanks is, in the old format, blanks between tokens.
        if (format == PageFormat.Text && rest.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
        {
            rest = [];
        }

        return new MetadataLine(family, rest.IsEmpty ? rest : rest[1..], format);
    }

    /// <summary>The text with its escapes resolved; in OpenMetrics <c>\"</c> is one too.</summary>
    internal string ReadText()
    {
        if (_format == PageFormat.Protobuf || !Text.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(Text);
        }

        byte[] plain = ArrayPool<byte>.Shared.Rent(Text.Length);
        int length = SeriesText.Unescape(Text, plain, quotes: _format == PageFormat.OpenMetrics);
        string text = Encoding.UTF8.GetString(plain.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(plain);
        return text;
    }

    /// <summary>The type of a TYPE line's text, or null.</summary>
    internal static MetricType? TypeOf(ReadOnlySpan<byte> text, PageFormat format)
    {
        bool openMetrics = format == PageFormat.OpenMetrics;
        return text switch
        {
            _ when text.SequenceEqual("counter"u8) => MetricType.Counter,
            _ when text.SequenceEqual("gauge"u8) => MetricType.Gauge,
            _ when text.SequenceEqual("histogram"u8) => MetricType.Histogram,
            _ when text.SequenceEqual("summary"u8) => MetricType.Summary,
            _ when text.SequenceEqual("untyped"u8) && !openMetrics => MetricType.Unknown,
            _ when text.SequenceEqual("unknown"u8) && openMetrics => MetricType.Unknown,
            _ when text.SequenceEqual("gaugehistogram"u8) && openMetrics => MetricType.GaugeHistogram,
            _ when text.SequenceEqual("info"u8) && openMetrics => MetricType.Info,
            _ when text.SequenceEqual("stateset"u8) && openMetrics => MetricType.StateSet,
            _ => null,
        };
    }
}
