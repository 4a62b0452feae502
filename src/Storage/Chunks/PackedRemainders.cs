using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>The remainders of a column of integers as they are read: packed low bits, and above these what patches add.</summary>
internal readonly ref struct PackedRemainders
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<ulong> _highs;
    private readonly int _width;
    private readonly int _highsMask;

    /// <summary>Looks at some remainders.</summary>
    /// <param name="bytes">From the first one on, and <see cref="BitPacking.PadBytes"/> more.</param>
    /// <param name="width">0 to <see cref="BitPacking.WidthMax"/>.</param>
    /// <param name="highs">The bits above the width of each, in their place, and up to seven more, so that it is a multiple of eight; empty where nothing does.</param>
    /// <param name="count">How many there are.</param>
    public PackedRemainders(ReadOnlySpan<byte> bytes, int width, ReadOnlySpan<ulong> highs, int count)
    {
        int eights = (count + 7) & ~7;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)width, (uint)BitPacking.WidthMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, BitPacking.BytesFor(eights, width) - width + BitPacking.PadBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(highs.Length, highs.IsEmpty ? 0 : eights);

        // Where there are no patches the same eight zeros stand above any remainders: no other loop is needed.
        _highs = highs.IsEmpty ? [0, 0, 0, 0, 0, 0, 0, 0] : highs;
        _highsMask = highs.IsEmpty ? 7 : -1;
        _bytes = bytes;
        _width = width;
        Count = count;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>What unpacks them.</summary>
    public BitUnpacker Unpacker
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_width);
    }

    /// <summary>Eight of them; what lies behind the last means nothing. Only where <see cref="BitUnpacker.IsSupported"/>.</summary>
    /// <param name="unpacker"><see cref="Unpacker"/>, so that it is made once.</param>
    /// <param name="first">A multiple of eight below the count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<ulong> Eight(in BitUnpacker unpacker, int first)
    {
        ref byte group = ref Unsafe.Add(ref MemoryMarshal.GetReference(_bytes), (uint)(first * _width) >> 3);
        ref ulong highs = ref Unsafe.Add(ref MemoryMarshal.GetReference(_highs), (uint)(first & _highsMask));
        return unpacker.Eight(ref group) | Vector512.LoadUnsafe(ref highs);
    }

    /// <summary>One of them.</summary>
    public ulong One(int index)
    {
        int bit = index * _width;
        ulong low = (BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(bit >> 3)..]) >> (bit & 7)) & ((1UL << _width) - 1);
        return low | _highs[index & _highsMask];
    }
}
