namespace Pleiad.Kernel;

/// <summary>The frames that wait to be sent on one connection, gathered in one buffer while another is being sent: many small ones cost one call.</summary>
internal sealed class SendQueue(int bytesMax)
{
    private const int BytesKept = 256 * 1024;
    private readonly Lock _gate = new();
    private byte[] _waiting = new byte[16 * 1024];
    private byte[] _sending = new byte[16 * 1024];
    private int _length;
    private bool _isClosed;
    private TaskCompletionSource _some = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Adds a frame, unless too much waits or the connection is closed.</summary>
    public bool TryAdd(Frame frame, ReadOnlySpan<byte> payload)
    {
        TaskCompletionSource? wakes = null;
        lock (_gate)
        {
            int needed = _length + Frame.HeaderBytes + payload.Length;
            if (_isClosed || (needed > bytesMax && _length > 0))
            {
                return false;
            }

            if (needed > _waiting.Length)
            {
                Array.Resize(ref _waiting, Math.Max(needed, 2 * _waiting.Length));
            }

            frame.Write(_waiting.AsSpan(_length));
            payload.CopyTo(_waiting.AsSpan(_length + Frame.HeaderBytes));
            wakes = _length == 0 ? _some : null;
            _length = needed;
        }

        wakes?.TrySetResult();
        return true;
    }

    /// <summary>Waits for frames and takes all there are; empty when the queue has been closed. What was taken before may be overwritten from now on.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync()
    {
        while (true)
        {
            Task some;
            lock (_gate)
            {
                if (_isClosed)
                {
                    return default;
                }

                if (_length > 0)
                {
                    // One large message does not cost memory for ever.
                    byte[] next = _sending.Length > BytesKept ? new byte[16 * 1024] : _sending;
                    (_sending, _waiting) = (_waiting, next);
                    int taken = _length;
                    _length = 0;
                    _some = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    return _sending.AsMemory(0, taken);
                }

                some = _some.Task;
            }

            await some.ConfigureAwait(false);
        }
    }

    /// <summary>Nothing is taken or added any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _some.TrySetResult();
        }
    }
}
