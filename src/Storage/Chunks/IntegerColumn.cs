using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>A column of integers as bit-packed remainders of one of four forms; those too wide are patched. <see cref="IntegerColumnWriter"/> writes it.</summary>
/// <remarks>
/// Frame of reference with patches: Zukowski et al., "Super-scalar RAM-CPU cache compression", ICDE 2006. Two passes: remainders are unpacked
/// and patched, then become values and what the reader wants of these, four at a time. Benchmark: `chunk-bytes` of bench/Bench.
/// </remarks>
internal static class IntegerColumn
{
    /// <summary>The largest magnitude of an integer: steps and bends of such need at most <see cref="BitPacking.WidthMax"/> bits.</summary>
    public const long MagnitudeMax = 1L << 53;

    /// <summary>Reads a part of a column.</summary>
    /// <param name="reader">Stands at it; afterwards behind it.</param>
    /// <param name="all">How many values the column has.</param>
    /// <param name="from">The first value wanted.</param>
    /// <param name="end">Behind the last one wanted, which is not before the first.</param>
    /// <param name="target">What the integers become.</param>
    /// <param name="into">As many as are wanted.</param>
    /// <exception cref="FormatException">The bytes are not a column.</exception>
    [SkipLocalsInit]
    public static void Read<TTarget, T>(ref ByteReader reader, int all, int from, int end, TTarget target, scoped Span<T> into)
        where TTarget : struct, IColumnTarget<T>
        where T : unmanaged
    {
        var form = (IntegerForm)reader.Byte();
        int shift = reader.Byte();
        int known = Known(form);
        if (form > IntegerForm.SignedBend || shift > 63 || all < known || all > ColumnChunk.SamplesMax)
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

        int count = all - known;
        int patches = reader.Count(count, 2);
        Span<int> patched = stackalloc int[ColumnChunk.SamplesMax];
        Span<ulong> highs = stackalloc ulong[ColumnChunk.SamplesMax];
        patched = patched[..patches];
        highs = highs[..patches];
        ulong high = ColumnPatches.Read(ref reader, count, patched, highs);

        // Steps add up from the first value on; an offset stands alone, and eight of them end with a byte.
        ReadOnlySpan<byte> packed = reader.Bytes(BitPacking.BytesFor(count, width));
        int begin = form == IntegerForm.Offset ? from & ~7 : 0;
        int wanted = Math.Max(0, end - known);
        packed = packed[(begin * width / 8)..BitPacking.BytesFor(wanted, width)];
        Span<byte> padded = stackalloc byte[(ColumnChunk.SamplesMax * BitPacking.WidthMax / 8) + 1 + BitPacking.PadBytes];
        packed.CopyTo(padded);
        padded.Slice(packed.Length, BitPacking.PadBytes).Clear();
        Span<ulong> remainders = stackalloc ulong[ColumnChunk.SamplesMax];
        BitPacking.Unpack(padded, width, remainders[..((wanted - begin + 7) & ~7)]);
        remainders = remainders[..(wanted - begin)];
        for (int i = 0; i < patched.Length; i++)
        {
            int at = patched[i] - begin;
            if ((uint)at < (uint)remainders.Length)
            {
                remainders[at] |= highs[i] << width;
            }
        }

        double largest = PowerOfTwo(width + shift + (64 - BitOperations.LeadingZeroCount(high)));
        switch (form)
        {
            case IntegerForm.Offset:
                target.Bound(Math.Abs((double)smallest) + largest);
                Join(new OffsetForm(shift, smallest), remainders, from - begin, target, into);
                break;
            case IntegerForm.Step:
                target.Bound(Math.Abs((double)first) + (all * (Math.Abs((double)smallest) + largest)));
                Put(first, 0, from, target, into);
                Join(new StepForm(shift, smallest, first), remainders, from - known, target, into);
                break;
            case IntegerForm.SignedStep:
                target.Bound(Math.Abs((double)first) + (all * largest));
                Put(first, 0, from, target, into);
                Join(new SignedStepForm(shift, first), remainders, from - known, target, into);
                break;
            default:
                target.Bound(Math.Abs((double)first) + (all * (Math.Abs((double)step) + (all * largest))));
                Put(first, 0, from, target, into);
                Put(unchecked(first + step), 1, from, target, into);
                Join(new SignedBendForm(shift, first, step), remainders, from - known, target, into);
                break;
        }
    }

    /// <summary>How many of the first values stand before the remainders.</summary>
    public static int Known(IntegerForm form) => form switch { IntegerForm.Offset => 0, IntegerForm.SignedBend => 2, _ => 1 };

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((1023L + exponent) << 52);

    // One of the values that are known without a remainder.
    private static void Put<TTarget, T>(long value, int at, int from, TTarget target, scoped Span<T> into)
        where TTarget : struct, IColumnTarget<T>
        where T : unmanaged
    {
        if ((uint)(at - from) < (uint)into.Length)
        {
            into[at - from] = target.Of(value);
        }
    }

    // The first is the first remainder whose value is wanted; where it lies before the remainders, so many of the values are there already.
    private static void Join<TForm, TTarget, T>(TForm form, scoped Span<ulong> remainders, int first, TTarget target, scoped Span<T> into)
        where TForm : struct, IRemainderForm
        where TTarget : struct, IColumnTarget<T>
        where T : unmanaged
    {
        if (remainders.Length <= Math.Max(0, first))
        {
            return;
        }

        if (first > 0)
        {
            Span<ulong> before = remainders[..first];
            Join(ref form, before, default(IntegerTarget), MemoryMarshal.Cast<ulong, long>(before));
        }

        Join(ref form, remainders[Math.Max(0, first)..], target, into[Math.Max(0, -first)..]);
    }

    private static void Join<TForm, TTarget, T>(ref TForm state, scoped ReadOnlySpan<ulong> remainders, TTarget target, scoped Span<T> into)
        where TForm : struct, IRemainderForm
        where TTarget : struct, IColumnTarget<T>
        where T : unmanaged
    {
        // A copy stays in registers.
        TForm form = state;
        into = into[..remainders.Length];
        int i = 0;
        if (Avx2.IsSupported)
        {
            ref ulong source = ref MemoryMarshal.GetReference(remainders);
            ref T destination = ref MemoryMarshal.GetReference(into);
            for (; i + Vector256<long>.Count <= remainders.Length; i += Vector256<long>.Count)
            {
                Vector256<long> integers = form.Next(Vector256.LoadUnsafe(ref source, (nuint)i).AsInt64());
                target.Of(integers).StoreUnsafe(ref destination, (nuint)i);
            }
        }

        for (; i < remainders.Length; i++)
        {
            into[i] = target.Of(form.Next(remainders[i]));
        }

        state = form;
    }
}
