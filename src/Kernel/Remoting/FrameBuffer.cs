namespace Pleiad.Kernel;

/// <summary>Bytes of a connection on their way in, and the whole frames among them.</summary>
/// <param name="bytes">How many are read at once; it grows for a longer message.</param>
/// <param name="payloadBytesMax">Of one message.</param>
internal sealed class FrameBuffer(int bytes, int payloadBytesMax)
{
    private byte[] _buffer = new byte[bytes];
    private int _start;
    private int _end;

    /// <summary>The next frame that is there as a whole. Its payload is valid until <see cref="Room"/>.</summary>
    /// <exception cref="TransportException">What is there is none.</exception>
    public bool TryTake(out Frame frame, out ReadOnlyMemory<byte> payload)
    {
        (frame, payload) = (default, default);
        if (_end - _start < Frame.HeaderBytes)
        {
            return false;
        }

        frame = Frame.Read(_buffer.AsSpan(_start), payloadBytesMax);
        int whole = Frame.HeaderBytes + frame.Length;
        if (_end - _start < whole)
        {
            if (whole > _buffer.Length)
            {
                Array.Resize(ref _buffer, whole);
            }

            return false;
        }

        payload = _buffer.AsMemory(_start + Frame.HeaderBytes, frame.Length);
        _start += whole;
        return true;
    }

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>So many bytes have come.</summary>
    /// <exception cref="TransportException">None have: the other side has closed.</exception>
    public void Came(int count) => _end += count > 0 ? count : throw new TransportException("the other node closed the connection");
}
