using System.Buffers;

namespace Pleiad.Model;

/// <summary>Finds what each group of a program took, in time linear in the text: all threads of the program walk in step, preferred ones first.</summary>
/// <remarks>Pike's machine as told by Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009.</remarks>
internal ref struct RegexCaptures
{
    private readonly RegexProgram _program;
    private readonly ReadOnlySpan<char> _text;
    private readonly int _slots;
    private readonly Span<int> _stack;

    private RegexCaptures(RegexProgram program, ReadOnlySpan<char> text, int slots, Span<int> stack)
    {
        _program = program;
        _text = text;
        _slots = slots;
        _stack = stack;
    }

    /// <summary>Matches a whole text, or what of it begins at a place; what stands before the place is seen by assertions.</summary>
    /// <param name="bounds">Start and end of the whole match and of each group, in UTF-16 units, -1 where a group took no part.</param>
    /// <returns>Whether it matches; the bounds mean nothing where it does not.</returns>
    public static bool TryMatch(RegexProgram program, ReadOnlySpan<char> text, int from, Span<int> bounds)
    {
        int steps = program.Steps.Length;
        int slots = bounds.Length;
        int list = (2 * steps) + (steps * slots);
        int[] rented = ArrayPool<int>.Shared.Rent((2 * list) + (3 * ((2 * steps) + 2)) + slots);
        Span<int> memory = rented;
        var run = new RegexCaptures(program, text, slots, memory[(2 * list)..^slots]);
        var now = new Threads(memory[..list], steps, slots);
        var next = new Threads(memory[list..(2 * list)], steps, slots);
        bool matched = run.Run(now, next, from, memory[^slots..], bounds);
        ArrayPool<int>.Shared.Return(rented);
        return matched;
    }

    private readonly bool Run(Threads now, Threads next, int from, Span<int> slots, Span<int> bounds)
    {
        slots.Fill(-1);
        RegexBeside before = from == 0 ? RegexBeside.Nothing : RegexSurroundings.Of(_text[from - 1]);
        Follow(ref now, _program.Start, from, slots, before, BesideAt(from));
        int at = from;
        while (at < _text.Length)
        {
            int rune = RegexSurroundings.RuneAt(_text, at, out int length);
            at += length;
            before = RegexSurroundings.Of(rune);
            RegexBeside after = BesideAt(at);
            next.Count = 0;
            for (int i = 0; i < now.Count; i++)
            {
                RegexStep step = _program.Steps[now.StepAt(i)];
                if (step.Op == RegexOp.Take && _program.Sets[step.Y].Contains(rune))
                {
                    now.SlotsAt(i).CopyTo(slots);
                    Follow(ref next, step.X, at, slots, before, after);
                }
            }

            Threads done = now;
            now = next;
            next = done;
            if (now.Count == 0)
            {
                return false;
            }
        }

        for (int i = 0; i < now.Count; i++)
        {
            if (_program.Steps[now.StepAt(i)].Op == RegexOp.Match)
            {
                now.SlotsAt(i).CopyTo(bounds);
                bounds[0] = from;
                bounds[1] = _text.Length;
                return true;
            }
        }

        return false;
    }

    private readonly RegexBeside BesideAt(int at) =>
        at == _text.Length ? RegexBeside.Nothing : RegexSurroundings.Of(RegexSurroundings.RuneAt(_text, at, out _));

    // Adds a thread and all it forks into before the next character, in order of preference.
    private readonly void Follow(ref Threads threads, int first, int at, Span<int> slots, RegexBeside before, RegexBeside after)
    {
        // Entries of three: a step with slot -1, or a slot to put back with its old value.
        int depth = 0;
        Push(ref depth, first, -1, 0);
        while (depth > 0)
        {
            depth -= 3;
            (int place, int slot, int old) = (_stack[depth], _stack[depth + 1], _stack[depth + 2]);
            if (slot >= 0)
            {
                slots[slot] = old;
                continue;
            }

            if (!threads.TryAdd(place, slots))
            {
                continue;
            }

            RegexStep step = _program.Steps[place];
            switch (step.Op)
            {
                case RegexOp.Fork:
                    Push(ref depth, step.Y, -1, 0);
                    Push(ref depth, step.X, -1, 0);
                    break;
                case RegexOp.Save:
                    if (step.Y < _slots)
                    {
                        Push(ref depth, 0, step.Y, slots[step.Y]);
                        slots[step.Y] = at;
                    }

                    Push(ref depth, step.X, -1, 0);
                    break;
                case RegexOp.Assert when RegexSurroundings.Holds((RegexAssertion)step.Y, before, after):
                    Push(ref depth, step.X, -1, 0);
                    break;
            }
        }
    }

    private readonly void Push(ref int depth, int place, int slot, int old)
    {
        _stack[depth] = place;
        _stack[depth + 1] = slot;
        _stack[depth + 2] = old;
        depth += 3;
    }

    // A sparse set of steps that keeps the order of adding (Briggs and Torczon, 1993), and the slots of each; needs no clearing.
    private ref struct Threads(Span<int> memory, int steps, int slots)
    {
        private readonly Span<int> _sparse = memory[..steps];
        private readonly Span<int> _dense = memory[steps..(2 * steps)];
        private readonly Span<int> _slots = memory[(2 * steps)..];

        public int Count { get; set; }

        public readonly int StepAt(int index) => _dense[index];

        public readonly Span<int> SlotsAt(int index) => _slots.Slice(index * slots, slots);

        public bool TryAdd(int step, ReadOnlySpan<int> with)
        {
            int at = _sparse[step];
            if ((uint)at < (uint)Count && _dense[at] == step)
            {
                return false;
            }

            _sparse[step] = Count;
            _dense[Count] = step;
            with.CopyTo(SlotsAt(Count));
            Count++;
            return true;
        }
    }
}
