using System.Numerics;

namespace Pleiad.Storage;

/// <summary>Intersection, union and difference of ascending lists without duplicates. Benchmark: PostingsBench.</summary>
internal static class PostingsAlgebra
{
    // Beyond this ratio of lengths, searching the long list beats walking it.
    private const int GallopRatio = 16;

    /// <summary>What is in both.</summary>
    /// <param name="left">Ascending.</param>
    /// <param name="right">Ascending.</param>
    /// <param name="into">As long as the shorter; may be the memory of <paramref name="left"/>.</param>
    /// <returns>How many were written.</returns>
    public static int Intersect(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> into)
    {
        if (left.Length > (long)right.Length * GallopRatio)
        {
            return Gallop(right, left, into);
        }

        if (right.Length > (long)left.Length * GallopRatio)
        {
            return Gallop(left, right, into);
        }

        int count = 0;
        int i = 0;
        int j = 0;
        while (i < left.Length && j < right.Length)
        {
            int a = left[i];
            int b = right[j];
            if (a == b)
            {
                into[count++] = a;
            }

            i += a <= b ? 1 : 0;
            j += b <= a ? 1 : 0;
        }

        return count;
    }

    /// <summary>What is in either.</summary>
    /// <param name="left">Ascending.</param>
    /// <param name="right">Ascending.</param>
    /// <param name="into">As long as both together; other memory than theirs.</param>
    /// <returns>How many were written.</returns>
    public static int Union(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> into)
    {
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < left.Length && j < right.Length)
        {
            int a = left[i];
            int b = right[j];
            into[count++] = Math.Min(a, b);
            i += a <= b ? 1 : 0;
            j += b <= a ? 1 : 0;
        }

        left[i..].CopyTo(into[count..]);
        count += left.Length - i;
        right[j..].CopyTo(into[count..]);
        return count + right.Length - j;
    }

    /// <summary>What is in the first and not in the second.</summary>
    /// <param name="from">Ascending.</param>
    /// <param name="gone">Ascending.</param>
    /// <param name="into">As long as <paramref name="from"/>; may be its memory.</param>
    /// <returns>How many were written.</returns>
    public static int Subtract(ReadOnlySpan<int> from, ReadOnlySpan<int> gone, Span<int> into)
    {
        int count = 0;
        int j = 0;
        bool gallops = gone.Length > (long)from.Length * GallopRatio;
        foreach (int number in from)
        {
            if (gallops)
            {
                j += FirstAtLeast(gone[j..], number);
            }
            else
            {
                while (j < gone.Length && gone[j] < number)
                {
                    j++;
                }
            }

            if (j == gone.Length || gone[j] != number)
            {
                into[count++] = number;
            }
        }

        return count;
    }

    /// <summary>Marks numbers in a bitmap; a union of many lists is one bitmap.</summary>
    public static void Mark(ReadOnlySpan<int> numbers, Span<ulong> bitmap)
    {
        foreach (int number in numbers)
        {
            // A list may have grown past the bitmap since it was sized: such series are younger than the view.
            if ((uint)(number >> 6) < (uint)bitmap.Length)
            {
                bitmap[number >> 6] |= 1UL << (number & 63);
            }
        }
    }

    /// <summary>The numbers marked in a bitmap, ascending.</summary>
    public static int Unmark(ReadOnlySpan<ulong> bitmap, Span<int> into)
    {
        int count = 0;
        for (int word = 0; word < bitmap.Length; word++)
        {
            for (ulong bits = bitmap[word]; bits != 0; bits &= bits - 1)
            {
                into[count++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return count;
    }

    /// <summary>How many numbers are marked.</summary>
    public static int CountMarked(ReadOnlySpan<ulong> bitmap)
    {
        int count = 0;
        foreach (ulong word in bitmap)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    private static int Gallop(ReadOnlySpan<int> few, ReadOnlySpan<int> many, Span<int> into)
    {
        int count = 0;
        foreach (int number in few)
        {
            many = many[FirstAtLeast(many, number)..];
            if (many.IsEmpty)
            {
                break;
            }

            if (many[0] == number)
            {
                into[count++] = number;
            }
        }

        return count;
    }

    // Index of the first number not below a bound: doubling steps, then a binary search in the last one.
    private static int FirstAtLeast(ReadOnlySpan<int> numbers, int bound)
    {
        int step = 1;
        while (step < numbers.Length && numbers[step] < bound)
        {
            step *= 2;
        }

        int low = step / 2;
        int high = Math.Min(step + 1, numbers.Length);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (numbers[middle] < bound)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
