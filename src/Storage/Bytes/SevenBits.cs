using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>The bits of a varint that are not there to tell where it ends.</summary>
internal static class SevenBits
{
    /// <summary>The low seven bits of each byte, side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Join(ulong word)
    {
        // Every processor with the former does the latter in a few cycles; some older ones take hundreds.
        if (Avx512F.IsSupported)
        {
            return Bmi2.X64.ParallelBitExtract(word, 0x7F7F7F7F7F7F7F7F);
        }

        word = (word & 0x007F007F007F007F) | ((word & 0x7F007F007F007F00) >> 1);
        word = (word & 0x00003FFF00003FFF) | ((word & 0x3FFF00003FFF0000) >> 2);
        return (word & 0x000000000FFFFFFF) | ((word & 0x0FFFFFFF00000000) >> 4);
    }
}
