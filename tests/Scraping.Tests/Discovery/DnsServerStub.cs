using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pleiad.Scraping.Tests;

/// <summary>A name server on a loopback port, over UDP and TCP.</summary>
internal sealed class DnsServerStub : IDisposable
{
    private readonly Func<string, DnsType, IReadOnlyList<byte[]>> _records;
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _asked = [];

    /// <param name="records">Type, length and data of each record of an answer, by name (with its final dot) and type.</param>
    public DnsServerStub(Func<string, DnsType, IReadOnlyList<byte[]>> records)
    {
        _records = records;

        // Both at one port: the system gives one for UDP, and TCP takes the same where it is free.
        for (int tries = 0; ; tries++)
        {
            _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _tcp = new TcpListener(IPAddress.Loopback, ((IPEndPoint)_udp.LocalEndPoint!).Port);
            try
            {
                _tcp.Start();
                break;
            }
            catch (SocketException) when (tries < 20)
            {
                _udp.Dispose();
                _udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            }
        }

        _ = ServeUdpAsync(_stop.Token);
        _ = ServeTcpAsync(_stop.Token);
    }

    /// <summary>The code of answers.</summary>
    public Func<int> Code { get; init; } = static () => DnsAnswer.Success;

    /// <summary>Whether answers over UDP say that there is more.</summary>
    public bool Truncates { get; init; }

    /// <summary>What is sent before an answer over UDP: datagrams that are none.</summary>
    public Func<byte[], IEnumerable<byte[]>> Before { get; init; } = static _ => [];

    /// <summary>Changes an answer on its way.</summary>
    public Func<byte[], byte[]> Change { get; init; } = static answer => answer;

    /// <summary>Transport, name and type of each question.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public DnsServers Servers(string[]? search = null, int ndots = 1) => new([(IPEndPoint)_udp.LocalEndPoint!], search ?? [], ndots);

    public static byte[] Srv(int port, string target) => Record(DnsType.Srv, [0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. Name(target)]);

    public static byte[] Mx(string target) => Record(DnsType.Mx, [0, 10, .. Name(target)]);

    public static byte[] Host(DnsType type, string target) => Record(type, Name(target));

    public static byte[] Record(DnsType type, byte[] data) => [0, (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data];

    public static byte[] Name(string name) => [.. name.TrimEnd('.').Split('.').SelectMany(static label => new[] { (byte)label.Length }.Concat(Encoding.ASCII.GetBytes(label))), 0];

    public void Dispose()
    {
        _stop.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    private async Task ServeUdpAsync(CancellationToken stop)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stop);
                byte[] question = buffer[..received.ReceivedBytes];
                foreach (byte[] noise in Before(question))
                {
                    await _udp.SendToAsync(noise, received.RemoteEndPoint, stop);
                }

                await _udp.SendToAsync(Change(Answer("udp", question, Truncates)), received.RemoteEndPoint, stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _tcp.AcceptTcpClientAsync(stop);
                NetworkStream stream = client.GetStream();
                byte[] length = new byte[2];
                await stream.ReadExactlyAsync(length, stop);
                byte[] question = new byte[(length[0] << 8) | length[1]];
                await stream.ReadExactlyAsync(question, stop);
                byte[] answer = Change(Answer("tcp", question, truncated: false));
                await stream.WriteAsync(new[] { (byte)(answer.Length >> 8), (byte)answer.Length }.Concat(answer).ToArray(), stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private byte[] Answer(string transport, byte[] question, bool truncated)
    {
        var name = new StringBuilder();
        int at = 12;
        for (; question[at] > 0; at += question[at] + 1)
        {
            name.Append(Encoding.ASCII.GetString(question, at + 1, question[at])).Append('.');
        }

        var type = (DnsType)question[at + 2];
        lock (_asked)
        {
            _asked.Add($"{transport} {name} {type}");
        }

        int code = Code();
        IReadOnlyList<byte[]> records = truncated || code != 0 ? [] : _records(name.ToString(), type);
        return
        [
            question[0], question[1], (byte)(truncated ? 0x83 : 0x81), (byte)(0x80 | code), 0, 1, (byte)(records.Count >> 8), (byte)records.Count, 0, 0, 0, 0,
            .. question[12..],
            .. records.SelectMany(static record => new byte[] { 0xC0, 12 }.Concat(record)),
        ];
    }
}
