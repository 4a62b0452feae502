using System.Net.Sockets;
using System.Text;

namespace Pleiad.Kernel;

/// <summary>One greeted connection: sends what waits, reads what comes, answers questions and ends them when it breaks.</summary>
internal sealed class NodeConnection : IDisposable
{
    private const int ReadBytes = 256 * 1024;
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMilliseconds(50);

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
    private int _isClosed;

    public NodeConnection(Socket socket, Stream stream, NodeIncarnation peer, Lane lane, TransportSettings settings, TimeProvider time, NodeMessageHandler handler)
    {
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
        _expiry = time.CreateTimer(
            static state => ((NodeConnection)state!)._asks.Expire(((NodeConnection)state)._time.GetTimestamp()), this, ExpiryInterval, ExpiryInterval);
    }

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Sends and reads until the connection breaks or is closed.</summary>
    public async Task RunAsync()
    {
        string reason = "the connection was closed";
        try
        {
            Task sending = SendAsync();
            Task reading = ReadAsync();
            await await Task.WhenAny(sending, reading).ConfigureAwait(false);
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
        return _queue.TryAdd(new Frame(FrameKind.Tell, message.Number, 0, message.Payload.Length), message.Payload.Span);
    }

    public async ValueTask<NodeReply> AskAsync(NodeMessage message, TimeSpan timeout)
    {
        CheckLength(message);
        long deadline = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        if (_asks.Begin(deadline) is not { } ask)
        {
            return IsClosed ? NodeReply.Without(ReplyResult.Unreachable, "the connection was closed") : Overloaded($"{_settings.AsksMax} questions wait for answers");
        }

        if (!_queue.TryAdd(new Frame(FrameKind.Ask, message.Number, ask.Correlation, message.Payload.Length), message.Payload.Span))
        {
            _asks.End(ask.Correlation, IsClosed ? NodeReply.Without(ReplyResult.Unreachable, "the connection was closed") : Overloaded("too much waits to be sent"));
        }

        return await ask.Reply.ConfigureAwait(false);
    }

    public void Dispose() => Close("the connection was closed");

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
        byte[] buffer = new byte[ReadBytes];
        int start = 0;
        int end = 0;
        while (true)
        {
            while (end - start >= Frame.HeaderBytes)
            {
                Frame frame = Frame.Read(buffer.AsSpan(start), _settings.MessageBytesMax);
                int whole = Frame.HeaderBytes + frame.Length;
                if (end - start < whole)
                {
                    if (whole > buffer.Length)
                    {
                        Array.Resize(ref buffer, whole);
                    }

                    break;
                }

                if (frame.Kind == FrameKind.Ask)
                {
                    await _answering.EnterAsync().ConfigureAwait(false);
                }

                Take(frame, buffer.AsMemory(start + Frame.HeaderBytes, frame.Length));
                start += whole;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            int received = await _stream.ReadAsync(buffer.AsMemory(end), CancellationToken.None).ConfigureAwait(false);
            if (received == 0)
            {
                throw new TransportException("the other node closed the connection");
            }

            end += received;
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
        if (!_queue.TryAdd(new Frame(kind, number, frame.Correlation, payload.Length), payload))
        {
            // Who asked does not read: its question times out there.
            KernelMetrics.CountTransportRefusal();
        }
    }
}
