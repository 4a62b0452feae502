using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pleiad.Gateway;

/// <summary>
/// Requests that nobody made, over real connections, once, when a node has started: without them whoever opens the first page pays for code that
/// has never run. They ask for what costs nothing however much is stored. See docs/decisions/0020.
/// </summary>
internal static class RehearsedRequests
{
    // Methods are compiled well after 30 calls, and once more, with what was seen of them, after 30 more.
    internal const int Rounds = 64;

    // No series has this name, and the time of the question is that of no block.
    private const string Nothing = "match%5B%5D=pleiad_rehearsal";

    // Answered by whoever is asked, from what it has at hand.
    private static readonly string[] s_pages = ["/api/v1/format_query?query=up", "/api/v1/status/buildinfo", "/"];

    /// <summary>Asks until every page has been asked for some dozens of times; each round is one connection.</summary>
    /// <param name="address">Where the gateway listens.</param>
    /// <param name="prefix">In front of every path; empty for none.</param>
    /// <param name="lists">Whether lists of labels and series are among them: in a cluster every node would be asked for them.</param>
    /// <param name="now">The time that is asked for.</param>
    /// <param name="over">Ends it where it is.</param>
    /// <returns>Requests of the connections that were answered to their end; fewer than all where it was ended, or nobody answered.</returns>
    public static async Task<int> RunAsync(Uri address, string prefix, bool lists, DateTimeOffset now, CancellationToken over)
    {
        EndPoint there = IPEndPoint.TryParse($"{address.Host}:{address.Port}", out IPEndPoint? listening)
            ? Reachable(listening)
            : new DnsEndPoint(address.Host, address.Port);
        string[] paths = lists ? [.. Lists(now), .. s_pages] : s_pages;
        byte[] round = Encoding.ASCII.GetBytes(string.Concat(
            paths.Select((path, i) => $"GET {prefix}{path} HTTP/1.1\r\nHost: {address.Authority}\r\n{(i == paths.Length - 1 ? "Connection: close\r\n" : string.Empty)}\r\n")));
        byte[] answers = new byte[16 * 1024];
        int asked = 0;
        try
        {
            for (int i = 0; i < Rounds; i++)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(there, over).ConfigureAwait(false);
                await socket.SendAsync(round, over).ConfigureAwait(false);
                while (await socket.ReceiveAsync(answers, over).ConfigureAwait(false) > 0)
                {
                }

                asked += paths.Length;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // It is over, or the gateway has no room for one more: nobody waits for a rehearsal.
        }

        return asked;
    }

    private static string[] Lists(DateTimeOffset now)
    {
        string seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string range = $"{Nothing}&start={seconds}&end={seconds}";
        return [$"/api/v1/labels?{range}", $"/api/v1/label/instance/values?{range}", $"/api/v1/series?{range}"];
    }

    // Who listens on every address of the machine is asked on its own.
    private static IPEndPoint Reachable(IPEndPoint listening) =>
        listening.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, listening.Port)
        : listening.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, listening.Port)
        : listening;
}
