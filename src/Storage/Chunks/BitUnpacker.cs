using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Reads numbers of one width that <see cref="BitPacking"/> wrote, eight at a time: those take as many bytes as one has bits.</summary>
/// <remarks>
/// Where they lie in these bytes and how far to shift is the same for every eight. Their bytes are put into their places by a shuffle, which is faster than to
/// gather them: all at once where the machine can (AVX-512 VBMI), else from the 16 bytes that two neighbours lie in.
/// </remarks>
internal readonly struct BitUnpacker
{
    private readonly Vector512<byte> _places;
    private readonly Vector512<ulong> _shift;
    private readonly Vector512<ulong> _mask;
    private readonly int _second;
    private readonly int _third;
    private readonly int _fourth;

    /// <summary>Finds the places.</summary>
    /// <param name="width">0 to <see cref="BitPacking.WidthMax"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BitUnpacker(int width)
    {
        // As numbers of 32 bits, which every machine multiplies at once: the upper halves stay zero.
        Vector512<long> bits = (Vector512<long>.Indices.AsInt32() * width).AsInt64();
        Vector512<long> at = bits >> 3;
        _shift = (bits & Vector512.Create(7L)).AsUInt64();
        _mask = Vector512.Create((1UL << width) - 1);
        if (Avx512Vbmi.IsSupported)
        {
            _places = EightBytesFrom(at);
            return;
        }

        _second = (2 * width) >> 3;
        _third = (4 * width) >> 3;
        _fourth = (6 * width) >> 3;
        _places = EightBytesFrom(at - Vector512.Create(0, 0, _second, _second, _third, _third, _fourth, _fourth));
    }

    /// <summary>Whether the machine can.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>The eight numbers that begin with a byte.</summary>
    /// <param name="group">The byte; <see cref="BitPacking.PadBytes"/> from it on are read.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<ulong> Eight(ref byte group)
    {
        if (Avx512Vbmi.IsSupported)
        {
            Vector512<byte> all = Avx512Vbmi.PermuteVar64x8(Vector512.LoadUnsafe(ref group), _places);
            return Avx512F.ShiftRightLogicalVariable(all.AsUInt64(), _shift) & _mask;
        }

        Vector256<byte> lower = Vector256.Create(Vector128.LoadUnsafe(ref group), Vector128.LoadUnsafe(ref group, (nuint)_second));
        Vector256<byte> upper = Vector256.Create(Vector128.LoadUnsafe(ref group, (nuint)_third), Vector128.LoadUnsafe(ref group, (nuint)_fourth));
        return Vector512.Create(
            Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(lower, _places.GetLower()).AsUInt64(), _shift.GetLower()),
            Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(upper, _places.GetUpper()).AsUInt64(), _shift.GetUpper())) & _mask;
    }

    // For each of eight numbers, which lie in eight bytes from one on: these.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> EightBytesFrom(Vector512<long> at)
    {
        Vector512<int> repeated = (at | (at << 32)).AsInt32() * 0x01010101;
        return repeated.AsByte() + Vector512.Create(0x0706050403020100UL).AsByte();
    }
}
