using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Pleiad.Gateway;

/// <summary>
/// A connection whose thread waits for its socket and nothing else, and runs what Kestrel does with what came, up to the first thing that has
/// to be waited for. Sending never blocks: what the socket does not take at once goes on when it does, on the framework's threads.
/// </summary>
internal sealed class ThreadedConnection : DefaultConnectionContext
{
    private const int ReadBytesMin = 2048;
    private const long ReadBufferBytes = 1024 * 1024;

    private readonly Socket _socket;
    private readonly GoneClients _gone;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PipeWriter _input;
    private readonly PipeReader _output;
    private Task _sending = Task.CompletedTask;
    private volatile Exception? _abort;
    // Odd while the thread is busy with what came.
    private int _turn;
    private int _turnSeen;
    private int _isClosed;

    /// <summary>A connection; <see cref="Start"/> begins to read.</summary>
    /// <param name="socket">Connected; the connection's from now on.</param>
    /// <param name="memory">Where buffers come from.</param>
    /// <param name="writeBufferBytes">What may be written ahead of the socket.</param>
    /// <param name="gone">Looks after the client while the thread is busy.</param>
    /// <param name="log">For people.</param>
    public ThreadedConnection(Socket socket, MemoryPool<byte> memory, long writeBufferBytes, GoneClients gone, ILogger log)
    {
        _socket = socket;
        _gone = gone;
        _log = log;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        var input = new Pipe(Inline(memory, ReadBufferBytes));
        var output = new Pipe(Inline(memory, writeBufferBytes));
        _input = input.Writer;
        _output = output.Reader;
        Transport = new Duplex(input.Reader, output.Writer);
        Application = new Duplex(output.Reader, input.Writer);
    }

    /// <summary>Begins to read and to send.</summary>
    /// <param name="thread">The connection's until it ends.</param>
    public void Start(ConnectionThreads.Seat thread)
    {
        _sending = SendAsync();
        thread.Begin(Run);
    }

    /// <summary>Called now and then: while the thread is busy with what came, nobody waits for the socket, and nobody else sees the client go.</summary>
    /// <returns>Whether anything has come since the last call, or is not done with.</returns>
    public bool LookAfterClient()
    {
        int turn = Volatile.Read(ref _turn);
        int seen = Interlocked.Exchange(ref _turnSeen, turn);
        bool isBusy = (turn & 1) != 0;
        if (turn != seen || !isBusy)
        {
            return turn != seen;
        }

        // It was at the same thing last time: what is soon over needs no look.
        try
        {
            if (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0)
            {
                Close();
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            Close();
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _abort ??= abortReason;

        // With a reset: what was sent must not look whole.
        _socket.Close(0);
        _output.CancelPendingRead();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        Transport.Input.Complete();
        Transport.Output.Complete();
        await _sending.ConfigureAwait(false);
        await _received.Task.ConfigureAwait(false);
        await _told.Task.ConfigureAwait(false);
        _socket.Dispose();
        _closed.Dispose();
    }

    private static PipeOptions Inline(MemoryPool<byte> memory, long bytesMax) => new(
        memory, PipeScheduler.Inline, PipeScheduler.Inline, bytesMax, bytesMax / 2, useSynchronizationContext: false);

    private void Run()
    {
        _gone.Add(this);
        Exception? failure = null;
        try
        {
            failure = Receive();
        }
        catch (ObjectDisposedException over)
        {
            failure = _abort ?? new ConnectionAbortedException("the connection was closed", over);
        }
        catch (SocketException over)
        {
            failure = _abort ?? new ConnectionResetException(over.Message, over);
        }
        finally
        {
            _gone.Remove(this);
            _input.Complete(failure);
            Close();
            _received.SetResult();
        }
    }

    // Until the client has no more to say, or Kestrel does not want it.
    private Exception? Receive()
    {
        while (true)
        {
            _socket.Poll(-1, SelectMode.SelectRead);
            int read = _socket.Receive(_input.GetSpan(ReadBytesMin), SocketFlags.None, out SocketError error);
            if (error != SocketError.Success)
            {
                return _abort ?? new ConnectionResetException($"the connection failed: {error}");
            }

            if (read == 0)
            {
                return _abort;
            }

            _input.Advance(read);
            Interlocked.Increment(ref _turn);
            _gone.Expect();
            ValueTask<FlushResult> flushing = _input.FlushAsync();

            // Not at once where more has come than Kestrel has read: then the thread has nothing to do until that has changed.
            FlushResult flushed = flushing.IsCompletedSuccessfully ? flushing.Result : flushing.AsTask().GetAwaiter().GetResult();
            Interlocked.Increment(ref _turn);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return _abort;
            }
        }
    }

    private async Task SendAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                ReadResult ready = await _output.ReadAsync().ConfigureAwait(false);
                if (ready.IsCanceled)
                {
                    break;
                }

                ReadOnlySequence<byte> bytes = ready.Buffer;
                if (bytes.IsSingleSegment)
                {
                    if (!bytes.IsEmpty)
                    {
                        await _socket.SendAsync(bytes.First, SocketFlags.None).ConfigureAwait(false);
                    }
                }
                else
                {
                    await _socket.SendAsync(Segments(bytes), SocketFlags.None).ConfigureAwait(false);
                }

                _output.AdvanceTo(bytes.End);
                if (ready.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            failure = _abort ?? new ConnectionResetException(over.Message, over);
        }
        finally
        {
            Shutdown();
            _output.Complete(failure);
        }
    }

    private static List<ArraySegment<byte>> Segments(ReadOnlySequence<byte> bytes)
    {
        var segments = new List<ArraySegment<byte>>();
        foreach (ReadOnlyMemory<byte> piece in bytes)
        {
            segments.Add(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(piece, out ArraySegment<byte> segment)
                ? segment
                : throw new InvalidOperationException("the buffers of a pipe are arrays"));
        }

        return segments;
    }

    // Ends what the thread waits for, too.
    private void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            // What hears of it may take its time.
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Tell(), this, preferLocal: false);
        }
    }

    private void Tell()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException over)
        {
            // Whatever somebody did on hearing of it: on a thread of the pool it would end the process.
            Log.ConnectionEndFailed(_log, over);
        }
        finally
        {
            _told.SetResult();
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
