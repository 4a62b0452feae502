using System.Numerics;

namespace Pleiad.PromQL;

/// <summary>Bitmaps over steps: bit i of word i/64 says whether a series has a sample at step i.</summary>
internal static class StepBits
{
    public static bool Has(ReadOnlySpan<ulong> bits, int step) => (bits[step >> 6] & (1UL << (step & 63))) != 0;

    public static void Set(Span<ulong> bits, int step) => bits[step >> 6] |= 1UL << (step & 63);

    public static void Unset(Span<ulong> bits, int step) => bits[step >> 6] &= ~(1UL << (step & 63));

    /// <summary>Sets the first <paramref name="steps"/> bits, clears the rest.</summary>
    public static void Fill(Span<ulong> bits, int steps)
    {
        bits.Fill(ulong.MaxValue);
        if ((steps & 63) != 0)
        {
            bits[^1] = TailMask(steps);
        }
    }

    /// <summary>The bits of the last word that stand for steps.</summary>
    public static ulong TailMask(int steps) => (steps & 63) == 0 ? ulong.MaxValue : (1UL << (steps & 63)) - 1;

    public static bool None(ReadOnlySpan<ulong> bits) => bits.IndexOfAnyExcept(0UL) < 0;

    /// <summary>Whether all of the first <paramref name="steps"/> bits are set.</summary>
    public static bool All(ReadOnlySpan<ulong> bits, int steps)
    {
        for (int i = 0; i < bits.Length - 1; i++)
        {
            if (bits[i] != ulong.MaxValue)
            {
                return false;
            }
        }

        return bits[^1] == TailMask(steps);
    }

    public static int Count(ReadOnlySpan<ulong> bits)
    {
        int count = 0;
        foreach (ulong word in bits)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    public static bool Overlap(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if ((left[i] & right[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    public static void Or(ReadOnlySpan<ulong> from, Span<ulong> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] |= from[i];
        }
    }

    public static void And(ReadOnlySpan<ulong> from, Span<ulong> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] &= from[i];
        }
    }

    public static void AndNot(ReadOnlySpan<ulong> from, Span<ulong> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] &= ~from[i];
        }
    }

    /// <summary>Walks the set bits.</summary>
    public static Walk Each(ReadOnlySpan<ulong> bits) => new(bits);

    public ref struct Walk(ReadOnlySpan<ulong> bits)
    {
        private readonly ReadOnlySpan<ulong> _bits = bits;
        private int _word = -1;
        private ulong _rest;

        public int Current { get; private set; }

        public readonly Walk GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_rest == 0)
            {
                if (++_word >= _bits.Length)
                {
                    return false;
                }

                _rest = _bits[_word];
            }

            Current = (_word << 6) + BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
