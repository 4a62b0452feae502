using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>Values as Go's <c>fmt</c> prints them.</summary>
internal static class GoFormat
{
    /// <summary>Go's <c>%v</c>.</summary>
    public static string Value(object? value) => value switch
    {
        null => "<nil>",
        bool flag => flag ? "true" : "false",
        string text => text,
        double number => GoNumber.Shortest(number),
        long or ulong => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        TemplateMap map => $"map[{string.Join(' ', Sorted(map).Select(entry => $"{entry.Key}:{Value(entry.Value)}"))}]",
        IReadOnlyList<object?> list => $"[{string.Join(' ', list.Select(Value))}]",
        _ => value.ToString() ?? string.Empty,
    };

    /// <summary>Go's name of the type.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        bool => "bool",
        string => "string",
        double => "float64",
        long => "int",
        ulong => "uint",
        SafeHtml => "template.HTML",
        TemplateMap { OfTexts: true } => "map[string]string",
        TemplateMap => "map[string]interface {}",
        IReadOnlyList<TemplateSample> => "template.queryResult",
        IReadOnlyList<object?> => "[]interface {}",
        TemplateRecord record => record.TypeName,
        NativeHistogram => "*histogram.FloatHistogram",
        _ => value.GetType().Name,
    };

    /// <summary>The entries of a map in order of names, which is how Go prints and walks them.</summary>
    public static IOrderedEnumerable<KeyValuePair<string, object?>> Sorted(TemplateMap map) =>
        map.Entries.OrderBy(entry => entry.Key, Utf8Order.Comparer);

    /// <summary>Go's <c>Sprint</c>: a space between two values of which neither is a text.</summary>
    public static string Print(IReadOnlyList<object?> values)
    {
        var text = new StringBuilder();
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is not string && values[i - 1] is not string)
            {
                text.Append(' ');
            }

            text.Append(Value(values[i]));
        }

        return text.ToString();
    }

    /// <summary>Go's <c>Sprintln</c>.</summary>
    public static string PrintLine(IReadOnlyList<object?> values) => string.Join(' ', values.Select(Value)) + "\n";

    /// <summary>Go's <c>Sprintf</c>, mistakes included: <c>%!d(string=hi)</c>, <c>%!s(MISSING)</c>, <c>%!(EXTRA int=1)</c>.</summary>
    public static string PrintFormatted(string format, IReadOnlyList<object?> values)
    {
        var text = new StringBuilder();
        var reader = new GoVerbReader(format, values);
        while (reader.NextVerb(text) is { } verb)
        {
            if (verb.Letter == '%')
            {
                text.Append('%');
            }
            else if (verb.Problem is not null)
            {
                text.Append(verb.Problem);
            }
            else
            {
                text.Append(verb.Padded(Verb(verb, verb.Argument, out bool isNumber), isNumber));
            }

            if (text.Length > TemplateLimits.OutputCharsMax)
            {
                throw new TemplateCallException("the output is too long");
            }
        }

        if (reader.Unused is { Count: > 0 } unused)
        {
            text.Append($"%!(EXTRA {string.Join(", ", unused.Select(value => value is null ? "<nil>" : $"{TypeName(value)}={Value(value)}"))})");
        }

        return text.ToString();
    }

    private static string Verb(GoVerb verb, object? value, out bool isNumber)
    {
        isNumber = value is long or ulong or double;
        string? text = verb.Letter switch
        {
            'T' => TypeName(value),
            'v' when value is string quoted && verb.Sharp => QuotedText.Of(quoted),
            'v' when value is long or ulong or double => Signed(verb, Value(value)),
            'v' => Value(value),
            _ => value switch
            {
                bool flag => verb.Letter == 't' ? (flag ? "true" : "false") : null,
                string word => Text(verb, word),
                SafeHtml safe => Text(verb, safe.Text),
                long or ulong => Whole(verb, value),
                double number => Number(verb, number),
                GoDuration duration when verb.Letter == 'd' => Whole(verb, duration.Nanoseconds),
                GoDuration or GoTime or NativeHistogram => Text(verb, value.ToString()!),
                TemplateMap map => $"map[{string.Join(' ', Sorted(map).Select(e => $"{Text(verb, e.Key)}:{Verb(verb, e.Value, out _)}"))}]",
                IReadOnlyList<object?> list => $"[{string.Join(' ', list.Select(item => Verb(verb, item, out _)))}]",
                TemplateRecord record => $"{{{string.Join(' ', record.Fields.Select(field => Verb(verb, field.Value, out _)))}}}",
                _ => null,
            },
        };
        isNumber &= text is not null && verb.Letter != 'T';
        return text ?? $"%!{verb.Letter}({(value is null ? "<nil>" : $"{TypeName(value)}={Value(value)}")})";
    }

    private static string? Text(GoVerb verb, string text)
    {
        string cut = text;
        if (verb.Precision is { } most && text.Length > most)
        {
            cut = string.Concat(text.EnumerateRunes().Take(most).Select(rune => rune.ToString()));
        }

        return verb.Letter switch
        {
            's' => cut,
            'q' => verb.Sharp && !cut.Contains('`', StringComparison.Ordinal) ? $"`{cut}`" : QuotedText.Of(cut),
            'x' => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(cut)),
            'X' => Convert.ToHexString(Encoding.UTF8.GetBytes(cut)),
            _ => null,
        };
    }

    private static string? Whole(GoVerb verb, object value)
    {
        Int128 number = value is ulong unsigned ? unsigned : (long)value;
        string sign = number < 0 ? "-" : verb.Plus ? "+" : verb.Blank ? " " : string.Empty;
        UInt128 magnitude = (UInt128)Int128.Abs(number);
        string? digits = verb.Letter switch
        {
            'd' => magnitude.ToString(CultureInfo.InvariantCulture),
            'b' => magnitude.ToString("b", CultureInfo.InvariantCulture),
            'o' => (verb.Sharp ? "0" : string.Empty) + Octal(magnitude),
            'O' => "0o" + Octal(magnitude),
            'x' => (verb.Sharp ? "0x" : string.Empty) + magnitude.ToString("x", CultureInfo.InvariantCulture),
            'X' => (verb.Sharp ? "0X" : string.Empty) + magnitude.ToString("X", CultureInfo.InvariantCulture),
            _ => null,
        };
        if (digits is not null)
        {
            return sign + (verb.Precision is { } least ? digits.PadLeft(least, '0') : digits);
        }

        Rune rune = number >= 0 && number <= int.MaxValue && Rune.IsValid((int)number) ? new Rune((int)number) : Rune.ReplacementChar;
        return verb.Letter switch
        {
            'c' => rune.ToString(),
            'q' => $"'{QuotedText.Of(rune.ToString())[1..^1]}'",
            'U' => $"U+{magnitude.ToString("X4", CultureInfo.InvariantCulture)}",
            _ => null,
        };
    }

    private static string? Number(GoVerb verb, double number) => verb.Letter switch
    {
        'e' or 'E' or 'f' or 'F' => Signed(verb, GoNumber.Format(number, verb.Letter == 'F' ? 'f' : verb.Letter, verb.Precision ?? 6)),
        'g' or 'G' => Signed(verb, GoNumber.Format(number, verb.Letter, verb.Precision ?? -1)),
        _ => null,
    };

    private static string Signed(GoVerb verb, string text) =>
        text[0] is '-' or '+' ? text : (verb.Plus ? "+" : verb.Blank ? " " : string.Empty) + text;

    private static string Octal(UInt128 value)
    {
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (char)('0' + (int)(value % 8)));
            value /= 8;
        }
        while (value > 0);

        return digits.ToString();
    }
}
