using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Writes pages in the text formats: metadata lines before their samples, in the caller's order.</summary>
/// <param name="output">Where the bytes go.</param>
/// <param name="format"><see cref="PageFormat.Text"/> or <see cref="PageFormat.OpenMetrics"/>; the latter needs <see cref="End"/>.</param>
/// <remarks>Names that need it are quoted, as text 1.0 and OpenMetrics with UTF-8 names write them. Numbers as Go's format 'g', shortest.</remarks>
public sealed class PageWriter(IBufferWriter<byte> output, PageFormat format)
{
    private readonly IBufferWriter<byte> _output = output;
    private readonly bool _openMetrics = format switch
    {
        PageFormat.Text => false,
        PageFormat.OpenMetrics => true,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "only text formats are written"),
    };

    /// <summary>A HELP line.</summary>
    public void Help(string family, string help)
    {
        Write("# HELP "u8);
        WriteName(family);
        Write(" "u8);
        WriteEscaped(help, quotes: _openMetrics);
        Write("\n"u8);
    }

    /// <summary>A TYPE line; types that text does not know become <c>untyped</c>.</summary>
    public void Type(string family, MetricType type)
    {
        Write("# TYPE "u8);
        WriteName(family);
        Write(" "u8);
        bool known = _openMetrics || type is MetricType.Counter or MetricType.Gauge or MetricType.Histogram or MetricType.Summary;
        WriteText(known ? type.NameOf() : "untyped");
        Write("\n"u8);
    }

    /// <summary>A UNIT line; the text format has none.</summary>
    public void Unit(string family, string unit)
    {
        if (!_openMetrics)
        {
            return;
        }

        Write("# UNIT "u8);
        WriteName(family);
        Write(" "u8);
        WriteText(unit);
        Write("\n"u8);
    }

    /// <summary>A sample of a series with its name among the labels.</summary>
    public void Sample(Labels labels, double value, Timestamp? at = null)
    {
        var rest = new List<Label>(labels.Count);
        foreach (Label label in labels)
        {
            if (label.Name != LabelName.MetricName)
            {
                rest.Add(label);
            }
        }

        Sample(labels.MetricName, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rest), value, at);
    }

    /// <summary>A sample.</summary>
    /// <param name="name">The metric's, suffix included.</param>
    /// <param name="labels">In the order to be written.</param>
    /// <param name="value">Any.</param>
    /// <param name="at">Milliseconds in text, seconds in OpenMetrics; left out where null.</param>
    public void Sample(string name, ReadOnlySpan<Label> labels, double value, Timestamp? at = null)
    {
        bool quoted = !LabelName.IsLegacyMetric(name);
        if (!quoted)
        {
            WriteText(name);
        }

        if (quoted || labels.Length > 0)
        {
            Write("{"u8);
            if (quoted)
            {
                WriteQuoted(name);
            }

            for (int i = 0; i < labels.Length; i++)
            {
                if (i > 0 || quoted)
                {
                    Write(","u8);
                }

                if (LabelName.IsLegacy(labels[i].Name))
                {
                    WriteText(labels[i].Name);
                }
                else
                {
                    WriteQuoted(labels[i].Name);
                }

                Write("="u8);
                WriteQuoted(labels[i].Value);
            }

            Write("}"u8);
        }

        Write(" "u8);
        WriteNumber(value);
        if (at is { } time)
        {
            WriteTime(time);
        }

        Write("\n"u8);
    }

    /// <summary>The closing line of OpenMetrics; text has none.</summary>
    public void End()
    {
        if (_openMetrics)
        {
            Write("# EOF\n"u8);
        }
    }

    private void WriteName(string family)
    {
        if (LabelName.IsLegacyMetric(family))
        {
            WriteText(family);
        }
        else
        {
            WriteQuoted(family);
        }
    }

    private void WriteQuoted(string text)
    {
        Write("\""u8);
        WriteEscaped(text, quotes: true);
        Write("\""u8);
    }

    private void WriteEscaped(string text, bool quotes)
    {
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            ReadOnlySpan<byte> escape = text[i] switch
            {
                '\\' => "\\\\"u8,
                '\n' => "\\n"u8,
                '"' when quotes => "\\\""u8,
                _ => [],
            };
            if (!escape.IsEmpty)
            {
                WriteText(text.AsSpan(plain, i - plain));
                Write(escape);
                plain = i + 1;
            }
        }

        WriteText(text.AsSpan(plain));
    }

    private void WriteNumber(double value)
    {
        Span<byte> text = stackalloc byte[32];
        Write(text[..FloatText.Format(value, text)]);
    }

    private void WriteTime(Timestamp at)
    {
        Span<byte> text = stackalloc byte[32];
        Write(" "u8);
        long milliseconds = at.Milliseconds;
        if (_openMetrics)
        {
            (long seconds, long rest) = Math.DivRem(Math.Abs(milliseconds), 1000);
            Write(milliseconds < 0 ? "-"u8 : []);
            Utf8Formatter.TryFormat(seconds, text, out int whole);
            text[whole] = (byte)'.';
            Utf8Formatter.TryFormat(rest, text[(whole + 1)..], out int fraction, new StandardFormat('D', 3));
            Write(text[..(whole + 1 + fraction)]);
            return;
        }

        Utf8Formatter.TryFormat(milliseconds, text, out int length);
        Write(text[..length]);
    }

    private void WriteText(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, _output);

    private void Write(ReadOnlySpan<byte> bytes) => _output.Write(bytes);
}
