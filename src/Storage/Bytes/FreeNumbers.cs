using System.Numerics;

namespace Pleiad.Storage;

/// <summary>Which numbers of a table are not in use: a bit for each, for after an explosion of labels there may be a million of them. The writer's.</summary>
internal sealed class FreeNumbers
{
    private const int WordShift = 6;
    private ulong[] _words = [];

    // No number of a word before is free.
    private int _from;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a number; nothing where it is there.</summary>
    public void Add(int number)
    {
        int word = number >> WordShift;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        }

        ulong bit = 1UL << (number & 63);
        Count += (_words[word] & bit) == 0 ? 1 : 0;
        _words[word] |= bit;
        _from = Math.Min(_from, word);
    }

    /// <summary>Takes a number out; nothing where it is not there.</summary>
    public void Remove(int number)
    {
        int word = number >> WordShift;
        if (word < _words.Length && (_words[word] & (1UL << (number & 63))) != 0)
        {
            _words[word] &= ~(1UL << (number & 63));
            Count--;
        }
    }

    /// <summary>Takes the smallest out.</summary>
    public bool TryTakeFirst(out int number)
    {
        number = 0;
        if (Count == 0)
        {
            return false;
        }

        while (_words[_from] == 0)
        {
            _from++;
        }

        number = (_from << WordShift) + BitOperations.TrailingZeroCount(_words[_from]);
        Remove(number);
        return true;
    }
}
