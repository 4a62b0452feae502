using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pleiad.Storage;

/// <summary>Reads bits, most significant first. Past the end it reads zeros and says so by <see cref="IsPastEnd"/>.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes, int position = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = position;

    /// <summary>Bits read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Whether more was read than there is: the bytes are not a chunk.</summary>
    public readonly bool IsPastEnd => _position > _bytes.Length * 8;

    /// <summary>The next 57 bits or more, left-aligned, without moving on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Peek()
    {
        int at = _position >> 3;
        if (at + 8 <= _bytes.Length)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(_bytes.Slice(at, 8)) << (_position & 7);
        }

        return PeekAtEnd(at) << (_position & 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count) => _position += count;

    /// <summary>Reads up to 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Read(int count)
    {
        if (count <= 57)
        {
            ulong word = Peek() >> (64 - count);
            _position += count;
            return word;
        }

        ulong high = Peek() >> 32;
        _position += 32;
        ulong low = Peek() >> (96 - count);
        _position += count - 32;
        return (high << (count - 32)) | low;
    }

    /// <summary>How many ones come before the next zero, at most a bound; moves behind the zero where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Ones(int max)
    {
        int ones = Math.Min(BitOperations.LeadingZeroCount(~Peek()), max);
        _position += ones < max ? ones + 1 : ones;
        return ones;
    }

    private readonly ulong PeekAtEnd(int at)
    {
        ulong word = 0;
        for (int i = 0; i < 8; i++)
        {
            word = (word << 8) | (at + i < _bytes.Length ? _bytes[at + i] : 0u);
        }

        return word;
    }
}
