using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Numbers of one width side by side, least significant bit first.</summary>
internal static class BitPacking
{
    /// <summary>The widest number: with up to seven bits before it, it still lies in eight bytes.</summary>
    public const int WidthMax = 57;

    /// <summary>Bytes that may be read and written behind the last packed one.</summary>
    public const int PadBytes = 8;

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
        for (; width is > 0 and <= 16; width *= 2)
        {
            values = Fold(values, width);
        }

        ulong word = 0;
        int used = 0;
        int at = 0;
        foreach (ulong value in values)
        {
            word |= value << used;
            used += width;
            if (used >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(into[at..], word);
                at += 8;
                used -= 64;
                word = value >> (width - used);
            }
        }

        // Folding has put up to a number of zeros behind the last one: less than the pad.
        for (; used > 0 && at < into.Length; used -= 8, at++)
        {
            into[at] = (byte)word;
            word >>= 8;
        }
    }

    /// <summary>Reads numbers back.</summary>
    /// <param name="bytes">As packed, and <see cref="PadBytes"/> more.</param>
    /// <param name="width">0 to <see cref="WidthMax"/>.</param>
    /// <param name="values">As many as are wanted.</param>
    public static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<ulong> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)width, (uint)WidthMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, BytesFor(values.Length, width) + PadBytes);
        ulong mask = (1UL << width) - 1;
        int i = 0;
        if (Avx2.IsSupported)
        {
            i = UnpackFours(bytes, width, mask, values);
        }

        for (; i < values.Length; i++)
        {
            int position = i * width;
            values[i] = (BinaryPrimitives.ReadUInt64LittleEndian(bytes[(position >> 3)..]) >> (position & 7)) & mask;
        }
    }

    // Eight numbers take as many bytes as one has bits: where they lie and how far to shift is the same for every eight.
    private static unsafe int UnpackFours(ReadOnlySpan<byte> bytes, int width, ulong mask, Span<ulong> values)
    {
        Vector256<long> bits = Vector256.Create(0L, width, 2 * width, 3 * width);
        Vector256<long> bitsOfUpper = bits + Vector256.Create(4L * width);
        Vector256<long> at = Vector256.ShiftRightLogical(bits, 3);
        Vector256<long> atUpper = Vector256.ShiftRightLogical(bitsOfUpper, 3);
        Vector256<ulong> shift = (bits & Vector256.Create(7L)).AsUInt64();
        Vector256<ulong> shiftUpper = (bitsOfUpper & Vector256.Create(7L)).AsUInt64();
        Vector256<ulong> masks = Vector256.Create(mask);
        int i = 0;
        fixed (byte* start = bytes)
        fixed (ulong* into = values)
        {
            byte* group = start;
            for (; i + 8 <= values.Length; i += 8, group += width)
            {
                Vector256<ulong> lower = Avx2.GatherVector256((ulong*)group, at, 1);
                Vector256<ulong> upper = Avx2.GatherVector256((ulong*)group, atUpper, 1);
                (Avx2.ShiftRightLogicalVariable(lower, shift) & masks).Store(into + i);
                (Avx2.ShiftRightLogicalVariable(upper, shiftUpper) & masks).Store(into + i + 4);
            }
        }

        return i;
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
        for (int i = 0; i < pairs; i++)
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
