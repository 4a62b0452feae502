using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pleiad.Alerting;

/// <summary>Hosts, ports and query parameters as text.</summary>
internal static class HostText
{
    /// <summary>The host of <c>host:port</c>; the text as it is where it is no such thing.</summary>
    public static string WithoutPort(string hostPort) => TrySplit(hostPort, out string host, out _) ? host : hostPort;

    /// <summary>The first label of the host, with the port where there is one; addresses stay as they are.</summary>
    public static string WithoutDomain(string hostPort)
    {
        if (!TrySplit(hostPort, out string host, out string port))
        {
            (host, port) = (hostPort, string.Empty);
        }

        if (IsAddress(host))
        {
            return hostPort;
        }

        string first = host.Split('.')[0];
        return port.Length == 0 ? first
            : first.Contains(':', StringComparison.Ordinal) ? $"[{first}]:{port}"
            : $"{first}:{port}";
    }

    /// <summary>As a value of a query string: a space is <c>+</c>, everything but letters, digits and <c>-_.~</c> is <c>%XX</c>.</summary>
    public static string QueryEscape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)b;
            _ = char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' ? escaped.Append(c)
                : c == ' ' ? escaped.Append('+')
                : escaped.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    // Go's net.SplitHostPort: one colon outside brackets.
    private static bool TrySplit(string hostPort, out string host, out string port)
    {
        (host, port) = (string.Empty, string.Empty);
        int colon = hostPort.LastIndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        if (hostPort.StartsWith('['))
        {
            int close = hostPort.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || close + 1 != colon)
            {
                return false;
            }

            host = hostPort[1..close];
        }
        else
        {
            host = hostPort[..colon];
            if (host.Contains(':', StringComparison.Ordinal))
            {
                return false;
            }
        }

        port = hostPort[(colon + 1)..];
        return host.IndexOfAny(['[', ']']) < 0 && port.IndexOfAny(['[', ']']) < 0;
    }

    // Four decimal parts, or a version 6 address: what .NET takes beyond that (a number alone, hexadecimal parts) is a name here.
    private static bool IsAddress(string host) =>
        IPAddress.TryParse(host, out IPAddress? address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')
            : address.ToString() == host);
}
