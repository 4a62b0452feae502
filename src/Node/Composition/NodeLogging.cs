using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Pleiad.Node;

/// <summary>Logs go to standard error, one line an event, as logfmt or JSON.</summary>
internal static class NodeLogging
{
    /// <summary>A factory for the level and format of the settings; dispose it last, it flushes.</summary>
    public static ILoggerFactory Create(LogSection settings) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(settings.Level switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warn" => LogLevel.Warning,
            _ => LogLevel.Error,
        });
        // The web server's own request logs would be one line a request; ours say what matters.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.AddConsoleFormatter<LineFormatter, LineFormatterOptions>(options => options.Json = settings.Format == "json");
    });
}

/// <summary>Which of the two forms <see cref="LineFormatter"/> writes.</summary>
internal sealed class LineFormatterOptions : ConsoleFormatterOptions
{
    /// <summary>JSON instead of logfmt.</summary>
    public bool Json { get; set; }
}
