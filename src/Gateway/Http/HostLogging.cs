using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pleiad.Gateway;

/// <summary>The node's logging, without what the web host says about itself: its start and its failures are the gateway's to tell, once and in plain words.</summary>
internal sealed class HostLogging(ILoggerFactory node) : ILoggerFactory
{
    private static readonly string[] Silent = ["Microsoft.Extensions.Hosting", "Microsoft.Hosting"];

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        Array.Exists(Silent, s => categoryName.StartsWith(s, StringComparison.Ordinal)) ? NullLogger.Instance : node.CreateLogger(categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => node.AddProvider(provider);

    /// <summary>Nothing: the node's logging outlives the gateway.</summary>
    public void Dispose()
    {
    }
}
