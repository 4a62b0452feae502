using System.Globalization;
using System.Net;

namespace Pleiad.Scraping;

/// <summary>Whom to ask, and for which names: what resolv.conf says.</summary>
/// <param name="Servers">In the order in which they are asked.</param>
/// <param name="SearchDomains">Put behind names that are not whole.</param>
/// <param name="Ndots">A name with at least so many dots is tried as it is first.</param>
/// <remarks>resolv.conf(5).</remarks>
internal sealed record DnsServers(IReadOnlyList<IPEndPoint> Servers, IReadOnlyList<string> SearchDomains, int Ndots)
{
    /// <summary>The port of name servers.</summary>
    public const int Port = 53;

    private const string File = "/etc/resolv.conf";
    private const int CharsMax = 64 * 1024;
    private const int NdotsMax = 15;

    /// <summary>What the machine's file says now; a machine without one has a server of its own.</summary>
    public static DnsServers OfMachine()
    {
        try
        {
            using var reader = new StreamReader(File);
            char[] text = new char[CharsMax];
            return Parse(new string(text, 0, reader.ReadBlock(text, 0, CharsMax)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Parse(string.Empty);
        }
    }

    /// <summary>Reads the text of such a file; lines that say something else are passed over.</summary>
    public static DnsServers Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        string[] search = [];
        int ndots = 1;
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..] when IPAddress.TryParse(address, out IPAddress? server):
                    servers.Add(new IPEndPoint(server, Port));
                    break;
                case ["search" or "domain", .. var domains]:
                    search = [.. domains.Select(static domain => domain.Trim('.')).Where(static domain => domain.Length > 0)];
                    break;
                case ["options", .. var options]:
                    foreach (string option in options.Where(static option => option.StartsWith("ndots:", StringComparison.Ordinal)))
                    {
                        ndots = int.TryParse(option["ndots:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int dots) ? Math.Min(dots, NdotsMax) : ndots;
                    }

                    break;
                default:
                    break;
            }
        }

        return new DnsServers(servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, Port)], search, ndots);
    }

    /// <summary>The names to ask for, one after the other, until one is there.</summary>
    public IEnumerable<string> NamesFor(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name];
        }

        IEnumerable<string> searched = SearchDomains.Select(domain => $"{name}.{domain}.");
        return name.Count(static c => c == '.') >= Ndots ? searched.Prepend(name + ".") : searched.Append(name + ".");
    }
}
