using System.Text.Unicode;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>OpenMetrics text, versions 0.0.1 and 1.0.0, as Prometheus's scraper takes it; the strict reader is another class.</summary>
/// <remarks>
/// Specification: OpenMetrics 1.0.0, sections 4.2 (ABNF) and 4.3 (timestamps in seconds). One blank between tokens, no blank lines,
/// no comments but HELP, TYPE, UNIT and the closing <c># EOF</c>.
/// </remarks>
internal static class OpenMetricsParser
{
    internal static void Parse<TSink>(ReadOnlySpan<byte> page, PageOptions options, PageMemory memory, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        var sample = new PageSample { Format = PageFormat.OpenMetrics, Options = options, Page = page };
        var created = new CreatedLines(page);
        int samplesLeft = options.Limits.SamplesMax;
        SyntaxFault fault = default;
        int at = 0;
        while (true)
        {
            int next;
            if (memory.TryExpected(page[at..], out int id, out int length))
            {
                if (memory.KindOf(id) != PageMemory.Kind.Series)
                {
                    memory.AcceptExpected(id);
                    TextParser.PushKnownLine(page.Slice(at, length), id, memory, ref sample, ref sink);
                    at += length;
                    continue;
                }

                next = TryTail(page, at + length, ref sample, ref fault);
                if (next >= 0)
                {
                    memory.AcceptExpected(id);
                    sample.Text = page.Slice(at, length);
                    sample.At = at;
                    sample.Id = id;
                    sample.IsNew = false;
                    Push(next, ref created, ref sample, ref sink, ref samplesLeft);
                    at = next;
                    continue;
                }
            }

            if (at >= page.Length)
            {
                throw PageSyntaxException.At(page, at, "data does not end with # EOF");
            }

            if (page[at] == (byte)'#')
            {
                next = ParseComment(page, at, memory, ref sample, ref sink);
                if (next == page.Length && IsEnd(page[at..]))
                {
                    return;
                }

                at = next;
                continue;
            }

            int end = SeriesText.Scan(page, at, openMetrics: true, ref fault);
            next = end < 0 ? end : TryTail(page, end, ref sample, ref fault);
            if (next < 0)
            {
                throw fault.ToException(page);
            }

            if (next - at > options.Limits.LineBytesMax)
            {
                throw TextParser.LineTooLong(page, at, options.Limits);
            }

            sample.Text = page[at..end];
            sample.At = at;
            sample.Id = memory.Find(sample.Text, PageMemory.Kind.Series, 0, out bool isNew);
            sample.IsNew = isNew;
            Push(next, ref created, ref sample, ref sink, ref samplesLeft);
            at = next;
        }
    }

    private static void Push<TSink>(int next, ref CreatedLines created, ref PageSample sample, ref TSink sink, ref int samplesLeft)
        where TSink : struct, IPageSink, allows ref struct
    {
        TextParser.CountSample(ref samplesLeft, sample.Options.Limits);
        if (sample.Options.StartTimestamps)
        {
            if (created.IsCreatedLine(in sample))
            {
                return;
            }

            sample.StartMs = created.StartOf(in sample, next);
        }

        sink.Sample(in sample);
    }

    private static bool IsEnd(ReadOnlySpan<byte> rest) => rest.SequenceEqual("# EOF"u8) || rest.SequenceEqual("# EOF\n"u8);

    private static int ParseComment<TSink>(
        ReadOnlySpan<byte> page, int at, PageMemory memory, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        ReadOnlySpan<byte> rest = page[at..];
        if (rest.StartsWith("# EOF"u8))
        {
            return IsEnd(rest) ? page.Length : throw PageSyntaxException.At(page, at, "unexpected data after # EOF");
        }

        PageMemory.Kind kind = rest switch
        {
            _ when rest.StartsWith("# HELP "u8) => PageMemory.Kind.Help,
            _ when rest.StartsWith("# TYPE "u8) => PageMemory.Kind.Type,
            _ when rest.StartsWith("# UNIT "u8) => PageMemory.Kind.Unit,
            _ => throw PageSyntaxException.At(page, at, "expected a valid start token"),
        };
        const int behindKeyword = 7;
        int lineBreak = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = lineBreak < 0 ? rest : rest[..(lineBreak + 1)];
        if (line.Length > sample.Options.Limits.LineBytesMax)
        {
            throw TextParser.LineTooLong(page, at, sample.Options.Limits);
        }

        MetadataLine metadata = MetadataLine.ReadBehindKeyword(line, behindKeyword, PageFormat.OpenMetrics);
        if (metadata.Family.IsEmpty)
        {
            throw PageSyntaxException.At(page, at + behindKeyword, $"expected metric name after {kind.ToString().ToUpperInvariant()}");
        }

        bool quoted = line[behindKeyword] == (byte)'"';
        int behindName = behindKeyword + metadata.Family.Length + (quoted ? 2 : 0);
        if (lineBreak < 0 || line[behindName] != (byte)' ')
        {
            throw PageSyntaxException.At(page, at + behindName, $"expected text in {kind.ToString().ToUpperInvariant()}");
        }

        switch (kind)
        {
            case PageMemory.Kind.Type:
                sample.Type = MetadataLine.TypeOf(metadata.Text, PageFormat.OpenMetrics)
                    ?? throw PageSyntaxException.At(page, at + behindName + 1, $"invalid metric type \"{TextParser.Printable(metadata.Text)}\"");
                break;
            case PageMemory.Kind.Help when !Utf8.IsValid(metadata.Text):
                throw PageSyntaxException.At(page, at + behindName + 1, "help text is not valid UTF-8");
            case PageMemory.Kind.Unit when !metadata.Text.IsEmpty && !IsSuffix(metadata.Family, metadata.Text):
                throw PageSyntaxException.At(
                    page,
                    at + behindName + 1,
                    $"unit \"{TextParser.Printable(metadata.Text)}\" not a suffix of metric \"{TextParser.Printable(metadata.Family)}\"");
            default:
                break;
        }

        memory.FindLine(line, kind, (byte)sample.Type);
        TextParser.PushMetadata(metadata, kind, ref sample, ref sink);
        return at + lineBreak + 1;
    }

    private static bool IsSuffix(ReadOnlySpan<byte> family, ReadOnlySpan<byte> unit) =>
        family.Length > unit.Length && family.EndsWith(unit) && family[family.Length - unit.Length - 1] == (byte)'_';

    // " value[ time][ # {labels} value[ time]]\n" behind a series; the next line, or negative.
    private static int TryTail(ReadOnlySpan<byte> page, int at, ref PageSample sample, ref SyntaxFault fault)
    {
        sample.HasTime = false;
        sample.HasExemplars = false;
        sample.StartMs = 0;
        int next = TryNumber(page, at, "expected value after metric", out double value, ref fault);
        if (next < 0)
        {
            return next;
        }

        sample.Value = value;
        if ((uint)next < (uint)page.Length && page[next] == (byte)'\n')
        {
            return next + 1;
        }

        if (next < page.Length && !page[next..].StartsWith(" # {"u8))
        {
            int timeAt = next;
            next = TryNumber(page, next, "expected timestamp or new record", out double seconds, ref fault);
            if (next < 0)
            {
                return next;
            }

            if (!double.IsFinite(seconds))
            {
                return fault.At(timeAt, $"invalid timestamp {seconds}");
            }

            sample.HasTime = true;
            sample.TimeMs = ToMilliseconds(seconds);
        }

        if (next < page.Length && page[next..].StartsWith(" # {"u8))
        {
            next = TryExemplar(page, next + 4, ref sample, ref fault);
            if (next < 0)
            {
                return next;
            }
        }

        return next >= page.Length ? fault.At(next, "data does not end with # EOF")
            : page[next] == (byte)'\n' ? next + 1
            : fault.At(next, "expected the end of the line");
    }

    private static int TryExemplar(ReadOnlySpan<byte> page, int labelsAt, ref PageSample sample, ref SyntaxFault fault)
    {
        bool named = true;
        int next = SeriesText.ScanLabels(page, labelsAt, openMetrics: true, inExemplar: true, ref named, ref fault);
        if (next < 0)
        {
            return next;
        }

        ReadOnlySpan<byte> labels = page[labelsAt..next];
        next = TryNumber(page, next, "expected value after exemplar labels", out double value, ref fault);
        if (next < 0)
        {
            return next;
        }

        bool hasTime = next < page.Length && page[next] == (byte)' ';
        double seconds = 0;
        if (hasTime)
        {
            int timeAt = next;
            next = TryNumber(page, next, "expected exemplar timestamp", out seconds, ref fault);
            if (next < 0)
            {
                return next;
            }

            if (!double.IsFinite(seconds))
            {
                return fault.At(timeAt, $"invalid exemplar timestamp {seconds}");
            }
        }

        sample.HasExemplars = true;
        sample.Exemplar = new ExemplarText(labels, value, hasTime, ToMilliseconds(seconds));
        return next;
    }

    // One blank, then a number that reaches to the next blank or line break.
    private static int TryNumber(ReadOnlySpan<byte> page, int at, string expected, out double value, ref SyntaxFault fault)
    {
        value = 0;
        if ((uint)at >= (uint)page.Length || page[at] != (byte)' ')
        {
            return fault.At(at, expected);
        }

        if (!FloatText.TryReadPrefix(page[(at + 1)..], out value, out int length))
        {
            return fault.At(at + 1, $"{expected}: no number");
        }

        int end = at + 1 + length;
        return end == page.Length || page[end] is (byte)'\n' or (byte)' ' ? end : fault.At(at + 1, $"{expected}: no number");
    }

    // Cut off, not rounded, as Prometheus does; beyond 64 bits the largest time.
    private static long ToMilliseconds(double seconds) => (long)(seconds * 1000);
}
