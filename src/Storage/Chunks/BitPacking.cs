using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Numbers of one width side by side, least significant bit first.</summary>
internal static class BitPacking
{
    /// <summary>The widest number: with up to seven bits before it, it still lies in eight bytes.</summary>
    public const int WidthMax = 57;

    /// <summary>Bytes that may be read behind the last packed one.</summary>
    public const int PadBytes = 8;

    /// <summary>Bytes that so many numbers take.</summary>
    public static int BytesFor(int count, int width) => ((count * width) + 7) >> 3;

    /// <summary>Writes the low bits of numbers.</summary>
    /// <param name="values">Bits above the width are left out.</param>
    /// <param name="width">0 to <see cref="WidthMax"/>.</param>
    /// <param name="into">Cleared, <see cref="BytesFor"/> and <see cref="PadBytes"/> long.</param>
    public static void Pack(ReadOnlySpan<ulong> values, int width, Span<byte> into)
    {
        ulong mask = (1UL << width) - 1;
        int position = 0;
        foreach (ulong value in values)
        {
            Span<byte> word = into[(position >> 3)..];
            ulong before = BinaryPrimitives.ReadUInt64LittleEndian(word);
            BinaryPrimitives.WriteUInt64LittleEndian(word, before | ((value & mask) << (position & 7)));
            position += width;
        }
    }

    /// <summary>Reads numbers back.</summary>
    /// <param name="bytes">As packed, and <see cref="PadBytes"/> more.</param>
    /// <param name="width">0 to <see cref="WidthMax"/>.</param>
    /// <param name="values">As many as are wanted.</param>
    public static unsafe void Unpack(ReadOnlySpan<byte> bytes, int width, Span<ulong> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)width, (uint)WidthMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, BytesFor(values.Length, width) + PadBytes);
        ulong mask = (1UL << width) - 1;
        int i = 0;
        if (Avx2.IsSupported)
        {
            // Eight numbers take as many bytes as one has bits: offsets and shifts are the same for every eight.
            Vector256<long> bits = Vector256.Create(0L, width, 2 * width, 3 * width);
            Vector256<long> bitsOfUpper = bits + Vector256.Create(4L * width);
            Vector256<long> at = Vector256.ShiftRightLogical(bits, 3);
            Vector256<long> atUpper = Vector256.ShiftRightLogical(bitsOfUpper, 3);
            Vector256<ulong> shift = (bits & Vector256.Create(7L)).AsUInt64();
            Vector256<ulong> shiftUpper = (bitsOfUpper & Vector256.Create(7L)).AsUInt64();
            Vector256<ulong> masks = Vector256.Create(mask);
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
        }

        for (; i < values.Length; i++)
        {
            int position = i * width;
            values[i] = (BinaryPrimitives.ReadUInt64LittleEndian(bytes[(position >> 3)..]) >> (position & 7)) & mask;
        }
    }
}
