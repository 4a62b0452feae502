using System.Net;

namespace Pleiad.Scraping;

/// <summary>The hosts that a proxy is not used for: addresses, networks, names and domains, each with a port if it is meant for that port only.</summary>
/// <remarks>In the notation of <c>NO_PROXY</c> as Go's <c>golang.org/x/net/http/httpproxy</c> documents it; loopback is never proxied.</remarks>
internal sealed class NoProxyList
{
    private readonly List<(string Host, bool SubdomainsOnly, int Port)> _names = [];
    private readonly List<(IPNetwork Network, int Port)> _networks = [];
    private readonly bool _everything;

    public NoProxyList(string list)
    {
        foreach (string entry in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry == "*")
            {
                _everything = true;
                continue;
            }

            if (IPNetwork.TryParse(entry, out IPNetwork network))
            {
                _networks.Add((network, 0));
                continue;
            }

            (string host, int port) = SplitPort(entry);
            if (IPAddress.TryParse(host, out IPAddress? address))
            {
                _networks.Add((new IPNetwork(address, address.GetAddressBytes().Length * 8), port));
            }
            else
            {
                string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host;
                _names.Add((name.TrimStart('.').TrimEnd('.').ToLowerInvariant(), name.StartsWith('.'), port));
            }
        }
    }

    public bool Contains(Uri url)
    {
        if (_everything || url.IsLoopback)
        {
            return true;
        }

        string host = url.IdnHost.TrimEnd('.').ToLowerInvariant();
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return _networks.Exists(one => (one.Port == 0 || one.Port == url.Port) && one.Network.Contains(address));
        }

        return _names.Exists(one =>
            (one.Port == 0 || one.Port == url.Port)
            && ((host == one.Host && !one.SubdomainsOnly) || host.EndsWith("." + one.Host, StringComparison.Ordinal)));
    }

    private static (string Host, int Port) SplitPort(string entry)
    {
        int colon = entry.LastIndexOf(':');
        bool isPort = colon > 0
            && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] == ']')
            && int.TryParse(entry.AsSpan(colon + 1), out _);
        return isPort
            ? (entry[..colon].Trim('[', ']'), int.Parse(entry.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture))
            : (entry.Trim('[', ']'), 0);
    }
}

/// <summary>One proxy for all but the listed hosts.</summary>
internal sealed class ListedProxy : IWebProxy
{
    private readonly Uri _proxy;
    private readonly NoProxyList? _direct;

    public ListedProxy(ProxyConfig config)
    {
        _proxy = new Uri(config.Url);
        _direct = config.NoProxy.Length > 0 ? new NoProxyList(config.NoProxy) : null;
        string[] user = _proxy.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            Credentials = new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : string.Empty);
        }
    }

    /// <inheritdoc/>
    public ICredentials? Credentials { get; set; }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : _proxy;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => _direct?.Contains(host) ?? false;
}
