using System.Net;

namespace Pleiad.Gateway;

/// <summary>An address to listen on.</summary>
/// <param name="Text">As configured.</param>
/// <param name="Host">An IP address, or null for <c>localhost</c>: both loopback addresses.</param>
/// <param name="Port">0 for any free one.</param>
internal sealed record ListenAddress(string Text, IPAddress? Host, int Port)
{
    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => Host is null || IPAddress.IsLoopback(Host);

    /// <summary>Reads <c>host:port</c>; <c>:9090</c> is every interface.</summary>
    /// <exception cref="GatewayStartException">It cannot be read.</exception>
    public static ListenAddress Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), out ushort port))
        {
            throw new GatewayStartException($"listen address \"{text}\" is not of the form host:port");
        }

        string host = text[..colon].Trim('[', ']');
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            // A free port can be asked for at one address only.
            return new ListenAddress(text, port == 0 ? IPAddress.Loopback : null, port);
        }

        return host.Length == 0 ? new ListenAddress(text, IPAddress.IPv6Any, port)
            : IPAddress.TryParse(host, out IPAddress? address) ? new ListenAddress(text, address, port)
            : throw new GatewayStartException($"listen address \"{text}\": the host must be an IP address or localhost");
    }
}
