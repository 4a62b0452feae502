using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>The remainders of one form of a column of integers, and how many bits each has.</summary>
internal sealed class RemainderSet(IntegerForm form)
{
    private const int LengthsAtOnce = 32;

    private readonly ulong[] _remainders = new ulong[ColumnChunk.SamplesMax];
    private readonly byte[] _lengths = new byte[ColumnChunk.SamplesMax];
    private int _count;

    /// <summary>Which form.</summary>
    public IntegerForm Form => form;

    /// <summary>Zero bits taken off the end of each.</summary>
    public int Shift { get; private set; }

    /// <summary>What was subtracted from each; 0 for the signed forms.</summary>
    public long Smallest { get; private set; }

    /// <summary>The remainders.</summary>
    public Span<ulong> Remainders => _remainders.AsSpan(0, _count);

    /// <summary>Bits of the longest.</summary>
    public int LengthMax { get; private set; }

    /// <summary>
    /// The sum of their lengths: no width takes fewer bits, for a remainder that fits takes the width, and one that is patched takes it too and, for each
    /// seven bits that do not fit, a byte and one more.
    /// </summary>
    public long BitsAtLeast { get; private set; }

    /// <summary>Computes them.</summary>
    public void Take(ReadOnlySpan<long> values, in ColumnExtremes extremes)
    {
        _count = values.Length - ColumnHead.KnownOf(form);
        (Smallest, Shift) = form switch
        {
            IntegerForm.Offset => (extremes.SmallestValue, extremes.ValueShift),
            IntegerForm.Step => (extremes.SmallestStep, extremes.StepShift),
            IntegerForm.SignedStep => (0L, extremes.SignedStepShift),
            _ => (0L, extremes.BendShift),
        };
        ulong all = form switch
        {
            IntegerForm.Offset => Take<Offsets>(values),
            IntegerForm.Step => Take<Steps>(values),
            IntegerForm.SignedStep => Take<SignedSteps>(values),
            _ => Take<SignedBends>(values),
        };
        LengthMax = 64 - BitOperations.LeadingZeroCount(all);

        // Zeros up to a whole number of vectors, whose lengths are zero too: none has to be looked at by itself.
        _remainders.AsSpan(_count, -_count & (LengthsAtOnce - 1)).Clear();
        BitsAtLeast = Measure();
    }

    /// <summary>How many have more bits than a number.</summary>
    public int LongerThan(int width)
    {
        ref byte lengths = ref MemoryMarshal.GetArrayDataReference(_lengths);
        Vector256<sbyte> widths = Vector256.Create((sbyte)width);
        int longer = 0;
        for (int i = 0; i < _count; i += LengthsAtOnce)
        {
            uint some = Vector256.GreaterThan(Vector256.LoadUnsafe(ref lengths, (nuint)i).AsSByte(), widths).ExtractMostSignificantBits();
            longer += BitOperations.PopCount(some);
        }

        return longer;
    }

    // All their bits.
    private ulong Take<TRaw>(ReadOnlySpan<long> values)
        where TRaw : IRaw
    {
        ref long first = ref MemoryMarshal.GetReference(values);
        ref ulong into = ref MemoryMarshal.GetArrayDataReference(_remainders);
        int count = _count;
        int shift = Shift;
        long smallest = Smallest;
        ulong all = 0;
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<long> smallests = Vector256.Create(smallest);
            Vector256<ulong> bits = default;
            for (; i + Vector256<long>.Count <= count; i += Vector256<long>.Count)
            {
                Vector256<ulong> remainder = Vector256.ShiftRightLogical(Zigzag<TRaw>(TRaw.Of(ref first, (nuint)i) - smallests), shift);
                remainder.StoreUnsafe(ref into, (nuint)i);
                bits |= remainder;
            }

            all = bits[0] | bits[1] | bits[2] | bits[3];
        }

        for (; i < count; i++)
        {
            // The zeros at the end may go before or after the sign moves there: zigzag of q * 2^s, less its last s bits, is the zigzag of q.
            long raw = TRaw.OfOne(values, i) - smallest;
            ulong remainder = (ulong)(TRaw.IsSigned ? (raw << 1) ^ (raw >> 63) : raw) >> shift;
            Unsafe.Add(ref into, i) = remainder;
            all |= remainder;
        }

        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Zigzag<TRaw>(Vector256<long> raw)
        where TRaw : IRaw =>
        (TRaw.IsSigned ? Vector256.ShiftLeft(raw, 1) ^ Vector256.LessThan(raw, Vector256<long>.Zero) : raw).AsUInt64();

    // Fills the lengths, in whatever order.
    private long Measure()
    {
        ref ulong remainders = ref MemoryMarshal.GetArrayDataReference(_remainders);
        ref byte lengths = ref MemoryMarshal.GetArrayDataReference(_lengths);
        int end = (_count + LengthsAtOnce - 1) & -LengthsAtOnce;
        long sum = 0;
        int i = 0;

        // Larger ones are no doubles, whose exponents say how long they are.
        if (Vector256.IsHardwareAccelerated && LengthMax <= 52)
        {
            Vector256<ushort> sums = default;
            for (; i < end; i += LengthsAtOnce)
            {
                Vector256<ushort> lower = LengthsOf(ref remainders, (nuint)i);
                Vector256<ushort> upper = LengthsOf(ref remainders, (nuint)i + 16);
                sums += lower + upper;
                Vector256.Narrow(lower, upper).StoreUnsafe(ref lengths, (nuint)i);
            }

            (Vector256<uint> some, Vector256<uint> others) = Vector256.Widen(sums);
            sum = Vector256.Sum(some + others);
        }

        for (; i < end; i++)
        {
            int length = 64 - BitOperations.LeadingZeroCount(Unsafe.Add(ref remainders, i));
            Unsafe.Add(ref lengths, i) = (byte)length;
            sum += length;
        }

        return sum;
    }

    // Of sixteen; of an exponent eleven bits are used, so that four find room in 64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> LengthsOf(ref ulong remainders, nuint at)
    {
        const ushort exponentOfZeroBits = 1022;
        Vector256<ulong> packed = ExponentsOf(ref remainders, at)
            | Vector256.ShiftLeft(ExponentsOf(ref remainders, at + 4), 16)
            | Vector256.ShiftLeft(ExponentsOf(ref remainders, at + 8), 32)
            | Vector256.ShiftLeft(ExponentsOf(ref remainders, at + 12), 48);
        return Vector256.SubtractSaturate(packed.AsUInt16(), Vector256.Create(exponentOfZeroBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> ExponentsOf(ref ulong remainders, nuint at)
    {
        const double magic = 1L << 52;
        Vector256<double> number = (Vector256.LoadUnsafe(ref remainders, at) | Vector256.Create(magic).AsUInt64()).AsDouble() - Vector256.Create(magic);
        return Vector256.ShiftRightLogical(number.AsUInt64(), 52);
    }

    /// <summary>What of the values is packed, before the smallest is subtracted.</summary>
    private interface IRaw
    {
        static abstract bool IsSigned { get; }

        static abstract Vector256<long> Of(ref long values, nuint at);

        static abstract long OfOne(ReadOnlySpan<long> values, int at);
    }

    private readonly struct Offsets : IRaw
    {
        public static bool IsSigned => false;

        public static Vector256<long> Of(ref long values, nuint at) => Vector256.LoadUnsafe(ref values, at);

        public static long OfOne(ReadOnlySpan<long> values, int at) => values[at];
    }

    private readonly struct Steps : IRaw
    {
        public static bool IsSigned => false;

        public static Vector256<long> Of(ref long values, nuint at) => Vector256.LoadUnsafe(ref values, at + 1) - Vector256.LoadUnsafe(ref values, at);

        public static long OfOne(ReadOnlySpan<long> values, int at) => values[at + 1] - values[at];
    }

    private readonly struct SignedSteps : IRaw
    {
        public static bool IsSigned => true;

        public static Vector256<long> Of(ref long values, nuint at) => Steps.Of(ref values, at);

        public static long OfOne(ReadOnlySpan<long> values, int at) => Steps.OfOne(values, at);
    }

    private readonly struct SignedBends : IRaw
    {
        public static bool IsSigned => true;

        public static Vector256<long> Of(ref long values, nuint at) => Steps.Of(ref values, at + 1) - Steps.Of(ref values, at);

        public static long OfOne(ReadOnlySpan<long> values, int at) => Steps.OfOne(values, at + 1) - Steps.OfOne(values, at);
    }
}
