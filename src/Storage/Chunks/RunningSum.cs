using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Sums of numbers up to each of them, eight at a time or one. All arithmetic wraps.</summary>
internal struct RunningSum(long first)
{
    // The last sum, in all lanes; of halves only the lower is used.
    private Vector512<long> _last = Vector512.Create(first);

    /// <summary>The sums up to each of the next eight. Only where <see cref="Avx2"/> is supported.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<long> Next(Vector512<long> numbers)
    {
        // Only the addition of the last sum waits for the numbers before: the rest of several eights is done side by side.
        if (Avx512F.IsSupported)
        {
            Vector512<long> pairs = numbers + Avx512F.AlignRight64(numbers, Vector512<long>.Zero, 7);
            Vector512<long> fours = pairs + Avx512F.AlignRight64(pairs, Vector512<long>.Zero, 6);
            Vector512<long> sums = fours + Avx512F.AlignRight64(fours, Vector512<long>.Zero, 4);
            Vector512<long> result = sums + _last;
            _last += Avx512F.PermuteVar8x64(sums, Vector512.Create(7L));
            return result;
        }

        Vector256<long> last = _last.GetLower();
        Vector256<long> lower = Next(numbers.GetLower(), ref last);
        Vector256<long> upper = Next(numbers.GetUpper(), ref last);
        _last = Vector512.Create(last, last);
        return Vector512.Create(lower, upper);
    }

    /// <summary>The sum up to the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(long number)
    {
        long sum = unchecked(_last[0] + number);
        _last = Vector512.Create(sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Next(Vector256<long> numbers, ref Vector256<long> last)
    {
        Vector256<long> pairs = numbers + Avx2.ShiftLeftLogical128BitLane(numbers, 8);
        Vector256<long> lower = Avx2.Permute4x64(pairs, 0b01_01_01_01);
        Vector256<long> sums = pairs + Avx2.Blend(Vector256<int>.Zero, lower.AsInt32(), 0xF0).AsInt64();
        Vector256<long> result = sums + last;
        last += Avx2.Permute4x64(sums, 0b11_11_11_11);
        return result;
    }
}
