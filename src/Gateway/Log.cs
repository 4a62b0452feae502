using Microsoft.Extensions.Logging;

namespace Pleiad.Gateway;

/// <summary>What the gateway logs.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "listening on {Addresses}")]
    public static partial void Listening(ILogger log, string addresses);

    [LoggerMessage(4002, LogLevel.Warning, "serving {Addresses} without TLS and accounts, as insecure-listen allows")]
    public static partial void ListeningInsecurely(ILogger log, string addresses);

    [LoggerMessage(4003, LogLevel.Error, "{Method} {Route} failed")]
    public static partial void RequestFailed(ILogger log, string method, string route, Exception exception);

    [LoggerMessage(4004, LogLevel.Debug, "{Method} {Route} given up: {Reason}")]
    public static partial void RequestGivenUp(ILogger log, string method, string route, string reason);

    [LoggerMessage(4005, LogLevel.Information, "reload asked for over HTTP by {Client}")]
    public static partial void ReloadAsked(ILogger log, string client);

    [LoggerMessage(4006, LogLevel.Warning, "quit asked for over HTTP by {Client}")]
    public static partial void QuitAsked(ILogger log, string client);

    [LoggerMessage(4007, LogLevel.Warning, "refused {Route}: it changes something and came from a page of another origin, {Origin}")]
    public static partial void ForeignCallRefused(ILogger log, string route, string origin);

    [LoggerMessage(4008, LogLevel.Error, "what was to be told that a connection has ended failed")]
    public static partial void ConnectionEndFailed(ILogger log, Exception exception);

    [LoggerMessage(4009, LogLevel.Warning, "{Method} {Route} ended: no memory left")]
    public static partial void NoMemoryLeft(ILogger log, string method, string route, Exception exception);
}
