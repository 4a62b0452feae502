using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Pleiad.Kernel;

/// <summary>The connections of one node with others: it listens for theirs, and makes its own.</summary>
/// <remarks>A connection carries questions one way and their answers back; two nodes that ask each other have one each way for each lane.</remarks>
public sealed class NodeTransport : IAsyncDisposable
{
    private readonly NodeIncarnation _self;
    private readonly TransportSettings _settings;
    private readonly TimeProvider _time;
    private readonly NodeMessageHandler _handler;
    private readonly Socket _listener;
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _greeting = [];
    private readonly HashSet<NodeConnection> _inbound = [];
    private readonly HashSet<PeerLink> _links = [];
    private readonly ControlThreads _threads;
    private readonly Task _accepting;
    private bool _isDisposed;

    private NodeTransport(NodeIncarnation self, Socket listener, TransportSettings settings, TimeProvider time, NodeMessageHandler handler)
    {
        _self = self;
        _listener = listener;
        _settings = settings;
        _time = time;
        _handler = handler;
        _threads = new ControlThreads(settings.ControlThreadsMax);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public EndPoint Address => _listener.LocalEndPoint!;

    /// <summary>Connections that others have made and that are open.</summary>
    public int InboundCount
    {
        get
        {
            lock (_gate)
            {
                return _inbound.Count;
            }
        }
    }

    /// <summary>Control connections, in and out, that have a thread of their own.</summary>
    public int ControlThreadCount => _threads.Count;

    /// <summary>Begins to listen.</summary>
    /// <param name="self">Who this node is: connections meant for another are refused.</param>
    /// <param name="address">Where; port 0 takes a free one.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="time">Of timeouts.</param>
    /// <param name="handler">Handles what comes in, from many connections at once.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static NodeTransport Listen(NodeIncarnation self, EndPoint address, TransportSettings settings, TimeProvider time, NodeMessageHandler handler)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(512);
        }
        catch
        {
            // Whatever it was: nobody else could close it.
            listener.Dispose();
            throw;
        }

        return new NodeTransport(self, listener, settings, time, handler);
    }

    /// <summary>The way to a node; dispose it when the node is not wanted any more.</summary>
    /// <param name="peer">Who is meant: another one at that address is not talked to.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="controlBroke">Called, from any thread, each time a connection of the lane control that was there has broken; not for one that this node closes.</param>
    public PeerLink LinkTo(NodeIncarnation peer, EndPoint address, Action? controlBroke = null)
    {
        var link = new PeerLink(_self, peer, address, _settings, _time, Forget, _threads, controlBroke);
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _links.Add(link);
                return link;
            }
        }

        link.Dispose();
        return link;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IDisposable[] all;
        lock (_gate)
        {
            _isDisposed = true;
            all = [_listener, .. _greeting, .. _inbound, .. _links];
        }

        foreach (IDisposable one in all)
        {
            one.Dispose();
        }

        await _accepting.ConfigureAwait(false);
    }

    private void Forget(PeerLink link)
    {
        lock (_gate)
        {
            _links.Remove(link);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync(CancellationToken.None).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_isDisposed || _greeting.Count + _inbound.Count >= _settings.InboundMax)
                    {
                        KernelMetrics.CountTransportRefusal();
                        socket.Dispose();
                        continue;
                    }

                    _greeting.Add(socket);
                }

                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was closed: the node ends.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        NodeConnection? connection = null;
        try
        {
            Greeting greeting;
            Stream stream = new NetworkStream(socket, ownsSocket: false);
            using (var timeout = new CancellationTokenSource(_settings.ConnectTimeout, _time))
            {
                NodeSockets.Prepare(socket, _settings);
                stream = _settings.Certificates is { } certificates ? await certificates.AsServerAsync(stream, timeout.Token).ConfigureAwait(false) : stream;
                greeting = await Greeting.ReceiveAsync(stream, timeout.Token).ConfigureAwait(false);

                // Who was meant is told who is here now, and finds out that it is another one.
                await new Greeting(_self, greeting.From, greeting.Lane).SendAsync(stream, timeout.Token).ConfigureAwait(false);
            }

            if (greeting.To == _self)
            {
                connection = new NodeConnection(socket, stream, greeting.From, greeting.Lane, _settings, _time, _handler, _threads);
                if (TryKeep(socket, connection))
                {
                    await connection.RunAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException or OperationCanceledException)
        {
            // Whoever it was does not speak our protocol, or went away.
            KernelMetrics.CountTransportRefusal();
        }
        finally
        {
            connection?.Dispose();
            socket.Dispose();
            lock (_gate)
            {
                _greeting.Remove(socket);
                if (connection is not null)
                {
                    _inbound.Remove(connection);
                }
            }
        }
    }

    private bool TryKeep(Socket socket, NodeConnection connection)
    {
        lock (_gate)
        {
            _greeting.Remove(socket);
            return !_isDisposed && _inbound.Add(connection);
        }
    }
}
