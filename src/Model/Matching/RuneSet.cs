namespace Pleiad.Model;

/// <summary>A set of code points as sorted ranges that neither touch nor overlap.</summary>
internal sealed class RuneSet : IEquatable<RuneSet>
{
    /// <summary>The largest code point.</summary>
    public const int RuneMax = 0x10FFFF;

    /// <summary>Every code point, lone surrogates included.</summary>
    public static readonly RuneSet All = new([0, RuneMax]);

    /// <summary>Every code point but the newline.</summary>
    public static readonly RuneSet AllButNewline = new([0, '\n' - 1, '\n' + 1, RuneMax]);

    // first, last, first, last ... both ends inside.
    private readonly int[] _ends;

    internal RuneSet(int[] ends) => _ends = ends;

    /// <summary>First and last of each range in turn, both inside.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>Whether nothing is in the set.</summary>
    public bool IsEmpty => _ends.Length == 0;

    /// <summary>How many code points are in the set.</summary>
    public int Size
    {
        get
        {
            int size = 0;
            for (int i = 0; i < _ends.Length; i += 2)
            {
                size += _ends[i + 1] - _ends[i] + 1;
            }

            return size;
        }
    }

    /// <summary>One code point.</summary>
    public static RuneSet Of(int rune) => new([rune, rune]);

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int rune)
    {
        int low = 0;
        int high = (_ends.Length / 2) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (rune < _ends[2 * middle])
            {
                high = middle - 1;
            }
            else if (rune > _ends[(2 * middle) + 1])
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool Equals(RuneSet? other) => other is not null && _ends.AsSpan().SequenceEqual(other._ends);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RuneSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int end in _ends)
        {
            hash.Add(end);
        }

        return hash.ToHashCode();
    }
}

/// <summary>Gathers ranges in any order into a <see cref="RuneSet"/>.</summary>
internal sealed class RuneSetBuilder
{
    private readonly List<(int First, int Last)> _ranges = [];

    /// <summary>Adds a range, both ends inside.</summary>
    public RuneSetBuilder Add(int first, int last)
    {
        _ranges.Add((first, last));
        return this;
    }

    /// <summary>Adds another set.</summary>
    public RuneSetBuilder Add(RuneSet set)
    {
        ReadOnlySpan<int> ends = set.Ends;
        for (int i = 0; i < ends.Length; i += 2)
        {
            _ranges.Add((ends[i], ends[i + 1]));
        }

        return this;
    }

    /// <summary>Adds everything that is not in another set.</summary>
    public RuneSetBuilder AddComplement(RuneSet set)
    {
        int next = 0;
        ReadOnlySpan<int> ends = set.Ends;
        for (int i = 0; i < ends.Length; i += 2)
        {
            if (next < ends[i])
            {
                _ranges.Add((next, ends[i] - 1));
            }

            next = ends[i + 1] + 1;
        }

        if (next <= RuneSet.RuneMax)
        {
            _ranges.Add((next, RuneSet.RuneMax));
        }

        return this;
    }

    /// <summary>The set; the builder may be used on.</summary>
    public RuneSet ToSet()
    {
        _ranges.Sort();
        var ends = new List<int>(_ranges.Count * 2);
        foreach ((int first, int last) in _ranges)
        {
            if (ends.Count > 0 && first <= ends[^1] + 1)
            {
                ends[^1] = Math.Max(ends[^1], last);
            }
            else
            {
                ends.Add(first);
                ends.Add(last);
            }
        }

        return new RuneSet([.. ends]);
    }
}
