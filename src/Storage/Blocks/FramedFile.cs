using System.Buffers.Binary;

namespace Pleiad.Storage;

/// <summary>Appends to a file in large pieces and keeps a checksum for each frame of it.</summary>
internal sealed class FramedFile(IFile file)
{
    // Below what the runtime calls a large object: of those a full collection would have to find each, and a node that seals writes many blocks between two.
    private const int BufferBytes = 16 * BlockFormat.FrameBytes;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<uint> _frames = [];
    private int _buffered;

    /// <summary>Bytes appended so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            int part = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes[..part].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += part;
            bytes = bytes[part..];
            if (_buffered == BufferBytes)
            {
                Write();
            }
        }
    }

    /// <summary>Writes what is left, then the checksums of all frames; the last frame may be shorter.</summary>
    /// <returns>The checksum of the checksums.</returns>
    public uint AppendFrames()
    {
        Write();
        var table = new byte[_frames.Count * 4];
        for (int i = 0; i < _frames.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4 * i), _frames[i]);
        }

        file.Append(table);
        return Crc32C.Of(table);
    }

    private void Write()
    {
        if (_buffered == 0)
        {
            return;
        }

        for (int at = 0; at < _buffered; at += BlockFormat.FrameBytes)
        {
            _frames.Add(Crc32C.Of(_buffer.AsSpan(at, Math.Min(BlockFormat.FrameBytes, _buffered - at))));
        }

        file.Append(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }
}
