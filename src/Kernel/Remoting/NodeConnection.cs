using System.Net.Sockets;
using System.Text;

namespace Pleiad.Kernel;

/// <summary>One greeted connection: sends what waits, reads what comes, answers questions and ends them when it breaks.</summary>
internal sealed class NodeConnection : IDisposable
{
    private const int ReadBytes = 256 * 1024;
    private const int ControlReadBytes = 16 * 1024;
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMilliseconds(50);

    // A connection that has just begun to send has had no acknowledgement for as long as nobody said anything: it is silent when it is found so several times in a row.
    private const int ExpiriesOfLook = 10;
    private const int SilentLooksMax = 2;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly NodeIncarnation _peer;
    private readonly Lane _lane;
    private readonly TransportSettings _settings;
    private readonly TimeProvider _time;
    private readonly NodeMessageHandler _handler;
    private readonly SendQueue _queue;
    private readonly PendingAsks _asks;
    private readonly Turnstile _answering;
    private readonly ITimer _expiry;
    private readonly ControlThreads? _thread;
    private readonly Lock _sending = new();
    private int _expiries;
    private int _silentLooks;
    private int _isClosed;

    public NodeConnection(
        Socket socket, Stream stream, NodeIncarnation peer, Lane lane, TransportSettings settings, TimeProvider time, NodeMessageHandler handler, ControlThreads threads)
    {
        _thread = lane == Lane.Control && threads.TryEnter() ? threads : null;
        if (_thread is not null)
        {
            socket.SendTimeout = (int)settings.ControlSendTimeout.TotalMilliseconds;
        }

        _socket = socket;
        _stream = stream;
        _peer = peer;
        _lane = lane;
        _settings = settings;
        _time = time;
        _handler = handler;
        _queue = new SendQueue(settings.QueueBytesMax);
        _asks = new PendingAsks(settings.AsksMax);
        _answering = new Turnstile(settings.AnswersMax);
        _expiry = time.CreateTimer(static state => ((NodeConnection)state!).Expire(), this, ExpiryInterval, ExpiryInterval);
    }

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Sends and reads until the connection breaks or is closed.</summary>
    public async Task RunAsync()
    {
        string reason = "the connection was closed";
        try
        {
            await (_thread is null ? await Task.WhenAny(SendAsync(), ReadAsync()).ConfigureAwait(false) : ControlThreads.Run(Read)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            reason = e.Message;
        }
        finally
        {
            Close(reason);
        }
    }

    public bool TryTell(NodeMessage message)
    {
        CheckLength(message);
        return Send(new Frame(FrameKind.Tell, message.Number, 0, message.Payload.Length), message.Payload.Span);
    }

    public async ValueTask<NodeReply> AskAsync(NodeMessage message, TimeSpan timeout)
    {
        CheckLength(message);
        long deadline = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        if (_asks.Begin(deadline) is not { } ask)
        {
            return IsClosed ? NodeReply.Without(ReplyResult.Unreachable, "the connection was closed") : Overloaded($"{_settings.AsksMax} questions wait for answers");
        }

        if (!Send(new Frame(FrameKind.Ask, message.Number, ask.Correlation, message.Payload.Length), message.Payload.Span))
        {
            _asks.End(ask.Correlation, IsClosed ? NodeReply.Without(ReplyResult.Unreachable, "the connection was closed") : Overloaded("too much waits to be sent"));
        }

        return await ask.Reply.ConfigureAwait(false);
    }

    public void Dispose() => Close("the connection was closed");

    private void Expire()
    {
        _asks.Expire(_time.GetTimestamp());
        if (++_expiries % ExpiriesOfLook != 0)
        {
            return;
        }

        try
        {
            _silentLooks = NodeSockets.IsSilent(_socket, _settings) ? _silentLooks + 1 : 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is being closed.
            return;
        }

        if (_silentLooks >= SilentLooksMax)
        {
            KernelMetrics.CountSilentConnection();
            Close($"the other machine has acknowledged nothing for {_settings.SilenceMax.TotalSeconds:0.#} s");
        }
    }

    private static ReadOnlySpan<byte> TooMuch => "too many questions wait for answers"u8;

    private static NodeReply Overloaded(string reason)
    {
        KernelMetrics.CountTransportRefusal();
        return NodeReply.Without(ReplyResult.Overloaded, reason);
    }

    private void CheckLength(NodeMessage message)
    {
        if (message.Payload.Length > _settings.MessageBytesMax)
        {
            throw new ArgumentException($"a message of {message.Payload.Length} bytes; the limit is {_settings.MessageBytesMax}", nameof(message));
        }
    }

    private void Close(string reason)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _expiry.Dispose();
            _queue.Close();
            _socket.Dispose();
            _stream.Dispose();
            _asks.Close(reason);
            _thread?.Leave();
        }
    }

    // Over a connection with a thread of its own at once: few and small as they are there, the socket takes them, and nobody has to be woken for it.
    private bool Send(Frame frame, ReadOnlySpan<byte> payload)
    {
        if (_thread is null)
        {
            return _queue.TryAdd(frame, payload);
        }

        byte[] bytes = new byte[Frame.HeaderBytes + payload.Length];
        frame.Write(bytes);
        payload.CopyTo(bytes.AsSpan(Frame.HeaderBytes));
        try
        {
            lock (_sending)
            {
                _stream.Write(bytes);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Half a message may have gone: nothing more can be said over this connection.
            Close(e.Message);
            return false;
        }
    }

    private async Task SendAsync()
    {
        while (await _queue.TakeAsync().ConfigureAwait(false) is { Length: > 0 } bytes)
        {
            await _stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync()
    {
        var frames = new FrameBuffer(ReadBytes, _settings.MessageBytesMax);
        while (true)
        {
            while (frames.TryTake(out Frame frame, out ReadOnlyMemory<byte> payload))
            {
                if (frame.Kind == FrameKind.Ask)
                {
                    await _answering.EnterAsync().ConfigureAwait(false);
                }

                Take(frame, payload);
            }

            frames.Came(await _stream.ReadAsync(frames.Room(), CancellationToken.None).ConfigureAwait(false));
        }
    }

    // On a thread that does nothing else.
    private void Read()
    {
        var frames = new FrameBuffer(ControlReadBytes, _settings.MessageBytesMax);
        while (true)
        {
            while (frames.TryTake(out Frame frame, out ReadOnlyMemory<byte> payload))
            {
                if (frame.Kind == FrameKind.Ask && !_answering.TryEnter())
                {
                    // Nothing that takes so long is asked here: what is refused is not waited for, as the probes behind it must not be.
                    KernelMetrics.CountTransportRefusal();
                    Send(new Frame(FrameKind.Failure, 0, frame.Correlation, TooMuch.Length), TooMuch);
                    continue;
                }

                Take(frame, payload);
            }

            frames.Came(_stream.Read(frames.Room().Span));
        }
    }

    private void Take(Frame frame, ReadOnlyMemory<byte> payload)
    {
        switch (frame.Kind)
        {
            case FrameKind.Answer:
                _asks.End(frame.Correlation, new NodeReply(ReplyResult.Answered, new NodeMessage(frame.Number, payload.ToArray()), null));
                break;
            case FrameKind.Failure:
                _asks.End(frame.Correlation, NodeReply.Without(ReplyResult.Failed, Encoding.UTF8.GetString(payload.Span)));
                break;
            default:
                Handle(frame, new IncomingMessage(_peer, _lane, frame.Kind == FrameKind.Ask, new NodeMessage(frame.Number, payload)));
                break;
        }
    }

    // Answers that are there at once, as most are, cost no task.
    private void Handle(Frame frame, IncomingMessage message)
    {
        ValueTask<NodeMessage> answering;
        try
        {
            answering = _handler(message);
        }
        catch (Exception e)
        {
            // Whatever it is: it is the handler's failure, told to who asked; the connection serves others too.
            answering = ValueTask.FromException<NodeMessage>(e);
        }

        if (answering.IsCompletedSuccessfully)
        {
            Answer(frame, answering.Result);
        }
        else
        {
            _ = AnswerLaterAsync(frame, answering);
        }
    }

    private async Task AnswerLaterAsync(Frame frame, ValueTask<NodeMessage> answering)
    {
        try
        {
            Answer(frame, await answering.ConfigureAwait(false));
        }
        catch (Exception e)
        {
            Reply(frame, FrameKind.Failure, 0, Encoding.UTF8.GetBytes(e.Message));
        }
    }

    private void Answer(Frame frame, NodeMessage answer)
    {
        if (answer.Payload.Length > _settings.MessageBytesMax)
        {
            Reply(frame, FrameKind.Failure, 0, Encoding.UTF8.GetBytes($"the answer has {answer.Payload.Length} bytes; the limit is {_settings.MessageBytesMax}"));
        }
        else
        {
            Reply(frame, FrameKind.Answer, answer.Number, answer.Payload.Span);
        }
    }

    private void Reply(Frame frame, FrameKind kind, ushort number, ReadOnlySpan<byte> payload)
    {
        if (frame.Kind != FrameKind.Ask)
        {
            return;
        }

        _answering.Leave();
        if (!Send(new Frame(kind, number, frame.Correlation, payload.Length), payload))
        {
            // Who asked does not read: its question times out there.
            KernelMetrics.CountTransportRefusal();
        }
    }
}
