using System.Text.Unicode;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Prometheus text, versions 0.0.4 and 1.0.0 (the latter adds quoted UTF-8 names).</summary>
/// <remarks>
/// The grammar is that of Prometheus's scraper: blanks between tokens, any comment, blank lines, a last line without line break,
/// timestamps of digits only. Known lines are compared, not parsed (<see cref="PageMemory"/>).
/// </remarks>
internal static class TextParser
{
    internal static void Parse<TSink>(ReadOnlySpan<byte> page, PageOptions options, PageMemory memory, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        var sample = new PageSample { Format = PageFormat.Text, Options = options, Page = page };
        int samplesLeft = options.Limits.SamplesMax;
        int at = 0;
        while (at < page.Length)
        {
            if (!memory.TryExpected(page[at..], out int id, out int length))
            {
                at = ParseLine(page, at, memory, ref sample, ref sink, ref samplesLeft);
                continue;
            }

            if (memory.KindOf(id) != PageMemory.Kind.Series)
            {
                memory.AcceptExpected(id);
                PushKnownLine(page.Slice(at, length), id, memory, ref sample, ref sink);
                at += length;
                continue;
            }

            int next = TryTail(page, at + length, ref sample);
            if (next < 0)
            {
                at = ParseLine(page, at, memory, ref sample, ref sink, ref samplesLeft);
                continue;
            }

            memory.AcceptExpected(id);
            sample.Text = page.Slice(at, length);
            sample.At = at;
            sample.Id = id;
            sample.IsNew = false;
            CountSample(ref samplesLeft, options.Limits);
            sink.Sample(in sample);
            at = next;
        }
    }

    internal static void CountSample(ref int left, PageLimits limits)
    {
        if (--left < 0)
        {
            throw new PageLimitException(nameof(PageLimits.SamplesMax), $"more than {limits.SamplesMax} samples in a page");
        }
    }

    /// <summary>What a line known from the last page does: the type of what follows changes, and the sink may want to hear it.</summary>
    internal static void PushKnownLine<TSink>(ReadOnlySpan<byte> line, int id, PageMemory memory, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        PageMemory.Kind kind = memory.KindOf(id);
        if (kind == PageMemory.Kind.Type)
        {
            sample.Type = (MetricType)memory.DatumOf(id);
        }

        if (kind >= PageMemory.Kind.Help && (TSink.WantsMetadata || kind == PageMemory.Kind.Unit || sample.Options.NeedsFamily))
        {
            PushMetadata(MetadataLine.Read(line, sample.Format), kind, ref sample, ref sink);
        }
        else if (TSink.WantsMetadata && kind == PageMemory.Kind.Line)
        {
            PushComment(line, ref sink);
        }
    }

    internal static void PushMetadata<TSink>(MetadataLine line, PageMemory.Kind kind, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        sample.Family = line.Family;
        if (kind == PageMemory.Kind.Unit)
        {
            sample.Unit = line.Text;
        }
        else if (kind == PageMemory.Kind.Type)
        {
            sample.TypeFamily = line.Family;
        }

        if (!TSink.WantsMetadata)
        {
            return;
        }

        switch (kind)
        {
            case PageMemory.Kind.Help:
                sink.Help(line.Family, line.ReadText());
                break;
            case PageMemory.Kind.Type:
                sink.Type(line.Family, sample.Type);
                break;
            default:
                sink.Unit(line.Family, line.ReadText());
                break;
        }
    }

    private static void PushComment<TSink>(ReadOnlySpan<byte> line, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        ReadOnlySpan<byte> text = line.TrimEnd((byte)'\n');
        text = text[SeriesText.SkipBlanks(text, 0)..];
        if (!text.IsEmpty)
        {
            sink.Comment(text);
        }
    }

    private static int ParseLine<TSink>(
        ReadOnlySpan<byte> page, int lineAt, PageMemory memory, ref PageSample sample, ref TSink sink, ref int samplesLeft)
        where TSink : struct, IPageSink, allows ref struct
    {
        int at = SeriesText.SkipBlanks(page, lineAt);
        if (at == page.Length)
        {
            return at;
        }

        if (page[at] is (byte)'\n' or (byte)'#')
        {
            return ParseComment(page, lineAt, at, memory, ref sample, ref sink);
        }

        SyntaxFault fault = default;
        int end = SeriesText.Scan(page, at, openMetrics: false, ref fault);
        if (end < 0)
        {
            throw fault.ToException(page);
        }

        int next = TryTail(page, end, ref sample);
        if (next < 0)
        {
            throw TailFault(page, end);
        }

        if (next - lineAt > sample.Options.Limits.LineBytesMax)
        {
            throw LineTooLong(page, lineAt, sample.Options.Limits);
        }

        CountSample(ref samplesLeft, sample.Options.Limits);
        sample.Text = page[at..end];
        sample.At = at;
        sample.Id = memory.Find(sample.Text, PageMemory.Kind.Series, 0, out bool isNew);
        sample.IsNew = isNew;
        sink.Sample(in sample);
        return next;
    }

    internal static PageLimitException LineTooLong(ReadOnlySpan<byte> page, int at, PageLimits limits)
    {
        int line = page[..at].Count((byte)'\n') + 1;
        return new PageLimitException(nameof(PageLimits.LineBytesMax), $"line {line} is longer than {limits.LineBytesMax} bytes");
    }

    private static int ParseComment<TSink>(
        ReadOnlySpan<byte> page, int lineAt, int at, PageMemory memory, ref PageSample sample, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        int lineBreak = page[at..].IndexOf((byte)'\n');
        int next = lineBreak < 0 ? page.Length : at + lineBreak + 1;
        ReadOnlySpan<byte> line = page[lineAt..next];
        if (line.Length > sample.Options.Limits.LineBytesMax)
        {
            throw LineTooLong(page, lineAt, sample.Options.Limits);
        }

        PageMemory.Kind kind = KindOf(page[at..next], out int behindKeyword);
        if (kind == PageMemory.Kind.Line)
        {
            memory.FindLine(line, kind);
            if (TSink.WantsMetadata)
            {
                PushComment(line, ref sink);
            }

            return next;
        }

        MetadataLine metadata = MetadataLine.ReadBehindKeyword(page[..next], at + behindKeyword, PageFormat.Text);
        if (metadata.Family.IsEmpty)
        {
            throw PageSyntaxException.At(page, at + behindKeyword, $"expected metric name after {(kind == PageMemory.Kind.Type ? "TYPE" : "HELP")}");
        }

        if (kind == PageMemory.Kind.Type)
        {
            sample.Type = MetadataLine.TypeOf(metadata.Text, PageFormat.Text)
                ?? throw PageSyntaxException.At(page, at + behindKeyword, $"invalid metric type \"{Printable(metadata.Text)}\"");
        }
        else if (!Utf8.IsValid(metadata.Text))
        {
            throw PageSyntaxException.At(page, at, "help text is not valid UTF-8");
        }

        memory.FindLine(line, kind, (byte)sample.Type);
        PushMetadata(metadata, kind, ref sample, ref sink);
        return next;
    }

    internal static string Printable(ReadOnlySpan<byte> text) =>
        System.Text.Encoding.UTF8.GetString(text.Length > 50 ? text[..50] : text);

    // "# HELP " and "# TYPE " with any blanks; everything else that begins with a number sign is a comment.
    private static PageMemory.Kind KindOf(ReadOnlySpan<byte> line, out int behindKeyword)
    {
        behindKeyword = 0;
        int word = SeriesText.SkipBlanks(line, 1);
        if (line[0] != (byte)'#' || word == 1)
        {
            return PageMemory.Kind.Line;
        }

        ReadOnlySpan<byte> rest = line[word..];
        behindKeyword = SeriesText.SkipBlanks(line, word + 4);
        if (rest.Length <= 4 || behindKeyword == word + 4)
        {
            return PageMemory.Kind.Line;
        }

        return rest.StartsWith("HELP"u8) ? PageMemory.Kind.Help
            : rest.StartsWith("TYPE"u8) ? PageMemory.Kind.Type
            : PageMemory.Kind.Line;
    }

    // Value and time behind a series; the next line, or negative where something else stands there.
    private static int TryTail(ReadOnlySpan<byte> page, int at, ref PageSample sample)
    {
        sample.HasTime = false;
        int valueAt = SeriesText.SkipBlanks(page, at);
        if (!FloatText.TryReadPrefix(page[valueAt..], out double value, out int length))
        {
            return -1;
        }

        sample.Value = value;
        at = valueAt + length;
        if ((uint)at < (uint)page.Length && page[at] == (byte)'\n')
        {
            return at + 1;
        }

        int timeAt = SeriesText.SkipBlanks(page, at);
        if (timeAt == page.Length)
        {
            return timeAt;
        }

        if (timeAt == at)
        {
            return -1;
        }

        if (page[timeAt] == (byte)'\n')
        {
            return timeAt + 1;
        }

        long time = 0;
        at = timeAt;
        while ((uint)at < (uint)page.Length && (uint)(page[at] - '0') <= 9)
        {
            int digit = page[at] - '0';
            if (time > (long.MaxValue - digit) / 10)
            {
                return -1;
            }

            time = (time * 10) + digit;
            at++;
        }

        if (at == timeAt)
        {
            return -1;
        }

        sample.HasTime = true;
        sample.TimeMs = time;
        at = SeriesText.SkipBlanks(page, at);
        return at == page.Length ? at : page[at] == (byte)'\n' ? at + 1 : -1;
    }

    private static PageSyntaxException TailFault(ReadOnlySpan<byte> page, int at)
    {
        int valueAt = SeriesText.SkipBlanks(page, at);
        ReadOnlySpan<byte> rest = page[valueAt..];
        int end = rest.IndexOfAny("{ \t\n"u8);
        ReadOnlySpan<byte> token = end < 0 ? rest : rest[..end];
        if (token.IsEmpty)
        {
            return PageSyntaxException.At(page, valueAt, "expected value after metric");
        }

        return FloatText.TryRead(token, out _)
            ? PageSyntaxException.At(page, valueAt + token.Length, "expected timestamp or new record")
            : PageSyntaxException.At(page, valueAt, $"\"{Printable(token)}\" is no number");
    }
}
