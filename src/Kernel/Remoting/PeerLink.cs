using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Pleiad.Kernel;

/// <summary>The way to one incarnation of a node: a connection for each lane, made when it is first needed and made anew when it has broken.</summary>
public sealed class PeerLink : IDisposable
{
    private readonly NodeIncarnation _self;
    private readonly NodeIncarnation _peer;
    private readonly EndPoint _address;
    private readonly TransportSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<PeerLink> _disposed;
    private readonly ControlThreads _threads;
    private readonly Action? _controlBroke;
    private readonly LaneState[] _lanes = [new LaneState(), new LaneState(), new LaneState()];
    private volatile bool _isDisposed;

    internal PeerLink(
        NodeIncarnation self, NodeIncarnation peer, EndPoint address, TransportSettings settings, TimeProvider time, Action<PeerLink> disposed, ControlThreads threads,
        Action? controlBroke)
    {
        _threads = threads;
        _controlBroke = controlBroke;
        _self = self;
        _disposed = disposed;
        _peer = peer;
        _address = address;
        _settings = settings;
        _time = time;
    }

    /// <summary>Asks a question.</summary>
    /// <param name="lane">Over which connection.</param>
    /// <param name="message">Not longer than <see cref="TransportSettings.MessageBytesMax"/>; its payload is the caller's again on return of the call.</param>
    /// <param name="timeout">For the answer, once connected.</param>
    /// <returns>Never an exception for what happens on the way.</returns>
    public async ValueTask<NodeReply> AskAsync(Lane lane, NodeMessage message, TimeSpan timeout)
    {
        LaneState state = _lanes[(int)lane];
        NodeConnection? connection = state.Connection;
        if (connection is not { IsClosed: false })
        {
            (connection, NodeReply failure) = await ConnectAsync(lane, state).ConfigureAwait(false);
            if (connection is null)
            {
                return failure;
            }
        }

        return await connection.AskAsync(message, timeout).ConfigureAwait(false);
    }

    /// <summary>Sends a message that is not answered. Messages of one lane arrive in their order, or not at all.</summary>
    /// <returns>False when there is no connection, or too much waits to be sent: it was not sent.</returns>
    public async ValueTask<bool> TellAsync(Lane lane, NodeMessage message)
    {
        LaneState state = _lanes[(int)lane];
        NodeConnection? connection = state.Connection;
        if (connection is not { IsClosed: false })
        {
            (connection, _) = await ConnectAsync(lane, state).ConfigureAwait(false);
        }

        return connection?.TryTell(message) ?? false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (LaneState state in _lanes)
        {
            state.Connection?.Dispose();
        }

        _disposed(this);
    }

    private async ValueTask<(NodeConnection? Connection, NodeReply Failure)> ConnectAsync(Lane lane, LaneState state)
    {
        // Where the last try has failed, one tries again and nobody waits for him; but probes, which are to have their time.
        LaneFailure? failed = lane == Lane.Control ? null : state.LastFailure;
        if (!await state.Connecting.WaitAsync(failed is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero).ConfigureAwait(false))
        {
            return (null, failed!.Reply);
        }

        try
        {
            if (state.Connection is { IsClosed: false } there)
            {
                return (there, default);
            }

            failed = state.LastFailure;
            if (_isDisposed || (failed is not null && _time.GetElapsedTime(failed.At) < failed.Pause))
            {
                return (null, failed?.Reply ?? NodeReply.Without(ReplyResult.Unreachable, "the link was closed"));
            }

            (NodeConnection? connection, NodeReply failure) = await TryConnectAsync(lane).ConfigureAwait(false);
            if (connection is null)
            {
                state.Fail(failure, _time.GetTimestamp(), _settings);
                return (null, failure);
            }

            state.Succeed(connection);
            if (_isDisposed)
            {
                connection.Dispose();
            }

            return (connection, default);
        }
        finally
        {
            state.Connecting.Release();
        }
    }

    private async Task<(NodeConnection? Connection, NodeReply Failure)> TryConnectAsync(Lane lane)
    {
        var socket = new Socket(_address.AddressFamily == AddressFamily.Unspecified ? AddressFamily.InterNetwork : _address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var timeout = new CancellationTokenSource(_settings.ConnectTimeout, _time);
            NodeSockets.Prepare(socket, _settings);
            await socket.ConnectAsync(_address, timeout.Token).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: false);
            stream = _settings.Certificates is { } certificates ? await certificates.AsClientAsync(stream, timeout.Token).ConfigureAwait(false) : stream;
            await new Greeting(_self, _peer, lane).SendAsync(stream, timeout.Token).ConfigureAwait(false);
            Greeting back = await Greeting.ReceiveAsync(stream, timeout.Token).ConfigureAwait(false);
            if (back.From != _peer)
            {
                socket.Dispose();
                return (null, NodeReply.Without(ReplyResult.NobodyThere, $"{_address} is {back.From} now, not {_peer}"));
            }

            var connection = new NodeConnection(socket, stream, _peer, lane, _settings, _time, static _ => throw new InvalidOperationException("questions go the other way"), _threads);
            _ = RunAsync(connection, lane);
            return (connection, default);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            socket.Dispose();
            return (null, NodeReply.Without(ReplyResult.NobodyThere, e.Message));
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            socket.Dispose();
            return (null, NodeReply.Without(ReplyResult.Unreachable, e.Message));
        }
    }

    private async Task RunAsync(NodeConnection connection, Lane lane)
    {
        await connection.RunAsync().ConfigureAwait(false);
        if (lane == Lane.Control && !_isDisposed)
        {
            _controlBroke?.Invoke();
        }
    }

    private sealed class LaneState
    {
        private LaneFailure? _lastFailure;

        public SemaphoreSlim Connecting { get; } = new(1, 1);

        public NodeConnection? Connection { get; private set; }

        // Read by those who do not wait for their turn, too.
        public LaneFailure? LastFailure
        {
            get => Volatile.Read(ref _lastFailure);
            private set => Volatile.Write(ref _lastFailure, value);
        }

        public void Fail(NodeReply failure, long at, TransportSettings settings)
        {
            TimeSpan pause = LastFailure is { } last ? TimeSpan.FromTicks(Math.Min(2 * last.Pause.Ticks, settings.ReconnectPauseMax.Ticks)) : settings.ReconnectPause;
            LastFailure = new LaneFailure(failure, at, pause);
        }

        public void Succeed(NodeConnection connection)
        {
            LastFailure = null;
            Connection = connection;
        }
    }

    // Why the last try to connect did not succeed, and how long none is made.
    private sealed record LaneFailure(NodeReply Reply, long At, TimeSpan Pause);
}
