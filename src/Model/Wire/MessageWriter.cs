using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Pleiad.Model;

/// <summary>
/// Writes one message in the encoding of Protocol Buffers, column by column: what is a <c>repeated double</c> in docs/formats/node-messages.proto
/// is one copy of memory here.
/// </summary>
/// <remarks>Encoding: protobuf.dev/programming-guides/encoding.</remarks>
public sealed class MessageWriter
{
    // A length that is not known yet is a varint of four bytes, whatever its value.
    private const int LengthBytes = 4;
    private const int LengthMax = (1 << 28) - 1;

    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until more is.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>What was written; valid until more is.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Forgets what was written, keeps the buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets the first bytes, keeps what is behind them.</summary>
    public void DropFirst(int count)
    {
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    /// <summary>Bytes without a field.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>A number; 0 is left out, as it is what a reader assumes.</summary>
    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Varint(((uint)field << 3) | (uint)MessageWire.Varint);
            Varint(value);
        }
    }

    /// <summary>A number that may be negative; 0 is left out.</summary>
    public void Signed(int field, long value) => Number(field, ZigZag(value));

    /// <summary>A double, bit for bit; always written.</summary>
    public void Double(int field, double value)
    {
        Varint(((uint)field << 3) | (uint)MessageWire.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);
    }

    /// <summary>Bytes; always written.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint(((uint)field << 3) | (uint)MessageWire.Bytes);
        Varint((ulong)value.Length);
        value.CopyTo(Room(value.Length));
    }

    /// <summary>Text; always written.</summary>
    public void Text(int field, string value)
    {
        Varint(((uint)field << 3) | (uint)MessageWire.Bytes);
        int length = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)length);
        Encoding.UTF8.GetBytes(value, Room(length));
    }

    /// <summary>A column of fixed 64-bit values (<c>repeated double</c>, <c>repeated fixed64</c>, <c>repeated sfixed64</c>); empty is left out.</summary>
    public void Column<T>(int field, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!values.IsEmpty)
        {
            Bytes(field, MemoryMarshal.AsBytes(values));
        }
    }

    /// <summary>Numbers of 32 bits (<c>repeated uint32</c>); empty is left out.</summary>
    public void Numbers(int field, ReadOnlySpan<int> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        int mark = Begin(field);
        foreach (int value in values)
        {
            Varint((uint)value);
        }

        End(mark);
    }

    /// <summary>Begins a message inside this one.</summary>
    /// <returns>For <see cref="End"/>.</returns>
    public int Begin(int field)
    {
        Varint(((uint)field << 3) | (uint)MessageWire.Bytes);
        Room(LengthBytes);
        return Length;
    }

    /// <summary>Ends it.</summary>
    public void End(int mark)
    {
        int length = Length - mark;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LengthMax);
        Span<byte> at = _bytes.AsSpan(mark - LengthBytes, LengthBytes);
        for (int i = 0; i < LengthBytes; i++)
        {
            at[i] = (byte)((length & 0x7F) | (i == LengthBytes - 1 ? 0 : 0x80));
            length >>= 7;
        }
    }

    /// <summary>A number without a field, as it stands in front of each message of a sequence.</summary>
    public void Varint(ulong value)
    {
        Span<byte> room = Room(10);
        int used = 0;
        while (value >= 0x80)
        {
            room[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[used++] = (byte)value;
        Length -= 10 - used;
    }

    internal static ulong ZigZag(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(checked(Length + count), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}

/// <summary>How a field is encoded.</summary>
internal enum MessageWire
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
