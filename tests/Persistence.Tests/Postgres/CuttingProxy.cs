using System.Net.Sockets;
using Pleiad.TestKit;

namespace Pleiad.Persistence.Tests;

/// <summary>Stands between a client and a server on Unix sockets, and cuts a connection when it is told to: after a request has reached the server, before its answer has reached the client.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _server;
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private int _cuts;

    public CuttingProxy(string serverSocketPath)
    {
        _server = Path.Combine(serverSocketPath, ".s.PGSQL.5432");
        _listener.Bind(new UnixDomainSocketEndPoint(_directory[".s.PGSQL.5432"]));
        _listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>The directory of its socket.</summary>
    public string SocketPath => _directory.Path;

    /// <summary>Connections cut so far.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Asked at each request: whether the answer shall be cut off.</summary>
    public Func<ReadOnlyMemory<byte>, bool> CutsAnswerOf { get; set; } = static _ => false;

    public void Dispose()
    {
        _listener.Dispose();
        lock (_gate)
        {
            _open.ForEach(static socket => socket.Dispose());
        }

        _directory.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync();
                var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_server));
                lock (_gate)
                {
                    _open.AddRange([client, server]);
                }

                var link = new Link();
                _ = RelayAsync(client, server, link, isRequest: true);
                _ = RelayAsync(server, client, link, isRequest: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the test is over.
        }
    }

    private async Task RelayAsync(Socket from, Socket to, Link link, bool isRequest)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is int received and > 0)
            {
                if (isRequest && CutsAnswerOf(buffer.AsMemory(0, received)))
                {
                    link.IsCut = true;
                }

                if (!isRequest && link.IsCut)
                {
                    Interlocked.Increment(ref _cuts);
                    break;
                }

                await to.SendAsync(buffer.AsMemory(0, received));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other direction has closed both.
        }

        from.Dispose();
        to.Dispose();
    }

    private sealed class Link
    {
        public volatile bool IsCut;
    }
}
