using Microsoft.Extensions.Logging;

namespace Pleiad.Node.Tests;

/// <summary>A log that keeps warnings and errors.</summary>
internal sealed class LogLines : ILogger
{
    public List<string> Warnings { get; } = [];

    public List<string> Errors { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning)
        {
            (logLevel == LogLevel.Warning ? Warnings : Errors).Add(formatter(state, exception));
        }
    }
}
