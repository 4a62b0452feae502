using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>The patches of a column of integers: which remainders are wider than the others, and the bits they have more.</summary>
/// <remarks>Where numbers end is found for 64 bytes at once, so that no number waits for the one before it to be read.</remarks>
internal static class ColumnPatches
{
    private const int Block = 64;

    // A number of so many bytes is read at once; nine in ten have one or two.
    private const int FastBytesMax = 7;

    /// <summary>Reads patches.</summary>
    /// <param name="reader">Stands at the first; afterwards behind the last.</param>
    /// <param name="patches">How many there are.</param>
    /// <param name="width">Bits of each remainder that are packed.</param>
    /// <param name="highs">One for each remainder, all zero: the bits above the width of those that are patched are put here, in their place.</param>
    /// <returns>All bits of <paramref name="highs"/>.</returns>
    /// <exception cref="FormatException">The bytes end, or a patch lies behind the column.</exception>
    [SkipLocalsInit]
    public static ulong Read(ref ByteReader reader, int patches, int width, scoped Span<ulong> highs)
    {
        Span<byte> padded = stackalloc byte[Block + sizeof(ulong)];
        int at = -1;
        ulong all = 0;
        while (patches > 0)
        {
            scoped ReadOnlySpan<byte> bytes = reader.Rest;
            if (bytes.Length < padded.Length)
            {
                padded.Clear();
                bytes.CopyTo(padded);
                bytes = padded;
            }

            int read = ReadBlock(ref MemoryMarshal.GetReference(bytes), ref patches, ref at, ref all, width, highs);
            reader.Bytes(read);
            if (read == 0)
            {
                at += 1 + reader.Count(highs.Length, 0);
                ulong high = reader.Varint() << width;
                Put(high, at, highs);
                all |= high;
                patches--;
            }
        }

        return all;
    }

    // Those that end in the first 64 of 72 bytes, up to one that is too long; how many bytes they take.
    private static int ReadBlock(ref byte start, ref int patches, ref int lastAt, ref ulong allHighs, int width, Span<ulong> highs)
    {
        // The highest bit of a byte is clear where a number ends.
        ulong ends = ~Vector512.LoadUnsafe(ref start).ExtractMostSignificantBits();
        int at = lastAt;
        ulong all = allHighs;
        int left = patches;
        int read = 0;
        while (left > 0)
        {
            ulong second = ends & (ends - 1);
            int gapEnd = BitOperations.TrailingZeroCount(ends);
            int highBytes = BitOperations.TrailingZeroCount(second) - gapEnd;
            if (second == 0 || gapEnd != read || highBytes > FastBytesMax)
            {
                break;
            }

            at += 1 + Unsafe.Add(ref start, gapEnd);
            ulong high = SevenBits.Join(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, gapEnd + 1)) & ((1UL << (8 * highBytes)) - 1)) << width;
            Put(high, at, highs);
            all |= high;
            read = gapEnd + 1 + highBytes;
            ends = second & (second - 1);
            left--;
        }

        lastAt = at;
        allHighs = all;
        patches = left;
        return read;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ulong high, int at, scoped Span<ulong> highs)
    {
        if ((uint)at >= (uint)highs.Length)
        {
            throw new FormatException("a patch lies behind the column");
        }

        highs[at] = high;
    }
}
