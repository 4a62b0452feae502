namespace Pleiad.Model;

/// <summary>What one step of a <see cref="RegexProgram"/> does.</summary>
internal enum RegexOp : byte
{
    /// <summary>Takes one character of the set with the number <c>Y</c>, then goes to <c>X</c>.</summary>
    Take,

    /// <summary>Goes to <c>X</c>, and with less preference to <c>Y</c>.</summary>
    Fork,

    /// <summary>Notes the place in slot <c>Y</c>, then goes to <c>X</c>.</summary>
    Save,

    /// <summary>Goes to <c>X</c> where the <see cref="RegexAssertion"/> <c>Y</c> holds.</summary>
    Assert,

    /// <summary>The end.</summary>
    Match,
}

/// <summary>One step.</summary>
internal readonly record struct RegexStep(RegexOp Op, int X, int Y);

/// <summary>A pattern as steps of a nondeterministic automaton.</summary>
/// <remarks>Thompson, "Regular expression search algorithm", CACM 11(6), 1968; Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009.</remarks>
internal sealed class RegexProgram
{
    /// <summary>Steps a program may have; counts multiply them.</summary>
    public const int StepsMax = 10_000;

    private readonly List<RegexStep> _steps = [];
    private readonly List<RuneSet> _sets = [];
    private readonly Dictionary<RuneSet, int> _setNumbers = [];

    private RegexProgram()
    {
    }

    /// <summary>All steps; the targets are places here.</summary>
    public RegexStep[] Steps { get; private set; } = [];

    /// <summary>The sets of the Take steps by number.</summary>
    public IReadOnlyList<RuneSet> Sets => _sets;

    /// <summary>Where it begins.</summary>
    public int Start { get; private set; }

    /// <summary>Whether there is an Assert step.</summary>
    public bool HasAssertions { get; private set; }

    /// <summary>Compiles a tree; null where more than <see cref="StepsMax"/> steps would be needed.</summary>
    public static RegexProgram? Compile(RegexNode node)
    {
        if (StepsOf(node) >= StepsMax)
        {
            return null;
        }

        var program = new RegexProgram();
        int match = program.Add(new RegexStep(RegexOp.Match, 0, 0));
        program.Start = program.Emit(node, match);
        program.Steps = [.. program._steps];
        return program;
    }

    private static long StepsOf(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.Capture capture:
                return 2 + StepsOf(capture.Body);
            case RegexNode.Sequence sequence:
                return sequence.Parts.Sum(StepsOf);
            case RegexNode.Choice choice:
                return choice.Branches.Sum(b => 1 + StepsOf(b));
            case RegexNode.Repeat repeat:
                long body = StepsOf(repeat.Body);
                return repeat.Max < 0 ? (Math.Max(1, repeat.Min) * body) + 2 : (repeat.Max * body) + (repeat.Max - repeat.Min);
            default:
                return 1;
        }
    }

    private static bool CanBeEmpty(RegexNode node) => node switch
    {
        RegexNode.Rune => false,
        RegexNode.Sequence sequence => sequence.Parts.All(CanBeEmpty),
        RegexNode.Choice choice => choice.Branches.Any(CanBeEmpty),
        RegexNode.Repeat repeat => repeat.Min == 0 || CanBeEmpty(repeat.Body),
        RegexNode.Capture capture => CanBeEmpty(capture.Body),
        _ => true,
    };

    private int Add(RegexStep step)
    {
        _steps.Add(step);
        return _steps.Count - 1;
    }

    // Emits from the end to the start: every target is known when a step is written, but for loops.
    private int Emit(RegexNode node, int next)
    {
        switch (node)
        {
            case RegexNode.Rune rune:
                return Add(new RegexStep(RegexOp.Take, next, NumberOf(rune.Set)));
            case RegexNode.Sequence sequence:
                for (int i = sequence.Parts.Count - 1; i >= 0; i--)
                {
                    next = Emit(sequence.Parts[i], next);
                }

                return next;
            case RegexNode.Choice choice:
                int other = Emit(choice.Branches[^1], next);
                for (int i = choice.Branches.Count - 2; i >= 0; i--)
                {
                    other = Add(new RegexStep(RegexOp.Fork, Emit(choice.Branches[i], next), other));
                }

                return other;
            case RegexNode.Capture capture:
                int close = Add(new RegexStep(RegexOp.Save, next, (2 * capture.Index) + 1));
                return Add(new RegexStep(RegexOp.Save, Emit(capture.Body, close), 2 * capture.Index));
            case RegexNode.Assert assert:
                HasAssertions = true;
                return Add(new RegexStep(RegexOp.Assert, next, (int)assert.Kind));
            case RegexNode.Repeat repeat:
                return EmitRepeat(repeat, next);
            default:
                throw new InvalidOperationException($"a node of an unknown kind: {node.GetType().Name}");
        }
    }

    private int EmitRepeat(RegexNode.Repeat repeat, int next)
    {
        int copies = repeat.Min;
        if (repeat.Max < 0)
        {
            if (repeat.Min == 0 && CanBeEmpty(repeat.Body))
            {
                // (|a)* is (|a)+ or nothing: a plain loop would let the empty branch hide the other (golang.org/issue/46123).
                next = EmitFork(EmitPlus(repeat, next), next, repeat.Greedy);
            }
            else if (repeat.Min == 0)
            {
                int fork = Add(default);
                _steps[fork] = ForkOf(Emit(repeat.Body, fork), next, repeat.Greedy);
                next = fork;
            }
            else
            {
                next = EmitPlus(repeat, next);
                copies--;
            }
        }
        else
        {
            // x{0,3} is (x(x(x)?)?)?: each copy may be left out only with all after it.
            int end = next;
            for (int i = repeat.Min; i < repeat.Max; i++)
            {
                next = EmitFork(Emit(repeat.Body, next), end, repeat.Greedy);
            }
        }

        for (int i = 0; i < copies; i++)
        {
            next = Emit(repeat.Body, next);
        }

        return next;
    }

    private int EmitPlus(RegexNode.Repeat repeat, int next)
    {
        int fork = Add(default);
        int body = Emit(repeat.Body, fork);
        _steps[fork] = ForkOf(body, next, repeat.Greedy);
        return body;
    }

    private int EmitFork(int body, int next, bool greedy) => Add(ForkOf(body, next, greedy));

    private static RegexStep ForkOf(int body, int next, bool greedy) =>
        greedy ? new RegexStep(RegexOp.Fork, body, next) : new RegexStep(RegexOp.Fork, next, body);

    private int NumberOf(RuneSet set)
    {
        if (!_setNumbers.TryGetValue(set, out int number))
        {
            number = _sets.Count;
            _sets.Add(set);
            _setNumbers.Add(set, number);
        }

        return number;
    }
}
