using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Turns the remainders of one form of a column into its values, in order; keeps what the next ones build on. All arithmetic wraps.</summary>
internal interface IRemainderForm
{
    /// <summary>The next four values. Only where <see cref="Avx2"/> is supported.</summary>
    Vector256<long> Next(Vector256<long> remainders);

    /// <summary>The next value.</summary>
    long Next(ulong remainder);
}

/// <summary><see cref="IntegerForm.Offset"/>.</summary>
internal readonly struct OffsetForm(int shift, long smallest) : IRemainderForm
{
    private readonly Vector128<long> _shift = Vector128.CreateScalar((long)shift);
    private readonly Vector256<long> _smallest = Vector256.Create(smallest);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<long> Next(Vector256<long> remainders) => Avx2.ShiftLeftLogical(remainders, _shift) + _smallest;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => unchecked((long)(remainder << (int)_shift[0]) + _smallest[0]);
}

/// <summary><see cref="IntegerForm.Step"/>.</summary>
internal struct StepForm(int shift, long smallest, long first) : IRemainderForm
{
    private readonly Vector128<long> _shift = Vector128.CreateScalar((long)shift);
    private readonly Vector256<long> _smallest = Vector256.Create(smallest);
    private Vector256<long> _last = Vector256.Create(first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<long> Next(Vector256<long> remainders) =>
        RunningSum.Next(Avx2.ShiftLeftLogical(remainders, _shift) + _smallest, ref _last);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => RunningSum.Next(unchecked((long)(remainder << (int)_shift[0]) + _smallest[0]), ref _last);
}

/// <summary><see cref="IntegerForm.SignedStep"/>.</summary>
internal struct SignedStepForm(int shift, long first) : IRemainderForm
{
    private readonly Vector128<long> _shift = Vector128.CreateScalar((long)shift);
    private Vector256<long> _last = Vector256.Create(first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<long> Next(Vector256<long> remainders) =>
        RunningSum.Next(Avx2.ShiftLeftLogical(Zigzag.Back(remainders), _shift), ref _last);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => RunningSum.Next(Zigzag.Back(remainder) << (int)_shift[0], ref _last);
}

/// <summary><see cref="IntegerForm.SignedBend"/>.</summary>
internal struct SignedBendForm(int shift, long first, long step) : IRemainderForm
{
    private readonly Vector128<long> _shift = Vector128.CreateScalar((long)shift);
    private Vector256<long> _step = Vector256.Create(step);
    private Vector256<long> _last = Vector256.Create(unchecked(first + step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<long> Next(Vector256<long> remainders) =>
        RunningSum.Next(RunningSum.Next(Avx2.ShiftLeftLogical(Zigzag.Back(remainders), _shift), ref _step), ref _last);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => RunningSum.Next(RunningSum.Next(Zigzag.Back(remainder) << (int)_shift[0], ref _step), ref _last);
}

/// <summary>Signed numbers that were written with their sign as the lowest bit.</summary>
internal static class Zigzag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Back(Vector256<long> both) => Vector256.ShiftRightLogical(both, 1) ^ (Vector256<long>.Zero - (both & Vector256<long>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Back(ulong both) => (long)(both >> 1) ^ -(long)(both & 1);
}

/// <summary>Sums of numbers up to each of them, four at a time; the last sum is kept in all four lanes.</summary>
internal static class RunningSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Next(Vector256<long> numbers, ref Vector256<long> last)
    {
        // Only the addition of `last` waits for the four before: the rest of several fours is done side by side.
        Vector256<long> pairs = numbers + Avx2.ShiftLeftLogical128BitLane(numbers, 8);
        Vector256<long> lower = Avx2.Permute4x64(pairs, 0b01_01_01_01);
        Vector256<long> sums = pairs + Avx2.Blend(Vector256<int>.Zero, lower.AsInt32(), 0xF0).AsInt64();
        Vector256<long> result = sums + last;
        last += Avx2.Permute4x64(sums, 0b11_11_11_11);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Next(long number, ref Vector256<long> last)
    {
        long sum = unchecked(last[0] + number);
        last = Vector256.Create(sum);
        return sum;
    }
}
