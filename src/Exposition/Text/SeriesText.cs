using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Series as the text formats write them: <c>name{label="value",…}</c> or <c>{"name","label"="value",…}</c>.</summary>
/// <remarks>
/// Grammar of Prometheus's scraper: text 0.0.4 and 1.0 allow blanks between tokens and forgive a missing comma, OpenMetrics does not.
/// Escapes: <c>\\</c>, <c>\"</c>, <c>\n</c>; another backslash stands for itself.
/// </remarks>
internal static class SeriesText
{
    // Where more labels than this are searched through a table: a page may have thousands, and each is to be the only one of its name.
    private const int LabelsSearched = 64;

    private static readonly SearchValues<byte> QuoteEnd = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> QuoteEndOnLine = SearchValues.Create("\"\\\n"u8);

    /// <summary>Finds where a series ends, and checks it on the way.</summary>
    /// <param name="page">All of it.</param>
    /// <param name="start">The first byte of the name or the brace.</param>
    /// <param name="openMetrics">Which grammar.</param>
    /// <param name="fault">What is wrong, and where.</param>
    /// <returns>Behind the name or the closing brace; negative where the text is no series.</returns>
    internal static int Scan(ReadOnlySpan<byte> page, int start, bool openMetrics, ref SyntaxFault fault)
    {
        int nameEnd = NameEnd(page, start);
        if (nameEnd == start)
        {
            if (start < page.Length && page[start] == (byte)'{')
            {
                bool named = false;
                int end = ScanLabels(page, start + 1, openMetrics, inExemplar: false, ref named, ref fault);
                return end < 0 || named ? end : fault.At(start, "metric name not set");
            }

            return fault.At(start, "expected a metric name");
        }

        int brace = openMetrics ? nameEnd : SkipBlanks(page, nameEnd);
        if (brace < page.Length && page[brace] == (byte)'{')
        {
            bool named = true;
            return ScanLabels(page, brace + 1, openMetrics, inExemplar: false, ref named, ref fault);
        }

        return nameEnd;
    }

    /// <summary>Checks labels from behind the opening brace to behind the closing one.</summary>
    internal static int ScanLabels(
        ReadOnlySpan<byte> page, int at, bool openMetrics, bool inExemplar, ref bool named, ref SyntaxFault fault)
    {
        while (true)
        {
            at = openMetrics ? at : SkipBlanks(page, at);
            if (at >= page.Length)
            {
                return fault.At(at, "expected label name, got the end of the page");
            }

            if (page[at] == (byte)'}')
            {
                return at + 1;
            }

            bool quoted = page[at] == (byte)'"';
            int nameAt = at;
            at = quoted ? QuotedEnd(page, at, onLine: inExemplar) : LabelNameEnd(page, at);
            if (at < 0 || at == nameAt)
            {
                return fault.At(nameAt, "expected label name");
            }

            if (quoted && !Utf8.IsValid(page[nameAt..at]))
            {
                return fault.At(nameAt, "invalid UTF-8 name");
            }

            at = openMetrics ? at : SkipBlanks(page, at);
            if (quoted && !inExemplar && at < page.Length && (page[at] == (byte)',' || page[at] == (byte)'}'))
            {
                if (named)
                {
                    return fault.At(nameAt, "metric name already set");
                }

                named = true;
                if (page[at++] == (byte)'}')
                {
                    return at;
                }

                continue;
            }

            if (at >= page.Length || page[at] != (byte)'=')
            {
                return fault.At(at, "expected equal");
            }

            if (!inExemplar && page[nameAt..].StartsWith("\"\""u8))
            {
                return fault.At(nameAt, "label name is empty");
            }

            at = openMetrics ? at + 1 : SkipBlanks(page, at + 1);
            int valueAt = at;
            at = at < page.Length && page[at] == (byte)'"' ? QuotedEnd(page, at, onLine: openMetrics) : -1;
            if (at < 0)
            {
                return fault.At(valueAt, "expected label value");
            }

            if (!Utf8.IsValid(page[valueAt..at]))
            {
                return fault.At(valueAt, "invalid UTF-8 label value");
            }

            at = openMetrics ? at : SkipBlanks(page, at);
            if (at < page.Length && page[at] == (byte)',')
            {
                at++;
            }
            else if (openMetrics && (at >= page.Length || page[at] != (byte)'}'))
            {
                return fault.At(at, "expected comma or brace close");
            }
        }
    }

    /// <summary>Reads the labels of a checked series.</summary>
    internal static void ReadLabels(scoped in PageSample sample, List<Label> into)
    {
        var walk = new LabelWalk(sample.Text);
        PageLimits limits = sample.Options.Limits;
        bool describe = sample.Options.TypeAndUnitLabels;
        into.Add(new Label(LabelName.MetricName, string.Empty));
        if (describe && sample.Type != MetricType.Unknown)
        {
            into.Add(new Label(LabelName.Type, sample.Type.NameOf()));
        }

        if (describe && !sample.Unit.IsEmpty)
        {
            into.Add(new Label(LabelName.Unit, LabelStrings.Of(sample.Unit)));
        }

        int described = into.Count;
        HashSet<string>? names = null;
        while (walk.MoveNext())
        {
            if (walk.IsMetricName)
            {
                into[0] = new Label(LabelName.MetricName, Unescape(walk.Name, limits.NameBytesMax, nameof(PageLimits.NameBytesMax)));
                continue;
            }

            if (into.Count >= limits.LabelsMax)
            {
                throw new PageLimitException(
                    nameof(PageLimits.LabelsMax), $"{sample.Where()}: more than {limits.LabelsMax} labels in {sample.Excerpt()}");
            }

            string name = Unescape(walk.Name, limits.NameBytesMax, nameof(PageLimits.NameBytesMax));
            if (into.Count == LabelsSearched)
            {
                names = [.. into.Select(static label => label.Name)];
            }

            int same = names is null || !names.Add(name) ? IndexOf(into, name) : -1;
            if (same >= 0 && (!describe || same >= described))
            {
                throw sample.Fault($"label name \"{name}\" is not unique");
            }

            if (same < 0)
            {
                into.Add(new Label(name, ReadValue(in sample, name, walk.Value, limits)));
            }
        }

        if (into[0].Value.Length == 0)
        {
            throw sample.Fault("missing metric name (__name__ label)");
        }
    }

    /// <summary>Reads labels in braces as an exemplar has them; the text begins behind the opening brace.</summary>
    internal static Labels ReadExemplarLabels(ReadOnlySpan<byte> text, PageLimits limits)
    {
        var builder = new LabelsBuilder();
        LabelWalk walk = LabelWalk.InBraces(text);
        int count = 0;
        while (walk.MoveNext() && count++ < limits.LabelsMax)
        {
            string name = Unescape(walk.Name, limits.NameBytesMax, nameof(PageLimits.NameBytesMax));
            if (name.Length > 0)
            {
                builder.Set(name, Unescape(walk.Value, limits.ValueBytesMax, nameof(PageLimits.ValueBytesMax)));
            }
        }

        return builder.ToLabels();
    }

    /// <summary>The metric name of a checked series, escapes as written.</summary>
    internal static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> series)
    {
        var walk = new LabelWalk(series);
        while (walk.MoveNext())
        {
            if (walk.IsMetricName)
            {
                return walk.Name;
            }
        }

        return [];
    }

    /// <summary>The string of a quoted text's inside.</summary>
    /// <exception cref="PageLimitException">It is longer than the limit.</exception>
    internal static string Unescape(ReadOnlySpan<byte> raw, int bytesMax, string limit)
    {
        if (raw.Length > bytesMax)
        {
            throw new PageLimitException(limit, $"a name or value of {raw.Length} bytes; the limit is {bytesMax}");
        }

        if (!raw.Contains((byte)'\\'))
        {
            return LabelStrings.Of(raw);
        }

        byte[] plain = ArrayPool<byte>.Shared.Rent(raw.Length);
        int length = Unescape(raw, plain, quotes: true);
        string text = LabelStrings.Of(plain.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(plain);
        return text;
    }

    /// <summary>Resolves escapes.</summary>
    /// <param name="raw">As written.</param>
    /// <param name="into">As long as <paramref name="raw"/>.</param>
    /// <param name="quotes">Whether <c>\"</c> is an escape.</param>
    internal static int Unescape(ReadOnlySpan<byte> raw, Span<byte> into, bool quotes)
    {
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte b = raw[i];
            if (b == (byte)'\\' && i + 1 < raw.Length)
            {
                byte next = raw[i + 1];
                if (next == (byte)'\\' || (quotes && next == (byte)'"'))
                {
                    b = next;
                    i++;
                }
                else if (next == (byte)'n')
                {
                    b = (byte)'\n';
                    i++;
                }
            }

            into[length++] = b;
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int SkipBlanks(ReadOnlySpan<byte> page, int at)
    {
        while ((uint)at < (uint)page.Length && (page[at] == (byte)' ' || page[at] == (byte)'\t'))
        {
            at++;
        }

        return at;
    }

    /// <summary>Whether the byte may stand in a metric name that is not quoted; at its beginning no digit may.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsNameByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || b == (byte)'_' || b == (byte)':';

    internal static int NameEnd(ReadOnlySpan<byte> page, int at)
    {
        int start = at;
        while ((uint)at < (uint)page.Length && IsNameByte(page[at]) && (at > start || !char.IsAsciiDigit((char)page[at])))
        {
            at++;
        }

        return at;
    }

    /// <summary>Behind the closing quote of a text that begins with a quote; -1 where it does not end.</summary>
    internal static int QuotedEnd(ReadOnlySpan<byte> page, int at, bool onLine)
    {
        at++;
        while (true)
        {
            int found = page[at..].IndexOfAny(onLine ? QuoteEndOnLine : QuoteEnd);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (page[at] == (byte)'"')
            {
                return at + 1;
            }

            if (page[at] == (byte)'\n' || at + 1 >= page.Length || page[at + 1] == (byte)'\n')
            {
                return -1;
            }

            at += 2;
        }
    }

    private static int LabelNameEnd(ReadOnlySpan<byte> page, int at)
    {
        int start = at;
        while ((uint)at < (uint)page.Length && (IsNameStart(page[at]) || (at > start && char.IsAsciiDigit((char)page[at]))))
        {
            at++;
        }

        return at;
    }

    private static bool IsNameStart(byte b) => char.IsAsciiLetter((char)b) || b == (byte)'_';

    private static string ReadValue(scoped in PageSample sample, string name, ReadOnlySpan<byte> raw, PageLimits limits)
    {
        bool isNumber = (sample.Type == MetricType.Histogram && name == LabelName.Bucket)
            || (sample.Type == MetricType.Summary && name == LabelName.Quantile);
        if (!isNumber || !FloatText.TryRead(raw, out double number))
        {
            return Unescape(raw, limits.ValueBytesMax, nameof(PageLimits.ValueBytesMax));
        }

        Span<byte> text = stackalloc byte[40];
        return LabelStrings.Of(text[..FloatText.FormatCanonical(number, text)]);
    }

    private static int IndexOf(List<Label> labels, string name)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
