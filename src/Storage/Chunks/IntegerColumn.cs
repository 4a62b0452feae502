using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>A column of integers as bit-packed remainders of one of four forms; those too wide are patched. <see cref="IntegerColumnWriter"/> writes it.</summary>
/// <remarks>Frame of reference with patches: Zukowski et al., "Super-scalar RAM-CPU cache compression", ICDE 2006.</remarks>
internal static class IntegerColumn
{
    /// <summary>The largest magnitude of an integer: steps and bends of such need at most <see cref="BitPacking.WidthMax"/> bits.</summary>
    public const long MagnitudeMax = 1L << 53;

    /// <summary>Reads a part of a column.</summary>
    /// <param name="reader">Stands at it; afterwards behind it.</param>
    /// <param name="from">The first value wanted.</param>
    /// <param name="end">Behind the last one wanted.</param>
    /// <param name="values">As long as the column. Those not wanted may be left as they are.</param>
    /// <exception cref="FormatException">The bytes are not a column.</exception>
    [SkipLocalsInit]
    public static void Read(ref ByteReader reader, int from, int end, scoped Span<long> values)
    {
        var form = (IntegerForm)reader.Byte();
        int shift = reader.Byte();
        int known = Known(form);
        if (form > IntegerForm.SignedBend || shift > 63 || values.Length < known || values.Length > ColumnChunk.SamplesMax)
        {
            throw new FormatException("a column of integers has a form that this version does not know");
        }

        long smallest = form is IntegerForm.Offset or IntegerForm.Step ? reader.Zigzag() : 0;
        long first = known > 0 ? reader.Zigzag() : 0;
        long step = known > 1 ? reader.Zigzag() : 0;
        int width = reader.Byte();
        if (width > BitPacking.WidthMax)
        {
            throw new FormatException($"integers of {width} bits");
        }

        int count = values.Length - known;
        int patches = reader.Count(count, 2);
        ByteReader patchReader = reader;
        for (int i = 0; i < patches; i++)
        {
            reader.Varint();
            reader.Varint();
        }

        // Steps add up from the first value on; an offset stands alone, and eight of them end with a byte.
        ReadOnlySpan<byte> packed = reader.Bytes(BitPacking.BytesFor(count, width));
        int begin = form == IntegerForm.Offset ? from & ~7 : 0;
        int wanted = Math.Max(0, end - known);
        packed = packed[(begin * width / 8)..BitPacking.BytesFor(wanted, width)];
        Span<byte> padded = stackalloc byte[(ColumnChunk.SamplesMax * BitPacking.WidthMax / 8) + 1 + BitPacking.PadBytes];
        packed.CopyTo(padded);
        padded.Slice(packed.Length, BitPacking.PadBytes).Clear();
        Span<ulong> remainders = stackalloc ulong[ColumnChunk.SamplesMax];
        remainders = remainders[..(wanted - begin)];
        BitPacking.Unpack(padded, width, remainders);
        Patch(ref patchReader, patches, width, begin, count, remainders);
        Join(form, shift, smallest, first, step, remainders, values[begin..Math.Max(end, known)]);
    }

    /// <summary>How many of the first values stand before the remainders.</summary>
    public static int Known(IntegerForm form) => form switch { IntegerForm.Offset => 0, IntegerForm.SignedBend => 2, _ => 1 };

    private static void Patch(ref ByteReader patches, int count, int width, int begin, int ofColumn, scoped Span<ulong> remainders)
    {
        int at = -1;
        for (int i = 0; i < count; i++)
        {
            at += 1 + patches.Count(ofColumn, 0);
            if (at >= ofColumn)
            {
                throw new FormatException("a patch lies behind the column");
            }

            ulong high = patches.Varint();
            if ((uint)(at - begin) < (uint)remainders.Length)
            {
                remainders[at - begin] |= high << width;
            }
        }
    }

    private static void Join(
        IntegerForm form, int shift, long smallest, long first, long step, ReadOnlySpan<ulong> remainders, Span<long> values)
    {
        switch (form)
        {
            case IntegerForm.Offset:
                Widen(remainders, shift, smallest, values);
                break;
            case IntegerForm.Step:
                values[0] = first;
                Widen(remainders, shift, smallest, values[1..]);
                AddUp(values[1..], first);
                break;
            case IntegerForm.SignedStep:
                values[0] = first;
                Sign(remainders, shift, values[1..]);
                AddUp(values[1..], first);
                break;
            default:
                values[0] = first;
                values[1] = unchecked(first + step);
                Sign(remainders, shift, values[2..]);
                AddUp(values[2..], step);
                AddUp(values[2..], values[1]);
                break;
        }
    }

    private static void Widen(ReadOnlySpan<ulong> remainders, int shift, long smallest, Span<long> values)
    {
        values = values[..remainders.Length];
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<long> all = Vector256.Create(smallest);
            for (; i + Vector256<long>.Count <= values.Length; i += Vector256<long>.Count)
            {
                (Vector256.ShiftLeft(Vector256.Create(remainders[i..]).AsInt64(), shift) + all).CopyTo(values[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            values[i] = unchecked(smallest + (long)(remainders[i] << shift));
        }
    }

    private static void Sign(ReadOnlySpan<ulong> zigzag, int shift, Span<long> values)
    {
        values = values[..zigzag.Length];
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + Vector256<long>.Count <= values.Length; i += Vector256<long>.Count)
            {
                Vector256<long> both = Vector256.Create(zigzag[i..]).AsInt64();
                Vector256<long> number = Vector256.ShiftRightLogical(both, 1) ^ -(both & Vector256<long>.One);
                Vector256.ShiftLeft(number, shift).CopyTo(values[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            values[i] = ((long)(zigzag[i] >> 1) ^ -(long)(zigzag[i] & 1)) << shift;
        }
    }

    // Each becomes the sum of those up to it and a beginning.
    private static void AddUp(Span<long> values, long sum)
    {
        foreach (ref long value in values)
        {
            sum = unchecked(sum + value);
            value = sum;
        }
    }
}
