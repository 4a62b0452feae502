using System.Buffers.Binary;
using System.Text;

namespace Pleiad.Storage;

/// <summary>A growing buffer with the few forms our formats use: fixed little-endian numbers, varints, length-prefixed text.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes;
    private int _length;

    public ByteWriter(int capacity = 256) => _bytes = new byte[capacity];

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Forgets what was written and gives a large buffer up, so that one large batch does not cost memory for ever.</summary>
    public void Clear(int capacityKept)
    {
        _length = 0;
        if (_bytes.Length > capacityKept)
        {
            _bytes = new byte[capacityKept];
        }
    }

    public void Byte(byte value)
    {
        Room(1);
        _bytes[_length++] = value;
    }

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
    }

    public void Int64(long value) => UInt64((ulong)value);

    /// <summary>LEB128: seven bits a byte, low bits first.</summary>
    public void Varint(ulong value)
    {
        Room(10);
        byte[] bytes = _bytes;
        int at = _length;
        while (value >= 0x80)
        {
            bytes[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[at++] = (byte)value;
        _length = at;
    }

    public void Varint(int value) => Varint((ulong)(uint)value);

    /// <summary>A signed varint: zigzag, so that small negative numbers are short too.</summary>
    public void Zigzag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Length in bytes as a varint, then UTF-8. A lone surrogate becomes U+FFFD: labels are checked before they come here.</summary>
    public void Text(string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        Varint(bytes);
        Encoding.UTF8.GetBytes(value, Take(bytes));
    }

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Room to write in place: the span counts as written.</summary>
    public Span<byte> Take(int bytes)
    {
        Room(bytes);
        Span<byte> span = _bytes.AsSpan(_length, bytes);
        _length += bytes;
        return span;
    }

    /// <summary>Cuts what was written back to a length.</summary>
    public void CutTo(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
    }

    /// <summary>Overwrites a fixed 32-bit number written earlier.</summary>
    public void PatchUInt32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at, 4), value);

    private void Room(int bytes)
    {
        if (_length + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + bytes, _bytes.Length * 2));
        }
    }
}
