using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Pleiad.Node;

/// <summary>
/// One line an event: <c>time=… level=info component=Scraping msg="…" key=value</c>, or the same as JSON.
/// Whatever comes from outside is quoted, so that no label or page can write a line of its own.
/// </summary>
internal sealed class LineFormatter(IOptionsMonitor<LineFormatterOptions> options) : ConsoleFormatter(FormatterName)
{
    /// <summary>The name it is registered under.</summary>
    public const string FormatterName = "pleiad";

    private const string TemplateKey = "{OriginalFormat}";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var fields = new List<(string Key, string Value)>
        {
            ("time", DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
            ("level", LevelName(entry.LogLevel)),
            ("component", Component(entry.Category)),
            ("msg", entry.Formatter(entry.State, entry.Exception)),
        };
        if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> state)
        {
            fields.AddRange(state.Where(pair => pair.Key != TemplateKey)
                .Select(pair => (char.ToLowerInvariant(pair.Key[0]) + pair.Key[1..], Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? string.Empty)));
        }

        if (entry.Exception is not null)
        {
            fields.Add(("err", entry.Exception.ToString()));
        }

        textWriter.WriteLine(options.CurrentValue.Json ? Json(fields) : Logfmt(fields));
    }

    private static string Logfmt(List<(string Key, string Value)> fields)
    {
        var line = new StringBuilder();
        foreach ((string key, string value) in fields)
        {
            if (line.Length > 0)
            {
                line.Append(' ');
            }

            line.Append(key).Append('=');
            if (value.Length > 0 && value.All(c => c is > ' ' and < '\x7f' and not ('"' or '=' or '\\')))
            {
                line.Append(value);
            }
            else
            {
                Model.QuotedText.Append(line, value);
            }
        }

        return line.ToString();
    }

    private static string Json(List<(string Key, string Value)> fields)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default }))
        {
            writer.WriteStartObject();
            foreach ((string key, string value) in fields.DistinctBy(field => field.Key))
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Component(string category)
    {
        int dot = category.IndexOf('.', StringComparison.Ordinal);
        int next = dot < 0 ? -1 : category.IndexOf('.', dot + 1);
        return dot < 0 ? category : next < 0 ? category[(dot + 1)..] : category[(dot + 1)..next];
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
