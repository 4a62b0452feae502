using System.Buffers;
using System.Text;

namespace Pleiad.Storage;

/// <content>Names, values and pairs of labels: found in the sorted texts of the block, decoded group by group.</content>
internal sealed partial class Block
{
    /// <summary>The number of a name, or -1.</summary>
    public int FindName(string name)
    {
        // They are few, and every matcher of every query asks for one.
        Dictionary<string, int>? names = Volatile.Read(ref _names);
        if (names is null)
        {
            string?[] texts = TextCache();
            names = new Dictionary<string, int>(NameCount, StringComparer.Ordinal);
            for (int number = 0; number < NameCount; number++)
            {
                names[NameText(number, texts)] = number;
            }

            Volatile.Write(ref _names, names);
        }

        return names.GetValueOrDefault(name, -1);
    }

    /// <summary>The pairs of a name: first, and behind the last. They are sorted by value.</summary>
    public (int First, int End) PairsOf(int name) =>
        ((int)U32(BlockSection.Names, (2 * name) + 1), name + 1 < NameCount ? (int)U32(BlockSection.Names, (2 * name) + 3) : PairCount);

    /// <summary>The number of a pair, or -1.</summary>
    public int FindPair(int name, string value)
    {
        int text = FindText(value);
        (int first, int end) = PairsOf(name);
        return text < 0 ? -1 : Find(BlockSection.Pairs, first, end, text);
    }

    /// <summary>The name that a pair has.</summary>
    public int NameOf(int pair)
    {
        int low = 0;
        int high = NameCount - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (U32(BlockSection.Names, (2 * middle) + 1) <= (uint)pair)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>A name.</summary>
    public string NameText(int name, string?[] cache) => Text((int)U32(BlockSection.Names, 2 * name), cache);

    /// <summary>The value of a pair.</summary>
    public string ValueText(int pair, string?[] cache) => Text((int)U32(BlockSection.Pairs, 2 * pair), cache);

    /// <summary>Name and value of a pair.</summary>
    public void TextsOf(int pair, string?[] cache, out string name, out string value)
    {
        int at = _trailer.Texts + (2 * pair);
        name = cache[at] ??= NameText(NameOf(pair), cache);
        value = cache[at + 1] ??= ValueText(pair, cache);
    }

    /// <summary>The texts decoded so far, behind them name and value of each pair: to be held by whoever reads, and shared by all who read at one time.</summary>
    public string?[] TextCache()
    {
        lock (_texts)
        {
            if (!_texts.TryGetTarget(out string?[]? texts) || texts.Length == 0)
            {
                texts = new string?[_trailer.Texts + (2 * PairCount)];
                _texts.SetTarget(texts);
            }

            return texts;
        }
    }

    // Both tables have entries of two numbers, sorted by the first.
    private int Find(BlockSection table, int low, int end, int text)
    {
        int high = end - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int at = (int)U32(table, 2 * middle);
            if (at == text)
            {
                return middle;
            }

            if (at < text)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }

    private string Text(int number, string?[] cache)
    {
        if (cache[number] is { } known)
        {
            return known;
        }

        int group = number / BlockFormat.GroupTexts;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256);
        try
        {
            var reader = new ByteReader(Section(BlockSection.Texts)[(int)U32(BlockSection.TextGroups, group)..]);
            int first = group * BlockFormat.GroupTexts;
            int end = Math.Min(first + BlockFormat.GroupTexts, _trailer.Texts);
            int length = 0;
            for (int i = first; i < end; i++)
            {
                length = NextText(ref reader, ref buffer, length);
                cache[i] ??= Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
        catch (FormatException e)
        {
            throw new CorruptDataException(Path, StartOf(BlockSection.Texts), e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return cache[number]!;
    }

    private int FindText(string wanted)
    {
        int bytesMax = Encoding.UTF8.GetMaxByteCount(wanted.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytesMax);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256);
        try
        {
            ReadOnlySpan<byte> text = rented.AsSpan(0, Encoding.UTF8.GetBytes(wanted, rented));
            ReadOnlySpan<byte> section = Section(BlockSection.Texts);
            int low = 0;
            int high = (_trailer.Texts + BlockFormat.GroupTexts - 1) / BlockFormat.GroupTexts;
            while (low < high)
            {
                // The last group whose first text is not behind the one wanted.
                int middle = (low + high) >>> 1;
                var head = new ByteReader(section[(int)U32(BlockSection.TextGroups, middle)..]);
                head.Varint();
                if (head.Bytes(head.Count(int.MaxValue)).SequenceCompareTo(text) <= 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            if (low == 0)
            {
                return -1;
            }

            int first = (low - 1) * BlockFormat.GroupTexts;
            var reader = new ByteReader(section[(int)U32(BlockSection.TextGroups, low - 1)..]);
            int length = 0;
            for (int i = first; i < Math.Min(first + BlockFormat.GroupTexts, _trailer.Texts); i++)
            {
                length = NextText(ref reader, ref buffer, length);
                if (buffer.AsSpan(0, length).SequenceEqual(text))
                {
                    return i;
                }
            }

            return -1;
        }
        catch (FormatException e)
        {
            throw new CorruptDataException(Path, StartOf(BlockSection.Texts), e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int NextText(ref ByteReader reader, ref byte[] buffer, int before)
    {
        int shared = reader.Count(before, 0);
        ReadOnlySpan<byte> rest = reader.Bytes(reader.Count(BatchRecord.TextBytesMax));
        int length = shared + rest.Length;
        if (length > buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(length);
            buffer.AsSpan(0, shared).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        rest.CopyTo(buffer.AsSpan(shared));
        return length;
    }
}
