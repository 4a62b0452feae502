using System.Numerics;

namespace Pleiad.Storage;

/// <summary>The series of one pair in a block, as runs: series are sorted by labels, so those of one pair lie close together.</summary>
/// <remarks>docs/formats/block.md: how many, then for each run (gap &lt;&lt; 1 | longer than one), and how much longer.</remarks>
internal static class BlockPostings
{
    /// <summary>Writes a list.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="series">Ascending.</param>
    public static void Write(ByteWriter to, ReadOnlySpan<int> series)
    {
        to.Varint(series.Length);
        int behind = 0;
        for (int i = 0; i < series.Length;)
        {
            int run = 1;
            while (i + run < series.Length && series[i + run] == series[i] + run)
            {
                run++;
            }

            to.Varint(((ulong)(uint)(series[i] - behind) << 1) | (run > 1 ? 1u : 0u));
            if (run > 1)
            {
                to.Varint(run - 2);
            }

            behind = series[i] + run;
            i += run;
        }
    }

    /// <summary>Marks the series of a list in a bitmap.</summary>
    /// <exception cref="FormatException">The bytes are not a list of series the bitmap has.</exception>
    public static void Mark(ReadOnlySpan<byte> bytes, Span<ulong> bitmap)
    {
        var reader = new ByteReader(bytes);
        int seriesEnd = bitmap.Length * 64;
        int left = reader.Count(seriesEnd, 0);
        long at = 0;
        while (left > 0)
        {
            ulong head = reader.Varint();
            long run = (head & 1) == 0 ? 1 : 2 + (long)Math.Min(reader.Varint(), int.MaxValue);
            at += (long)Math.Min(head >> 1, int.MaxValue);
            if (run > left || at + run > seriesEnd)
            {
                throw new FormatException("postings name series that are not there");
            }

            Mark(bitmap, (int)at, (int)run);
            at += run;
            left -= (int)run;
        }
    }

    /// <summary>Marks a run.</summary>
    public static void Mark(Span<ulong> bitmap, int first, int count)
    {
        int end = first + count;
        while (first < end)
        {
            int bits = Math.Min(64 - (first & 63), end - first);
            bitmap[first >> 6] |= (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1) << (first & 63);
            first += bits;
        }
    }

    /// <summary>Appends the numbers marked.</summary>
    public static int Unmark(ReadOnlySpan<ulong> bitmap, Span<int> into) => PostingsAlgebra.Unmark(bitmap, into);

    /// <summary>How many are marked.</summary>
    public static int Count(ReadOnlySpan<ulong> bitmap)
    {
        int count = 0;
        foreach (ulong word in bitmap)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }
}
