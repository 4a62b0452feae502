using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>The patches of a column of integers: which remainders are wider than the others, and the bits they have more.</summary>
/// <remarks>Where numbers end is found for 32 bytes at once, so that no number waits for the one before it to be read.</remarks>
internal static class ColumnPatches
{
    // A number of so many bytes is read at once; nine in ten have one or two.
    private const int FastBytesMax = 7;

    /// <summary>Reads patches.</summary>
    /// <param name="reader">Stands at the first; afterwards behind the last.</param>
    /// <param name="ofColumn">How many remainders there are.</param>
    /// <param name="at">Which are patched, in order. As long as there are patches.</param>
    /// <param name="highs">What stands above the width of the others. As long.</param>
    /// <returns>All bits of <paramref name="highs"/>.</returns>
    /// <exception cref="FormatException">The bytes end, or a patch lies behind the column.</exception>
    public static ulong Read(ref ByteReader reader, int ofColumn, scoped Span<int> at, scoped Span<ulong> highs)
    {
        highs = highs[..at.Length];
        ReadOnlySpan<byte> bytes = reader.Rest;
        int last = -1;
        ulong all = 0;
        int i = 0;
        int read = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref byte start = ref MemoryMarshal.GetReference(bytes);
            while (i < at.Length && read + Vector256<byte>.Count + sizeof(ulong) <= bytes.Length)
            {
                // The highest bit of a byte is clear where a number ends.
                int block = read;
                uint ends = ~Vector256.LoadUnsafe(ref start, (nuint)block).ExtractMostSignificantBits();
                while (i < at.Length)
                {
                    uint second = ends & (ends - 1);
                    int gapEnd = block + BitOperations.TrailingZeroCount(ends);
                    int highBytes = block + BitOperations.TrailingZeroCount(second) - gapEnd;
                    if (second == 0 || gapEnd != read || highBytes > FastBytesMax)
                    {
                        break;
                    }

                    last += 1 + bytes[gapEnd];
                    ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(gapEnd + 1)..]);
                    ulong high = Join(word & ((1UL << (8 * highBytes)) - 1));
                    at[i] = last;
                    highs[i] = high;
                    all |= high;
                    read = gapEnd + 1 + highBytes;
                    ends = second & (second - 1);
                    i++;
                }

                if (read == block)
                {
                    break;
                }
            }

            reader.Bytes(read);
        }

        for (; i < at.Length; i++)
        {
            last += 1 + reader.Count(ofColumn, 0);
            at[i] = last;
            highs[i] = reader.Varint();
            all |= highs[i];
        }

        if (last >= ofColumn)
        {
            throw new FormatException("a patch lies behind the column");
        }

        return all;
    }

    // Seven bits of each byte, side by side.
    private static ulong Join(ulong word)
    {
        word = (word & 0x007F007F007F007F) | ((word & 0x7F007F007F007F00) >> 1);
        word = (word & 0x00003FFF00003FFF) | ((word & 0x3FFF00003FFF0000) >> 2);
        return (word & 0x000000000FFFFFFF) | ((word & 0x0FFFFFFF00000000) >> 4);
    }
}
