using System.Buffers.Binary;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Label pairs as the bytes they come in, each kept once: of a series that is known by them, only their numbers have to be remembered. Numbers are told from any thread,
/// and pairs are read from any, without waiting.
/// </summary>
internal sealed class LabelPairs
{
    private const int PageShift = 8;
    private const int PageSize = 1 << PageShift;

    private readonly Lock _adding = new();
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly Blocks<byte> _bytes = new();
    private Pair[][] _pages = [];
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The bytes of a pair: the name behind its length, the value behind its own.</summary>
    /// <param name="number">From <see cref="NumbersOf"/>.</param>
    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            ref Pair pair = ref Volatile.Read(ref _pages)[number >> PageShift][number & (PageSize - 1)];
            return pair.Block.AsSpan(pair.At, pair.Length);
        }
    }

    /// <summary>The numbers of pairs; those that are not there are added.</summary>
    /// <param name="labels">Names and values in turn, each behind its length.</param>
    /// <param name="numbers">One for each pair: <see cref="CountIn"/>.</param>
    public void NumbersOf(ReadOnlySpan<byte> labels, Span<int> numbers)
    {
        lock (_adding)
        {
            foreach (ref int number in numbers)
            {
                int length = LengthOfFirst(labels);
                number = NumberOf(labels[..length]);
                labels = labels[length..];
            }
        }
    }

    /// <summary>How many pairs there are in some bytes: names and values in turn, each behind its length.</summary>
    public static int CountIn(ReadOnlySpan<byte> labels)
    {
        int count = 0;
        for (; !labels.IsEmpty; labels = labels[LengthOfFirst(labels)..])
        {
            count++;
        }

        return count;
    }

    private int NumberOf(ReadOnlySpan<byte> bytes)
    {
        // Of two with one hash the later one is found, and each has a number of its own.
        ulong hash = XxHash64.Of(bytes);
        if (_numbers.TryGetValue(hash, out int known) && this[known].SequenceEqual(bytes))
        {
            return known;
        }

        int number = _count;
        int page = number >> PageShift;
        if (page == _pages.Length)
        {
            var pages = new Pair[Math.Max(4, page * 2)][];
            Array.Copy(_pages, pages, page);
            Volatile.Write(ref _pages, pages);
        }

        _pages[page] ??= new Pair[PageSize];
        (byte[] block, int at) = _bytes.Keep(bytes);
        _pages[page][number & (PageSize - 1)] = new Pair(block, at, bytes.Length);
        _numbers[hash] = number;
        Volatile.Write(ref _count, number + 1);
        return number;
    }

    private static int LengthOfFirst(ReadOnlySpan<byte> bytes)
    {
        int name = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return name + sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(bytes[name..]);
    }

    private readonly record struct Pair(byte[] Block, int At, int Length);
}
