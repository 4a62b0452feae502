using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pleiad.Storage;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Every read is checked: past the end is a <see cref="FormatException"/>, never a wrong value.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly int Position => _at;

    public readonly int Left => _bytes.Length - _at;

    /// <summary>What is left, without moving on.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_at..];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Byte()
    {
        if (_at >= _bytes.Length)
        {
            throw PastEnd();
        }

        return _bytes[_at++];
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public long Int64() => (long)UInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Varint()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        int at = _at;
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            _at = at + 1;
            return bytes[at];
        }

        ulong value = Longer(bytes, at, out int behind);
        _at = behind;
        return value;
    }

    /// <summary>A varint that counts something: at most a bound, and at most what the bytes left could hold at so many bytes each.</summary>
    /// <param name="max">The named limit of the format.</param>
    /// <param name="bytesEach">Least bytes one of them takes; 0 where one may take less than a byte.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Count(int max, int bytesEach = 1)
    {
        ulong value = Varint();
        if (value > (ulong)max || value * (ulong)bytesEach > (ulong)Left)
        {
            throw TooMany(value);
        }

        return (int)value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Zigzag()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string Text(int bytesMax) => Encoding.UTF8.GetString(Bytes(Count(bytesMax)));

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > _bytes.Length - _at)
        {
            throw PastEnd();
        }

        ReadOnlySpan<byte> span = _bytes.Slice(_at, count);
        _at += count;
        return span;
    }

    private static ulong Longer(ReadOnlySpan<byte> bytes, int at, out int behind)
    {
        if (at + sizeof(ulong) <= bytes.Length)
        {
            // The highest bit of a byte is clear where the number ends.
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            ulong end = ~word & 0x8080808080808080;
            if (end != 0)
            {
                behind = at + 1 + (BitOperations.TrailingZeroCount(end) >> 3);
                return SevenBits.Join(word & (end ^ (end - 1)));
            }
        }

        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if ((uint)at >= (uint)bytes.Length)
            {
                throw PastEnd();
            }

            byte b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                behind = at;
                return value;
            }
        }

        throw new FormatException("a number has more than ten bytes");
    }

    private static FormatException TooMany(ulong value) => new($"a count of {value} exceeds what there can be");

    private static FormatException PastEnd() => new("the bytes end inside a value");
}
