using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Pleiad.Scraping;

/// <summary>Asks name servers for records that the runtime's resolver does not know: over UDP, and over TCP where an answer is too long for that.</summary>
/// <remarks>Order of servers and names as Prometheus has it (discovery/dns). An answer counts when it repeats a random number and the question.</remarks>
/// <param name="servers">Asked before every look-up, so that a changed resolv.conf counts.</param>
/// <param name="clock">Ends what takes too long.</param>
internal sealed class DnsResolver(Func<DnsServers> servers, TimeProvider clock)
{
    /// <summary>How long one server may take to answer.</summary>
    public static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(2);

    // The largest that UDP carries; a server that was told of nothing else sends 512.
    private const int DatagramBytesMax = 64 * 1024;

    /// <summary>The records of a name; none where there is no such name.</summary>
    /// <exception cref="DnsLookupException">No server gave an answer.</exception>
    public async Task<IReadOnlyList<DnsRecord>> LookUpAsync(string name, DnsType type, CancellationToken cancel)
    {
        DnsServers known = servers();
        string? problem = null;
        foreach (string whole in known.NamesFor(name))
        {
            try
            {
                DnsAnswer answer = await AskAnyAsync(known.Servers, whole, type, cancel).ConfigureAwait(false);
                if (answer.Code == DnsAnswer.Success)
                {
                    return answer.Records;
                }
            }
            catch (DnsLookupException failure)
            {
                problem ??= failure.Message;
            }
        }

        return problem is null ? [] : throw new DnsLookupException(problem);
    }

    private async Task<DnsAnswer> AskAnyAsync(IReadOnlyList<IPEndPoint> asked, string name, DnsType type, CancellationToken cancel)
    {
        string problem = "there is no name server";
        foreach (IPEndPoint server in asked)
        {
            using var late = new CancellationTokenSource(AnswerTimeMax, clock);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
            try
            {
                DnsAnswer answer = await AskAsync(server, name, type, ends.Token).ConfigureAwait(false);
                if (answer.Code is DnsAnswer.Success or DnsAnswer.NoSuchName)
                {
                    return answer;
                }

                problem = $"{server} answered with code {answer.Code}";
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                problem = $"{server}: i/o timeout";
            }
            catch (Exception e) when (e is SocketException or IOException or FormatException)
            {
                problem = $"{server}: {(e is SocketException socket ? socket.SocketErrorCode.ToString() : e.Message)}";
            }
        }

        throw new DnsLookupException(problem);
    }

    private static async Task<DnsAnswer> AskAsync(IPEndPoint server, string name, DnsType type, CancellationToken cancel)
    {
        byte[] question = DnsMessage.Question(BinaryPrimitives.ReadUInt16LittleEndian(RandomNumberGenerator.GetBytes(2)), name, type);
        DnsAnswer answer = await AskOverUdpAsync(server, question, cancel).ConfigureAwait(false);
        return answer.IsTruncated ? await AskOverTcpAsync(server, question, cancel).ConfigureAwait(false) : answer;
    }

    private static async Task<DnsAnswer> AskOverUdpAsync(IPEndPoint server, byte[] question, CancellationToken cancel)
    {
        // Connected: datagrams of others do not get here.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancel).ConfigureAwait(false);
        await socket.SendAsync(question, cancel).ConfigureAwait(false);
        byte[] buffer = new byte[DatagramBytesMax];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, cancel).ConfigureAwait(false);
            if (DnsMessage.Read(buffer.AsSpan(0, length), question) is { } answer)
            {
                return answer;
            }
        }
    }

    private static async Task<DnsAnswer> AskOverTcpAsync(IPEndPoint server, byte[] question, CancellationToken cancel)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancel).ConfigureAwait(false);
        await using var stream = new NetworkStream(socket);
        byte[] framed = [(byte)(question.Length >> 8), (byte)question.Length, .. question];
        await stream.WriteAsync(framed, cancel).ConfigureAwait(false);
        byte[] length = new byte[2];
        await stream.ReadExactlyAsync(length, cancel).ConfigureAwait(false);
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(message, cancel).ConfigureAwait(false);
        return DnsMessage.Read(message, question) ?? throw new FormatException("the answer is to another question");
    }
}

/// <summary>No name server gave an answer; the message says what the last one did.</summary>
internal sealed class DnsLookupException(string problem) : Exception(problem);
