using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Numbers of one width side by side, least significant bit first. <see cref="BitUnpacker"/> reads them.</summary>
internal static class BitPacking
{
    /// <summary>The widest number: with up to seven bits before it, it still lies in eight bytes.</summary>
    public const int WidthMax = 57;

    /// <summary>Bytes that may be read and written behind the last packed one: eight numbers are read at once, whatever their width.</summary>
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
