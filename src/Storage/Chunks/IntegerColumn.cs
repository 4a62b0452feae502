using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>A column of integers as bit-packed remainders of the form that takes the fewest bytes; those too wide are patched.</summary>
/// <remarks>Frame of reference with patches: Zukowski et al., "Super-scalar RAM-CPU cache compression", ICDE 2006.</remarks>
internal sealed class IntegerColumn
{
    /// <summary>The largest magnitude of an integer: steps and bends of such need at most <see cref="BitPacking.WidthMax"/> bits.</summary>
    public const long MagnitudeMax = 1L << 53;

    private readonly ulong[] _remainders = new ulong[ColumnChunk.SamplesMax];
    private readonly int[] _ofBits = new int[65];

    /// <summary>Writes a column.</summary>
    /// <param name="values">At least 3, none larger than <see cref="MagnitudeMax"/> in magnitude.</param>
    /// <param name="into">Where to.</param>
    public void Write(ReadOnlySpan<long> values, ByteWriter into)
    {
        var best = default(Plan);
        best.Bytes = int.MaxValue;
        for (IntegerForm form = IntegerForm.Offset; form <= IntegerForm.SignedBend; form++)
        {
            Plan plan = Prepare(form, values);
            if (plan.Bytes < best.Bytes)
            {
                best = plan;
            }
        }

        Prepare(best.Form, values);
        Put(best, values, into);
    }

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

    private static int Known(IntegerForm form) => form switch { IntegerForm.Offset => 0, IntegerForm.SignedBend => 2, _ => 1 };

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
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = unchecked(smallest + (long)(remainders[i] << shift));
                }

                break;
            case IntegerForm.Step:
                values[0] = first;
                for (int i = 1; i < values.Length; i++)
                {
                    first = unchecked(first + smallest + (long)(remainders[i - 1] << shift));
                    values[i] = first;
                }

                break;
            case IntegerForm.SignedStep:
                values[0] = first;
                for (int i = 1; i < values.Length; i++)
                {
                    first = unchecked(first + (Signed(remainders[i - 1]) << shift));
                    values[i] = first;
                }

                break;
            default:
                values[0] = first;
                first = unchecked(first + step);
                values[1] = first;
                for (int i = 2; i < values.Length; i++)
                {
                    step = unchecked(step + (Signed(remainders[i - 2]) << shift));
                    first = unchecked(first + step);
                    values[i] = first;
                }

                break;
        }
    }

    private static long Signed(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    // Fills the remainders of a form, and says what it would take.
    private Plan Prepare(IntegerForm form, ReadOnlySpan<long> values)
    {
        int known = Known(form);
        Span<ulong> remainders = _remainders.AsSpan(0, values.Length - known);
        long smallest = 0;
        switch (form)
        {
            case IntegerForm.Offset:
                values.CopyTo(MemoryMarshal.Cast<ulong, long>(remainders));
                smallest = TakeSmallest(remainders);
                break;
            case IntegerForm.SignedBend:
                for (int i = 0; i < remainders.Length; i++)
                {
                    remainders[i] = (ulong)(values[i + 2] - (2 * values[i + 1]) + values[i]);
                }

                break;
            default:
                for (int i = 0; i < remainders.Length; i++)
                {
                    remainders[i] = (ulong)(values[i + 1] - values[i]);
                }

                smallest = form == IntegerForm.Step ? TakeSmallest(remainders) : 0;
                break;
        }

        ulong all = 0;
        foreach (ulong remainder in remainders)
        {
            all |= remainder;
        }

        int shift = all == 0 ? 0 : BitOperations.TrailingZeroCount(all);
        bool signed = form >= IntegerForm.SignedStep;
        Array.Clear(_ofBits);
        for (int i = 0; i < remainders.Length; i++)
        {
            long shifted = (long)remainders[i] >> shift;
            ulong remainder = signed ? (ulong)((shifted << 1) ^ (shifted >> 63)) : (ulong)shifted;
            remainders[i] = remainder;
            _ofBits[64 - BitOperations.LeadingZeroCount(remainder)]++;
        }

        return Widths(new Plan { Form = form, Shift = shift, Smallest = smallest }, remainders.Length);
    }

    private static long TakeSmallest(Span<ulong> remainders)
    {
        long smallest = long.MaxValue;
        foreach (ulong remainder in remainders)
        {
            smallest = Math.Min(smallest, (long)remainder);
        }

        foreach (ref ulong remainder in remainders)
        {
            remainder = (ulong)((long)remainder - smallest);
        }

        return smallest;
    }

    // A width that no remainder has is never the best one, 0 apart.
    private Plan Widths(Plan plan, int count)
    {
        plan.Bytes = int.MaxValue;
        for (int width = 0; width <= BitPacking.WidthMax; width++)
        {
            if (width > 0 && _ofBits[width] == 0)
            {
                continue;
            }

            int bytes = BitPacking.BytesFor(count, width) + 10;
            int patches = 0;
            for (int bits = width + 1; bits <= BitPacking.WidthMax; bits++)
            {
                patches += _ofBits[bits];
                bytes += _ofBits[bits] * (1 + ((bits - width + 6) / 7));
            }

            if (bytes < plan.Bytes)
            {
                plan.Width = width;
                plan.Patches = patches;
                plan.Bytes = bytes;
            }
        }

        return plan;
    }

    private void Put(in Plan plan, ReadOnlySpan<long> values, ByteWriter into)
    {
        int known = Known(plan.Form);
        ReadOnlySpan<ulong> remainders = _remainders.AsSpan(0, values.Length - known);
        into.Byte((byte)plan.Form);
        into.Byte((byte)plan.Shift);
        if (plan.Form is IntegerForm.Offset or IntegerForm.Step)
        {
            into.Zigzag(plan.Smallest);
        }

        if (known > 0)
        {
            into.Zigzag(values[0]);
        }

        if (known > 1)
        {
            into.Zigzag(values[1] - values[0]);
        }

        into.Byte((byte)plan.Width);
        into.Varint(plan.Patches);
        int before = -1;
        for (int i = 0; i < remainders.Length && plan.Patches > 0; i++)
        {
            ulong high = remainders[i] >> plan.Width;
            if (high != 0)
            {
                into.Varint(i - before - 1);
                into.Varint(high);
                before = i;
            }
        }

        int bytes = BitPacking.BytesFor(remainders.Length, plan.Width);
        Span<byte> packed = into.Take(bytes + BitPacking.PadBytes);
        packed.Clear();
        BitPacking.Pack(remainders, plan.Width, packed);
        into.CutTo(into.Length - BitPacking.PadBytes);
    }

    private struct Plan
    {
        public IntegerForm Form;
        public int Shift;
        public long Smallest;
        public int Width;
        public int Patches;
        public int Bytes;
    }
}
