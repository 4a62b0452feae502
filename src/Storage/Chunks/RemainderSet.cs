using System.Numerics;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>The remainders of one form of a column of integers, and the bits they take at least.</summary>
internal sealed class RemainderSet(IntegerForm form)
{
    private readonly ulong[] _remainders = new ulong[ColumnChunk.SamplesMax];
    private int _count;

    /// <summary>Which form.</summary>
    public IntegerForm Form => form;

    /// <summary>Zero bits taken off the end of each.</summary>
    public int Shift { get; private set; }

    /// <summary>What was subtracted from each; 0 for the signed forms.</summary>
    public long Smallest { get; private set; }

    /// <summary>The remainders.</summary>
    public Span<ulong> Remainders => _remainders.AsSpan(0, _count);

    /// <summary>
    /// The sum of their lengths: no width takes fewer bits, for a remainder that fits takes the width, and one that is patched takes it too and, for each
    /// seven bits that do not fit, a byte and one more.
    /// </summary>
    public long BitsAtLeast { get; private set; }

    /// <summary>Computes them.</summary>
    public void Take(ReadOnlySpan<long> values, in ColumnExtremes extremes)
    {
        _count = values.Length - IntegerColumn.Known(form);
        (Smallest, Shift) = form switch
        {
            IntegerForm.Offset => (extremes.SmallestValue, extremes.ValueShift),
            IntegerForm.Step => (extremes.SmallestStep, extremes.StepShift),
            IntegerForm.SignedStep => (0L, extremes.SignedStepShift),
            _ => (0L, extremes.BendShift),
        };
        bool isSigned = form >= IntegerForm.SignedStep;
        int i = 0;
        long bits = 0;
        if (Vector256.IsHardwareAccelerated && TryTakeFours(values, isSigned, out bits))
        {
            i = _count & ~(Vector256<long>.Count - 1);
        }

        for (; i < _count; i++)
        {
            long raw = RawOne(values, i) - Smallest;
            ulong remainder = (ulong)(isSigned ? (raw << 1) ^ (raw >> 63) : raw) >> Shift;
            _remainders[i] = remainder;
            bits += 64 - BitOperations.LeadingZeroCount(remainder);
        }

        BitsAtLeast = bits;
    }

    // False where a remainder is too large to be a double: its exponent says how long it is.
    private bool TryTakeFours(ReadOnlySpan<long> values, bool isSigned, out long lengths)
    {
        const double magic = 1L << 52;
        const int exponentBits = 52;
        const long exponentOfZeroBits = 1022;
        Vector256<long> smallest = Vector256.Create(Smallest);
        Vector256<ulong> all = default;
        Vector256<ulong> exponents = default;
        Vector256<long> zeros = default;
        int i = 0;
        for (; i + Vector256<long>.Count <= _count; i += Vector256<long>.Count)
        {
            // The zeros at the end may go before or after the sign moves there: zigzag of q * 2^s, less its last s bits, is the zigzag of q.
            Vector256<long> raw = Raw(values, i) - smallest;
            Vector256<ulong> bits = (isSigned ? Vector256.ShiftLeft(raw, 1) ^ Vector256.LessThan(raw, Vector256<long>.Zero) : raw).AsUInt64();
            Vector256<ulong> remainder = Vector256.ShiftRightLogical(bits, Shift);
            remainder.CopyTo(_remainders.AsSpan(i));
            all |= remainder;
            Vector256<double> number = (remainder | Vector256.Create(magic).AsUInt64()).AsDouble() - Vector256.Create(magic);
            exponents += Vector256.ShiftRightLogical(number.AsUInt64(), exponentBits);
            zeros += Vector256.Equals(remainder, default).AsInt64();
        }

        lengths = 0;
        if (Vector256.ShiftRightLogical(all, exponentBits) != default)
        {
            return false;
        }

        lengths = (long)Vector256.Sum(exponents) - (exponentOfZeroBits * (i + Vector256.Sum(zeros)));
        return true;
    }

    private Vector256<long> Raw(ReadOnlySpan<long> values, int i)
    {
        Vector256<long> value = Vector256.Create(values[i..]);
        if (form == IntegerForm.Offset)
        {
            return value;
        }

        Vector256<long> next = Vector256.Create(values[(i + 1)..]);
        return form == IntegerForm.SignedBend ? Vector256.Create(values[(i + 2)..]) - next - (next - value) : next - value;
    }

    private long RawOne(ReadOnlySpan<long> values, int i) => form switch
    {
        IntegerForm.Offset => values[i],
        IntegerForm.SignedBend => values[i + 2] - (2 * values[i + 1]) + values[i],
        _ => values[i + 1] - values[i],
    };
}
