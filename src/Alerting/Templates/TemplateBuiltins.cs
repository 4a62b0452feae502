using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>The functions that Go's template language brings along. <c>and</c> and <c>or</c> are here for their names; the run evaluates them.</summary>
/// <remarks>Documentation of <c>text/template</c>, "Functions". There are no function values, so <c>call</c> has nothing to call.</remarks>
internal static class TemplateBuiltins
{
    private const TemplateParameter Any = TemplateParameter.Any;

    public static readonly TemplateFunction[] All =
    [
        new("and", [Any], Any, (_, args) => args[^1]),
        new("or", [Any], Any, (_, args) => args[^1]),
        new("not", [Any], null, (_, args) => !GoComparison.Truth(args[0])),
        new("eq", [Any], Any, (_, args) => Equal(args)),
        new("ne", [Any, Any], null, (_, args) => !GoComparison.Equal(args[0], args[1])),
        new("lt", [Any, Any], null, (_, args) => GoComparison.Less(args[0], args[1])),
        new("le", [Any, Any], null, (_, args) => GoComparison.Less(args[0], args[1]) || GoComparison.Equal(args[0], args[1])),
        new("gt", [Any, Any], null, (_, args) => !(GoComparison.Less(args[0], args[1]) || GoComparison.Equal(args[0], args[1]))),
        new("ge", [Any, Any], null, (_, args) => !GoComparison.Less(args[0], args[1])),
        new("len", [Any], null, (_, args) => Length(args[0])),
        new("index", [Any], Any, (_, args) => args.Skip(1).Aggregate(args[0], At)),
        new("slice", [Any], Any, (_, args) => Slice(args)),
        new("print", [], Any, (_, args) => GoFormat.Print(args)),
        new("println", [], Any, (_, args) => GoFormat.PrintLine(args)),
        new("printf", [TemplateParameter.Text], Any, (_, args) => GoFormat.PrintFormatted((string)args[0]!, [.. args.Skip(1)])),
        new("html", [], Any, (_, args) => Html(GoFormat.Print(args))),
        new("js", [], Any, (_, args) => Script(GoFormat.Print(args))),
        new("urlquery", [], Any, (_, args) => HostText.QueryEscape(GoFormat.Print(args))),
        new("call", [Any], Any, (_, args) => throw new TemplateCallException($"non-function of type {GoFormat.TypeName(args[0])}")),
    ];

    private static object Equal(IReadOnlyList<object?> args) => args.Count < 2
        ? throw new TemplateCallException("missing argument for comparison")
        : args.Skip(1).Any(other => GoComparison.Equal(args[0], other));

    private static object Length(object? value) => value switch
    {
        string text => (long)Encoding.UTF8.GetByteCount(text),
        IReadOnlyList<object?> list => (long)list.Count,
        TemplateMap map => (long)map.Entries.Count,
        null => throw new TemplateCallException("len of nil pointer"),
        _ => throw new TemplateCallException($"len of type {GoFormat.TypeName(value)}"),
    };

    private static object? At(object? of, object? index)
    {
        switch (of)
        {
            case TemplateMap map:
                string key = index as string
                    ?? throw new TemplateCallException($"value has type {GoFormat.TypeName(index)}; should be string");
                return map.Entries.TryGetValue(key, out object? value) ? value : map.OfTexts ? string.Empty : null;
            case IReadOnlyList<object?> list:
                return list[(int)Place(index, list.Count - 1)];
            case string text:
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                return (ulong)bytes[Place(index, bytes.Length - 1)];
            default:
                throw new TemplateCallException(of is null ? "index of untyped nil" : $"can't index item of type {GoFormat.TypeName(of)}");
        }
    }

    private static object Slice(IReadOnlyList<object?> args)
    {
        if (args[0] is not (string or IReadOnlyList<object?>))
        {
            throw new TemplateCallException(
                args[0] is null ? "slice of untyped nil" : $"can't slice item of type {GoFormat.TypeName(args[0])}");
        }

        if (args.Count > 3)
        {
            throw new TemplateCallException(string.Create(CultureInfo.InvariantCulture, $"too many slice indexes: {args.Count - 1}"));
        }

        byte[] bytes = args[0] is string text ? Encoding.UTF8.GetBytes(text) : [];
        int length = args[0] is IReadOnlyList<object?> list ? list.Count : bytes.Length;
        int from = args.Count > 1 ? (int)Place(args[1], length) : 0;
        int to = args.Count > 2 ? (int)Place(args[2], length) : length;
        if (from > to)
        {
            throw new TemplateCallException(string.Create(CultureInfo.InvariantCulture, $"invalid slice index: {from} > {to}"));
        }

        return args[0] is IReadOnlyList<object?> items
            ? items.Skip(from).Take(to - from).ToArray()
            : Encoding.UTF8.GetString(bytes, from, to - from);
    }

    private static long Place(object? index, int last) => index switch
    {
        long place when place >= 0 && place <= last => place,
        long place => throw new TemplateCallException(string.Create(CultureInfo.InvariantCulture, $"index out of range: {place}")),
        null => throw new TemplateCallException("cannot index slice/array with nil"),
        _ => throw new TemplateCallException($"cannot index slice/array with type {GoFormat.TypeName(index)}"),
    };

    // Like HtmlText, but without the plus sign: what Go's HTMLEscapeString escapes.
    private static string Html(string text) => HtmlText.Escape(text).Replace("&#43;", "+", StringComparison.Ordinal);

    private static string Script(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => escaped.Append("\\\\"),
                '\'' => escaped.Append("\\'"),
                '"' => escaped.Append("\\\""),
                '<' => escaped.Append("\\u003C"),
                '>' => escaped.Append("\\u003E"),
                '&' => escaped.Append("\\u0026"),
                '=' => escaped.Append("\\u003D"),
                < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
