using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>A column of integers as bit-packed remainders of one of four forms; those too wide are patched. <see cref="IntegerColumnWriter"/> writes it.</summary>
/// <remarks>
/// Frame of reference with patches: Zukowski et al., "Super-scalar RAM-CPU cache compression", ICDE 2006. One pass: eight remainders are unpacked and
/// patched, become values and what the reader wants of these, in registers. Where the machine has no vectors of 512 bits, those of 256 are used in
/// twos. Benchmark: `chunk-bytes` of bench/Bench.
/// </remarks>
internal static class IntegerColumn
{
    /// <summary>The largest magnitude of an integer: steps and bends of such need at most <see cref="BitPacking.WidthMax"/> bits.</summary>
    public const long MagnitudeMax = 1L << 53;

    /// <summary>Values that may be written behind the last one wanted: they come eight at a time.</summary>
    public const int Slack = 7;

    /// <summary>Reads a part of a column.</summary>
    /// <param name="reader">Stands at it; afterwards behind it.</param>
    /// <param name="all">How many values the column has.</param>
    /// <param name="from">The first value wanted.</param>
    /// <param name="end">Behind the last one wanted, which is not before the first.</param>
    /// <param name="target">What the integers become.</param>
    /// <param name="into">As many as are wanted and <see cref="Slack"/> more, whose content afterwards means nothing.</param>
    /// <exception cref="FormatException">The bytes are not a column.</exception>
    [SkipLocalsInit]
    public static void Read<TTarget, T>(ref ByteReader reader, int all, int from, int end, TTarget target, scoped Span<T> into)
        where TTarget : struct, IColumnTarget<T>
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(into.Length, end - from + Slack);
        ColumnHead head = ColumnHead.Read(ref reader, all);
        int known = head.Known;
        int count = all - known;
        int patches = reader.Count(count, 2);
        Span<ulong> highs = stackalloc ulong[ColumnChunk.SamplesMax];
        ulong high = 0;
        highs = highs[..(patches > 0 ? (count + 7) & ~7 : 0)];
        if (patches > 0)
        {
            highs.Clear();
            high = ColumnPatches.Read(ref reader, patches, head.Width, highs[..count]);
        }

        // Steps add up from the first value on; an offset stands alone, and eight of them end with a byte.
        ReadOnlySpan<byte> bytes = reader.Bytes(BitPacking.BytesFor(count, head.Width));
        int begin = head.Form == IntegerForm.Offset ? from & ~7 : 0;
        int wanted = Math.Max(0, end - known);
        bytes = bytes[(begin * head.Width / 8)..BitPacking.BytesFor(wanted, head.Width)];
        Span<byte> padded = stackalloc byte[(ColumnChunk.SamplesMax * BitPacking.WidthMax / 8) + 1 + BitPacking.PadBytes];
        bytes.CopyTo(padded);
        padded.Slice(bytes.Length, BitPacking.PadBytes).Clear();
        var remainders = new PackedRemainders(padded, head.Width, patches > 0 ? highs[begin..] : default, wanted - begin);

        target.Bound(head.MagnitudeMax(all, Math.Max(head.Width, 64 - BitOperations.LeadingZeroCount(high))));
        if (known > 0)
        {
            Put(head.First, 0, from, target, into);
        }

        switch (head.Form)
        {
            case IntegerForm.Offset:
                Join<OffsetForm, TTarget, T>(head, remainders, from - begin, target, into);
                break;
            case IntegerForm.Step:
                Join<StepForm, TTarget, T>(head, remainders, from - known, target, into);
                break;
            case IntegerForm.SignedStep:
                Join<SignedStepForm, TTarget, T>(head, remainders, from - known, target, into);
                break;
            default:
                Put(unchecked(head.First + head.Step), 1, from, target, into);
                Join<SignedBendForm, TTarget, T>(head, remainders, from - known, target, into);
                break;
        }
    }

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
    private static void Join<TForm, TTarget, T>(in ColumnHead head, in PackedRemainders remainders, int first, TTarget target, scoped Span<T> into)
        where TForm : struct, IRemainderForm<TForm>
        where TTarget : struct, IColumnTarget<T>
        where T : unmanaged
    {
        var form = TForm.Of(head);
        PackedRemainders packed = remainders;
        into = into[Math.Max(0, -first)..];
        first = Math.Max(0, first);
        int i = 0;
        if (!BitUnpacker.IsSupported)
        {
            for (; i < packed.Count; i++)
            {
                long integer = form.Next(packed.One(i));
                if (i >= first)
                {
                    into[i - first] = target.Of(integer);
                }
            }

            return;
        }

        if (first > 0)
        {
            JoinFrom<TForm, TTarget, T>(head, packed, first, target, into);
            return;
        }

        BitUnpacker unpacker = packed.Unpacker;
        ref T destination = ref MemoryMarshal.GetReference(into);
        for (; i < packed.Count; i += 8)
        {
            target.Of(form.Next(packed.Eight(unpacker, i))).StoreUnsafe(ref destination);
            destination = ref Unsafe.Add(ref destination, 8);
        }
    }

    // The values before the first one wanted are passed over, by eights; of the last eight those from it on are wanted.
    private static void JoinFrom<TForm, TTarget, T>(in ColumnHead head, in PackedRemainders remainders, int first, TTarget target, scoped Span<T> into)
        where TForm : struct, IRemainderForm<TForm>
        where TTarget : struct, IColumnTarget<T>
        where T : unmanaged
    {
        var form = TForm.Of(head);
        PackedRemainders packed = remainders;
        BitUnpacker unpacker = packed.Unpacker;
        for (int i = 0; i < packed.Count; i += 8)
        {
            Vector512<long> integers = form.Next(packed.Eight(unpacker, i));
            if (i >= first)
            {
                target.Of(integers).CopyTo(into[(i - first)..]);
                continue;
            }

            for (int lane = Math.Min(8, first - i); lane < 8; lane++)
            {
                into[i + lane - first] = target.Of(integers[lane]);
            }
        }
    }
}
