using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Pleiad.Gateway;

/// <summary>
/// Kestrel's sockets, each served by a thread of its own: what a client sends wakes the thread that answers it, and no other. Those of the
/// framework wake one that waits for all sockets, which wakes one of the pool. docs/decisions/0011.
/// </summary>
/// <param name="threadsMax">Connections at the same time that have a thread; the others are served by the framework.</param>
/// <param name="writeBufferBytes">What an answer may be ahead of its socket.</param>
/// <param name="memory">Where buffers come from.</param>
/// <param name="pooled">Counts a connection without a thread.</param>
/// <param name="time">Of the watch for clients that have gone.</param>
/// <param name="log">Of the framework's connections.</param>
internal sealed class ThreadedTransport(
    int threadsMax, long writeBufferBytes, IMemoryPoolFactory<byte> memory, Action pooled, TimeProvider time, ILogger log)
    : IConnectionListenerFactory, IDisposable
{
    private readonly ConnectionThreads _threads = new(threadsMax);
    private readonly long _writeBufferBytes = writeBufferBytes;
    private readonly IMemoryPoolFactory<byte> _memory = memory;
    private readonly Action _pooled = pooled;
    private readonly TimeProvider _time = time;
    private readonly ILogger _log = log;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket listen = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            listen.Listen(new SocketTransportOptions().Backlog);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            listen.Dispose();
            throw new AddressInUseException(taken.Message, taken);
        }

        return new ValueTask<IConnectionListener>(new Listener(this, listen));
    }

    /// <inheritdoc/>
    public void Dispose() => _threads.Dispose();

    private sealed class Listener(ThreadedTransport transport, Socket listen) : IConnectionListener
    {
        private readonly MemoryPool<byte> _memory = transport._memory.Create();
        private readonly GoneClients _gone = new(transport._time);
        private readonly SocketConnectionContextFactory _pooled = new(
            new SocketConnectionFactoryOptions { MaxWriteBufferSize = transport._writeBufferBytes }, transport._log);

        public EndPoint EndPoint { get; } = listen.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    Socket socket = await listen.AcceptAsync(cancellationToken).ConfigureAwait(false);
                    socket.NoDelay = true;
                    return Connect(socket);
                }
                catch (ObjectDisposedException)
                {
                    return null;
                }
                catch (SocketException over) when (over.SocketErrorCode == SocketError.OperationAborted)
                {
                    return null;
                }
                catch (SocketException)
                {
                    // Whoever came was gone before it was let in.
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            listen.Dispose();
            return default;
        }

        public ValueTask DisposeAsync()
        {
            listen.Dispose();
            _gone.Dispose();
            _pooled.Dispose();
            _memory.Dispose();
            return default;
        }

        private ConnectionContext Connect(Socket socket)
        {
            if (transport._threads.Take() is not { } thread)
            {
                transport._pooled();
                return _pooled.Create(socket);
            }

            var connection = new ThreadedConnection(socket, _memory, transport._writeBufferBytes, _gone, transport._log);
            connection.Start(thread);
            return connection;
        }
    }
}
