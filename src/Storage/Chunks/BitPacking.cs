using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Numbers of one width side by side, least significant bit first.</summary>
internal static class BitPacking
{
    /// <summary>The widest number: with up to seven bits before it, it still lies in eight bytes.</summary>
    public const int WidthMax = 57;

    /// <summary>Bytes that may be read and written behind the last packed one: eight numbers are read at once, from 16 bytes for each two of them.</summary>
    public const int PadBytes = 64;

    /// <summary>Bytes that so many numbers take.</summary>
    public static int BytesFor(int count, int width) => ((count * width) + 7) >> 3;

    /// <summary>Writes the low bits of numbers.</summary>
    /// <param name="values">Bits above the width are left out. Used up: what is left in them means nothing.</param>
    /// <param name="width">0 to <see cref="WidthMax"/>.</param>
    /// <param name="into"><see cref="BytesFor"/> and <see cref="PadBytes"/> long.</param>
    public static void Pack(Span<ulong> values, int width, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(into.Length, BytesFor(values.Length, width) + PadBytes);
        Trim(values, width);

        // Two neighbours become one number of twice the width, while that leaves room: fewer to be put in their place one by one.
        for (; width is > 0 and <= WidthMax / 2; width *= 2)
        {
            values = Fold(values, width);
        }

        ulong word = 0;
        int used = 0;
        int at = 0;
        foreach (ulong value in values)
        {
            word |= value << used;
            BinaryPrimitives.WriteUInt64LittleEndian(into[at..], word);
            used += width;
            at += used >> 3;
            int whole = used & ~7;
            word = whole == 64 ? 0 : word >> whole;
            used &= 7;
        }
    }

    /// <summary>Reads numbers back, eight at a time.</summary>
    /// <param name="bytes">As packed, and <see cref="PadBytes"/> more.</param>
    /// <param name="width">0 to <see cref="WidthMax"/>.</param>
    /// <param name="values">As many as are wanted, and up to seven more, so that it is a multiple of eight: what stands in these means nothing.</param>
    public static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<ulong> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)width, (uint)WidthMax);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length & 7, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, BytesFor(values.Length, width) - width + PadBytes);
        ulong mask = (1UL << width) - 1;
        if (width == 0)
        {
            values.Clear();
        }
        else if (Avx2.IsSupported)
        {
            UnpackEights(bytes, width, mask, values);
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
            {
                int position = i * width;
                values[i] = (BinaryPrimitives.ReadUInt64LittleEndian(bytes[(position >> 3)..]) >> (position & 7)) & mask;
            }
        }
    }

    // Eight numbers take as many bytes as one has bits: where they lie and how far to shift is the same for every eight. Two neighbours lie in 16 bytes,
    // half a vector, whose bytes are put into the place of either; that is faster than to gather them.
    private static void UnpackEights(ReadOnlySpan<byte> bytes, int width, ulong mask, Span<ulong> values)
    {
        int second = (2 * width) >> 3;
        int third = (4 * width) >> 3;
        int fourth = (6 * width) >> 3;
        (Vector256<byte> lowerBytes, Vector256<ulong> lowerShift) = Places(0, width, second);
        (Vector256<byte> upperBytes, Vector256<ulong> upperShift) = Places((4 * width) & 7, width, fourth - third);
        Vector256<ulong> masks = Vector256.Create(mask);
        ref byte group = ref MemoryMarshal.GetReference(bytes);
        ref ulong into = ref MemoryMarshal.GetReference(values);
        for (int i = 0; i < values.Length; i += 8)
        {
            Vector256<byte> lower = Vector256.Create(Vector128.LoadUnsafe(ref group), Vector128.LoadUnsafe(ref group, (nuint)second));
            Vector256<byte> upper = Vector256.Create(Vector128.LoadUnsafe(ref group, (nuint)third), Vector128.LoadUnsafe(ref group, (nuint)fourth));
            (Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(lower, lowerBytes).AsUInt64(), lowerShift) & masks).StoreUnsafe(ref into, (nuint)i);
            (Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(upper, upperBytes).AsUInt64(), upperShift) & masks).StoreUnsafe(ref into, (nuint)i + 4);
            group = ref Unsafe.Add(ref group, width);
        }
    }

    // For four numbers from a bit on, the latter two of them loaded from another byte on: which bytes of its half each one has, and from which bit on.
    private static (Vector256<byte> Bytes, Vector256<ulong> Shift) Places(int bit, int width, int otherHalf)
    {
        Vector256<long> bits = Vector256.Create((long)bit, bit + width, bit + (2 * width), bit + (3 * width));
        Vector256<long> at = Vector256.ShiftRightLogical(bits, 3) - Vector256.Create(0L, 0L, otherHalf, otherHalf);
        Vector256<byte> repeat = Vector256.Create(0x0000000000000000UL, 0x0808080808080808UL, 0x0000000000000000UL, 0x0808080808080808UL).AsByte();
        Vector256<byte> eight = Vector256.Create(0x0706050403020100UL).AsByte();
        return (Avx2.Shuffle(at.AsByte(), repeat) + eight, (bits & Vector256.Create(7L)).AsUInt64());
    }

    private static void Trim(Span<ulong> values, int width)
    {
        ulong mask = (1UL << width) - 1;
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<ulong> masks = Vector256.Create(mask);
            for (; i + Vector256<ulong>.Count <= values.Length; i += Vector256<ulong>.Count)
            {
                (Vector256.Create<ulong>(values[i..]) & masks).CopyTo(values[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            values[i] &= mask;
        }
    }

    // In place: two behind each other to one of twice the width.
    private static Span<ulong> Fold(Span<ulong> values, int width)
    {
        int pairs = values.Length / 2;
        int i = 0;
        if (Avx2.IsSupported)
        {
            for (; i + Vector256<ulong>.Count <= pairs; i += Vector256<ulong>.Count)
            {
                Vector256<ulong> four = Vector256.Create<ulong>(values[(2 * i)..]);
                Vector256<ulong> next = Vector256.Create<ulong>(values[((2 * i) + 4)..]);
                Vector256<ulong> folded = Avx2.UnpackLow(four, next) | Vector256.ShiftLeft(Avx2.UnpackHigh(four, next), width);
                Avx2.Permute4x64(folded, 0b11_01_10_00).CopyTo(values[i..]);
            }
        }

        for (; i < pairs; i++)
        {
            values[i] = values[2 * i] | (values[(2 * i) + 1] << width);
        }

        if ((values.Length & 1) != 0)
        {
            values[pairs++] = values[^1];
        }

        return values[..pairs];
    }
}
