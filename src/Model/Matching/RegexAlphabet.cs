namespace Pleiad.Model;

/// <summary>Divides all code points into kinds that a program cannot tell apart, so that an automaton needs one edge a kind.</summary>
internal sealed class RegexAlphabet
{
    private const int AsciiCount = 0x80;

    private readonly ushort[] _ascii = new ushort[AsciiCount];
    private readonly int[] _starts;
    private readonly int[] _kinds;
    private readonly List<int> _samples = [];

    /// <summary>The kinds that some sets ask for.</summary>
    public RegexAlphabet(IEnumerable<RuneSet> sets)
    {
        RuneSet[] all = [.. sets];
        var starts = new SortedSet<int> { 0 };
        foreach (RuneSet set in all)
        {
            ReadOnlySpan<int> ends = set.Ends;
            for (int i = 0; i < ends.Length; i += 2)
            {
                starts.Add(ends[i]);
                if (ends[i + 1] < RuneSet.RuneMax)
                {
                    starts.Add(ends[i + 1] + 1);
                }
            }
        }

        _starts = [.. starts];
        _kinds = new int[_starts.Length];
        int last = 0;
        var inside = new Dictionary<int, int>();
        foreach (RuneSet set in all)
        {
            // Every kind that the set cuts falls into two: the part inside gets a new number.
            inside.Clear();
            ReadOnlySpan<int> ends = set.Ends;
            for (int i = 0; i < ends.Length; i += 2)
            {
                for (int at = Array.BinarySearch(_starts, ends[i]); at < _starts.Length && _starts[at] <= ends[i + 1]; at++)
                {
                    if (!inside.TryGetValue(_kinds[at], out int kind))
                    {
                        inside.Add(_kinds[at], kind = ++last);
                    }

                    _kinds[at] = kind;
                }
            }
        }

        var numbers = new Dictionary<int, int>();
        for (int at = 0; at < _kinds.Length; at++)
        {
            if (!numbers.TryGetValue(_kinds[at], out int number))
            {
                number = numbers.Count;
                numbers.Add(_kinds[at], number);
                _samples.Add(_starts[at]);
            }

            _kinds[at] = number;
        }

        for (int rune = 0; rune < AsciiCount; rune++)
        {
            _ascii[rune] = (ushort)Find(rune);
        }
    }

    /// <summary>How many kinds there are.</summary>
    public int Count => _samples.Count;

    /// <summary>A member of a kind.</summary>
    public int SampleOf(int kind) => _samples[kind];

    /// <summary>The kind of a code point.</summary>
    public int KindOf(int rune) => rune < AsciiCount ? _ascii[rune] : Find(rune);

    private int Find(int rune)
    {
        int at = Array.BinarySearch(_starts, rune);
        return _kinds[at < 0 ? ~at - 1 : at];
    }
}
