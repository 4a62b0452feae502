using System.Globalization;
using System.Net;

namespace Pleiad.Kernel;

/// <summary>Where a node is reached, as text: <c>host:port</c>.</summary>
public static class NodeAddress
{
    /// <summary>The end point; a name is looked up whenever it is connected to.</summary>
    /// <exception cref="FormatException">It is no host and port.</exception>
    public static EndPoint Of(string address)
    {
        if (IPEndPoint.TryParse(address, out IPEndPoint? parsed))
        {
            return parsed;
        }

        int colon = address.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new DnsEndPoint(address[..colon], port)
            : throw new FormatException($"\"{address}\" is not host:port");
    }
}
