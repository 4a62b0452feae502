namespace Pleiad.Model;

/// <summary>
/// Decides whether a whole text matches: the program's states as one deterministic state each, found when they are first needed.
/// One step a character, whatever the pattern. Safe for many readers at once.
/// </summary>
/// <remarks>Cox, "Regular Expression Matching in the Wild", 2010, on RE2's automaton and its bounded cache.</remarks>
internal sealed class RegexAutomaton
{
    // Edges and members of all states kept; beyond it they are forgotten and found again.
    private const int CacheMax = 1 << 18;

    private readonly RegexProgram _program;
    private readonly RegexAlphabet _alphabet;
    private readonly Lock _building = new();
    private readonly Dictionary<State, State> _states = new(SameMembers.Comparer);
    private readonly int[] _sparse;
    private readonly int[] _dense;
    private readonly int[] _stack;
    private readonly State _start;
    private int _count;
    private int _cached;

    public RegexAutomaton(RegexProgram program)
    {
        _program = program;
        IEnumerable<RuneSet> sets = program.Sets;
        if (program.HasAssertions)
        {
            sets = sets.Append(RuneSet.Of('\n')).Append(RuneClasses.Perl('w')!);
        }

        _alphabet = new RegexAlphabet(sets);
        _sparse = new int[program.Steps.Length];
        _dense = new int[program.Steps.Length];
        _stack = new int[(2 * program.Steps.Length) + 1];
        Follow(program.Start);
        _start = Gathered(RegexBeside.Nothing);
    }

    /// <summary>Whether the whole text matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        State state = _start;
        int at = 0;
        while (at < text.Length)
        {
            if (state.Verdict is { } verdict)
            {
                return verdict;
            }

            int kind = _alphabet.KindOf(RegexSurroundings.RuneAt(text, at, out int length));
            at += length;
            state = Volatile.Read(ref state.Next[kind]) ?? Build(state, kind);
        }

        return state.AcceptsAtEnd;
    }

    private State Build(State from, int kind)
    {
        lock (_building)
        {
            int rune = _alphabet.SampleOf(kind);
            RegexBeside beside = _program.HasAssertions ? RegexSurroundings.Of(rune) : RegexBeside.Nothing;
            int[] members = Resolved(from, beside);
            _count = 0;
            foreach (int member in members)
            {
                RegexStep step = _program.Steps[member];
                if (step.Op == RegexOp.Take && _program.Sets[step.Y].Contains(rune))
                {
                    Follow(step.X);
                }
            }

            State to = Gathered(beside);
            Volatile.Write(ref from.Next[kind], to);
            return to;
        }
    }

    // The state's members after all assertions that hold before the next character were passed.
    private int[] Resolved(State state, RegexBeside after)
    {
        if (!_program.HasAssertions)
        {
            return state.Members;
        }

        _count = 0;
        foreach (int member in state.Members)
        {
            Follow(member, (state.Before, after));
        }

        return _dense[.._count];
    }

    private State Gathered(RegexBeside before)
    {
        int[] members = Array.FindAll(_dense[.._count], m => _program.Steps[m].Op is not (RegexOp.Fork or RegexOp.Save));
        Array.Sort(members);
        _count = 0;
        var found = new State(members, before, _alphabet.Count);
        if (_states.TryGetValue(found, out State? known))
        {
            return known;
        }

        if (_cached > CacheMax)
        {
            _states.Clear();
            _cached = 0;
        }

        _cached += members.Length + _alphabet.Count;
        _states.Add(found, found);
        found.AcceptsAtEnd = Accepts(found);
        found.Verdict = members.Length == 0 ? false : found.AcceptsAtEnd && Array.Exists(members, TakesAllThenMatches) ? true : null;
        return found;
    }

    private bool Accepts(State state)
    {
        foreach (int member in Resolved(state, RegexBeside.Nothing))
        {
            if (_program.Steps[member].Op == RegexOp.Match)
            {
                return true;
            }
        }

        return false;
    }

    // The loop of ".*" at the very end: whatever follows is taken.
    private bool TakesAllThenMatches(int member)
    {
        RegexStep take = _program.Steps[member];
        if (take.Op != RegexOp.Take || !_program.Sets[take.Y].Equals(RuneSet.All))
        {
            return false;
        }

        RegexStep fork = _program.Steps[take.X];
        if (fork.Op != RegexOp.Fork || (fork.X != member && fork.Y != member))
        {
            return false;
        }

        RegexStep after = _program.Steps[fork.X == member ? fork.Y : fork.X];
        while (after.Op == RegexOp.Save)
        {
            after = _program.Steps[after.X];
        }

        return after.Op == RegexOp.Match;
    }

    // Adds a step and what is reached from it without a character. Without a place, assertions stay for the next character to decide.
    private void Follow(int first, (RegexBeside Before, RegexBeside After)? place = null)
    {
        int depth = 0;
        _stack[depth++] = first;
        while (depth > 0)
        {
            int at = _stack[--depth];
            RegexStep step = _program.Steps[at];
            if (IsIn(at))
            {
                continue;
            }

            Add(at);
            if (step.Op == RegexOp.Fork)
            {
                _stack[depth++] = step.Y;
                _stack[depth++] = step.X;
            }
            else if (step.Op == RegexOp.Save || (step.Op == RegexOp.Assert && place is { } here && RegexSurroundings.Holds((RegexAssertion)step.Y, here.Before, here.After)))
            {
                _stack[depth++] = step.X;
            }
        }
    }

    private bool IsIn(int step) => (uint)_sparse[step] < (uint)_count && _dense[_sparse[step]] == step;

    private void Add(int step)
    {
        _sparse[step] = _count;
        _dense[_count++] = step;
    }

    // Steps that may come next; what the character before was.
    private sealed class State(int[] members, RegexBeside before, int kinds)
    {
        public readonly int[] Members = members;
        public readonly RegexBeside Before = before;
        public readonly State?[] Next = new State?[kinds];

        public bool AcceptsAtEnd { get; set; }

        // The answer where it no longer depends on the rest of the text.
        public bool? Verdict { get; set; }
    }

    private sealed class SameMembers : IEqualityComparer<State>
    {
        public static readonly SameMembers Comparer = new();

        public bool Equals(State? x, State? y) => x!.Before == y!.Before && x.Members.AsSpan().SequenceEqual(y.Members);

        public int GetHashCode(State state)
        {
            var hash = default(HashCode);
            hash.Add((int)state.Before);
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(state.Members));
            return hash.ToHashCode();
        }
    }
}
