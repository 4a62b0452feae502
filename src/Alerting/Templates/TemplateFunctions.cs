using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>The functions of templates: Prometheus's own beside those of the language.</summary>
/// <remarks>Prometheus documentation, "Template reference".</remarks>
internal static class TemplateFunctions
{
    /// <summary>Expands a template whose name is a value; only for pages.</summary>
    public const string CallByName = "tmpl";

    private const TemplateParameter Any = TemplateParameter.Any;
    private const TemplateParameter Word = TemplateParameter.Text;

    private static readonly TemplateFunction[] Own =
    [
        new("query", [Word], null, (context, args) => context.Queries.Ask((string)args[0]!)),
        new("first", [TemplateParameter.Samples], null, (_, args) => Samples(args[0]) is { Count: > 0 } samples
            ? samples[0]
            : throw new TemplateCallException("first() called on vector with no elements")),
        new("label", [Word, TemplateParameter.Sample], null, (_, args) => ((TemplateSample)args[1]!).Label((string)args[0]!)),
        new("value", [TemplateParameter.Sample], null, (_, args) => ((TemplateSample)args[0]!).Value),
        new("strvalue", [TemplateParameter.Sample], null, (_, args) => ((TemplateSample)args[0]!).Label("__value__")),
        new("sortByLabel", [Word, TemplateParameter.Samples], null, (_, args) => Samples(args[1])
            .OrderBy(sample => sample.Label((string)args[0]!), Utf8Order.Comparer).ToArray()),
        new("args", [], Any, (_, args) => new TemplateMap(
            args.Select((value, i) => (Name: string.Create(CultureInfo.InvariantCulture, $"arg{i}"), value))
                .ToDictionary(arg => arg.Name, arg => arg.value, StringComparer.Ordinal),
            false)),
        new("safeHtml", [Word], null, (_, args) => new SafeHtml((string)args[0]!)),
        new("match", [Word, Word], null, (_, args) => Compile((string)args[0]!).IsMatch((string)args[1]!)),
        new("reReplaceAll", [Word, Word, Word], null, (_, args) => Compile((string)args[0]!).Replace((string)args[2]!, (string)args[1]!)),
        new("title", [Word], null, (_, args) => Title((string)args[0]!)),
        new("toUpper", [Word], null, (_, args) => ((string)args[0]!).ToUpperInvariant()),
        new("toLower", [Word], null, (_, args) => ((string)args[0]!).ToLowerInvariant()),
        new("graphLink", [Word], null, (_, args) => $"/graph?g0.expr={HostText.QueryEscape((string)args[0]!)}&g0.tab=0"),
        new("tableLink", [Word], null, (_, args) => $"/graph?g0.expr={HostText.QueryEscape((string)args[0]!)}&g0.tab=1"),
        new("stripPort", [Word], null, (_, args) => HostText.WithoutPort((string)args[0]!)),
        new("stripDomain", [Word], null, (_, args) => HostText.WithoutDomain((string)args[0]!)),
        new("humanize", [Any], null, (_, args) => Humanized.Number(Float(args[0]))),
        new("humanize1024", [Any], null, (_, args) => Humanized.Binary(Float(args[0]))),
        new("humanizeDuration", [Any], null, (_, args) => Humanized.Duration(Float(args[0]))),
        new("humanizePercentage", [Any], null, (_, args) => GoNumber.FourDigits(Float(args[0]) * 100) + "%"),
        new("humanizeTimestamp", [Any], null, (_, args) => Float(args[0]) is var seconds && double.IsFinite(seconds)
            ? Humanized.Time(seconds).ToString()
            : GoNumber.FourDigits(seconds)),
        new("toTime", [Any], null, (_, args) => Humanized.Time(Float(args[0]))),
        new("toDuration", [Any], null, (_, args) => new GoDuration(Humanized.Nanoseconds(Float(args[0])))),
        new("now", [], null, (context, _) => context.Now.Milliseconds / 1000.0),
        new("pathPrefix", [], null, (context, _) => context.PathPrefix),
        new("externalURL", [], null, (context, _) => context.ExternalUrl),
        new("parseDuration", [Word], null, (_, args) => ParseDuration((string)args[0]!)),
        new("urlQueryEscape", [Word], null, (_, args) => HostText.QueryEscape((string)args[0]!)),
    ];

    /// <summary>Functions of plain templates by name.</summary>
    public static IReadOnlyDictionary<string, TemplateFunction> ForText { get; } =
        TemplateBuiltins.All.Concat(Own).ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Functions of pages by name.</summary>
    public static IReadOnlyDictionary<string, TemplateFunction> ForHtml { get; } =
        new Dictionary<string, TemplateFunction>(ForText, StringComparer.Ordinal)
        {
            // The run expands it: a function by itself knows no templates.
            [CallByName] = new(CallByName, [Word, Any], null, (_, args) => args[1]),
        };

    private static IReadOnlyList<TemplateSample> Samples(object? value) => (IReadOnlyList<TemplateSample>)value!;

    private static UnanchoredRegex Compile(string pattern)
    {
        try
        {
            return UnanchoredRegex.Compile(pattern);
        }
        catch (RegexSyntaxException e)
        {
            throw new TemplateCallException(e.Message);
        }
    }

    private static double Float(object? value) => value switch
    {
        double number => number,
        long whole => whole,
        ulong whole => whole,
        GoDuration duration => duration.Seconds,
        string text => TemplateNumber.TryFloat(text, out double number)
            ? number
            : throw new TemplateCallException($"strconv.ParseFloat: parsing {QuotedText.Of(text)}: invalid syntax"),
        _ => throw new TemplateCallException($"can't convert {GoFormat.TypeName(value)} to float"),
    };

    // The first letter of every word, as Go's strings.Title sees words.
    private static string Title(string text)
    {
        var titled = new StringBuilder(text.Length);
        bool inside = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            titled.Append((inside ? rune : Rune.ToUpperInvariant(rune)).ToString());
            inside = Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '\'';
        }

        return titled.ToString();
    }

    private static object ParseDuration(string text)
    {
        bool negative = text.StartsWith('-');
        try
        {
            double seconds = PrometheusDuration.Parse(negative ? text.AsSpan(1) : text).TotalSeconds;
            return negative ? -seconds : seconds;
        }
        catch (FormatException e)
        {
            throw new TemplateCallException(e.Message);
        }
    }
}
