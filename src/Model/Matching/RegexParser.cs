namespace Pleiad.Model;

/// <summary>Reads RE2 syntax: text to tree.</summary>
/// <remarks>
/// github.com/google/re2/wiki/Syntax as Go's regexp/syntax reads it with the flags Perl and DotNL, which is what Prometheus uses;
/// error texts are Go's, since people search for them.
/// </remarks>
internal ref partial struct RegexParser
{
    /// <summary>Groups that may be open at once.</summary>
    public const int DepthMax = 250;

    /// <summary>The largest count of <c>{n,m}</c>, also of such counts multiplied where they are nested.</summary>
    public const int RepeatMax = 1000;

    private readonly string _pattern;
    private readonly List<string> _groupNames;
    private int _at;
    private int _depth;
    private Flags _flags;

    private RegexParser(string pattern)
    {
        _pattern = pattern;
        _groupNames = [string.Empty];
        _flags = Flags.DotNewline;
    }

    [Flags]
    private enum Flags
    {
        None = 0,
        FoldCase = 1,
        MultiLine = 2,
        DotNewline = 4,
        Lazy = 8,
    }

    private readonly bool AtEnd => _at == _pattern.Length;

    private readonly char Next => _pattern[_at];

    /// <summary>Reads a whole pattern.</summary>
    /// <param name="groupNames">Name of each group by index, empty where it has none; index 0 is the whole match.</param>
    /// <exception cref="RegexSyntaxException">RE2 would refuse it, or groups nest deeper than <see cref="DepthMax"/>.</exception>
    public static RegexNode Parse(string pattern, out IReadOnlyList<string> groupNames)
    {
        var parser = new RegexParser(pattern);
        RegexNode node = parser.Choice();
        if (!parser.AtEnd)
        {
            throw parser.Error("unexpected )", pattern);
        }

        groupNames = parser._groupNames;
        return node;
    }

    private RegexNode Choice()
    {
        var branches = new List<RegexNode> { Sequence() };
        while (!AtEnd && Next == '|')
        {
            _at++;
            branches.Add(Sequence());
        }

        return branches.Count == 1 ? branches[0] : new RegexNode.Choice(branches);
    }

    private RegexNode Sequence()
    {
        var parts = new List<RegexNode>();
        int operatorStart = -1;
        while (!AtEnd && Next is not ('|' or ')'))
        {
            int start = _at;
            if (TryRepeat(out int min, out int max))
            {
                string text = _pattern[start.._at];
                bool lazy = (_flags & Flags.Lazy) != 0;
                if (!AtEnd && Next == '?')
                {
                    _at++;
                    lazy = !lazy;
                }

                if (operatorStart >= 0)
                {
                    throw Error("invalid nested repetition operator", _pattern[operatorStart.._at]);
                }

                if (parts.Count == 0)
                {
                    throw Error("missing argument to repetition operator", text);
                }

                var repeat = new RegexNode.Repeat(parts[^1], min, max, !lazy);
                if (!CountsFit(repeat, RepeatMax))
                {
                    throw Error("invalid repeat count", text);
                }

                parts[^1] = repeat;
                operatorStart = start;
                continue;
            }

            operatorStart = -1;
            Atom(parts);
        }

        return parts.Count == 1 ? parts[0] : new RegexNode.Sequence(parts);
    }

    // (a{500}){500} is refused as RE2 refuses it: by the product of the counts on any path down the tree.
    private static bool CountsFit(RegexNode node, int left)
    {
        switch (node)
        {
            case RegexNode.Repeat repeat:
                int count = Math.Max(repeat.Min, repeat.Max);
                if (count > left)
                {
                    return false;
                }

                // Stars and pluses count once; a count of zero leaves no copies to multiply.
                bool counted = repeat is not { Min: 0 or 1, Max: -1 } and not { Min: 0, Max: 1 };
                return CountsFit(repeat.Body, counted && count > 0 ? left / count : left);
            case RegexNode.Capture capture:
                return CountsFit(capture.Body, left);
            case RegexNode.Sequence sequence:
                foreach (RegexNode part in sequence.Parts)
                {
                    if (!CountsFit(part, left))
                    {
                        return false;
                    }
                }

                return true;
            case RegexNode.Choice choice:
                foreach (RegexNode branch in choice.Branches)
                {
                    if (!CountsFit(branch, left))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return true;
        }
    }

    private bool TryRepeat(out int min, out int max)
    {
        (min, max) = (0, -1);
        switch (Next)
        {
            case '*':
                break;
            case '+':
                min = 1;
                break;
            case '?':
                max = 1;
                break;
            case '{':
                return TryCounts(out min, out max);
            default:
                return false;
        }

        _at++;
        return true;
    }

    // {n}, {n,} or {n,m}; anything else is a literal brace.
    private bool TryCounts(out int min, out int max)
    {
        (min, max) = (0, 0);
        int start = _at;
        _at++;
        if (!TryCount(out min))
        {
            _at = start;
            return false;
        }

        max = min;
        if (!AtEnd && Next == ',')
        {
            _at++;
            if (!AtEnd && Next == '}')
            {
                max = -1;
            }
            else if (!TryCount(out max))
            {
                _at = start;
                return false;
            }
        }

        if (AtEnd || Next != '}')
        {
            _at = start;
            return false;
        }

        _at++;
        if (min > RepeatMax || max > RepeatMax || (max >= 0 && min > max))
        {
            throw Error("invalid repeat count", _pattern[start.._at]);
        }

        return true;
    }

    private bool TryCount(out int count)
    {
        count = 0;
        int start = _at;
        while (!AtEnd && char.IsAsciiDigit(Next))
        {
            // Larger ones are refused later; here they only must not overflow.
            count = Math.Min((count * 10) + (Next - '0'), RepeatMax + 1);
            _at++;
        }

        // No leading zeros, as in Go.
        return _at > start && !(_pattern[start] == '0' && _at > start + 1);
    }

    private void Atom(List<RegexNode> parts)
    {
        switch (Next)
        {
            case '(':
                Group(parts);
                break;
            case '[':
                parts.Add(new RegexNode.Rune(BracketClass()));
                break;
            case '.':
                _at++;
                parts.Add(new RegexNode.Rune((_flags & Flags.DotNewline) != 0 ? RuneSet.All : RuneSet.AllButNewline));
                break;
            case '^':
                _at++;
                parts.Add(new RegexNode.Assert((_flags & Flags.MultiLine) != 0 ? RegexAssertion.LineStart : RegexAssertion.TextStart));
                break;
            case '$':
                _at++;
                parts.Add(new RegexNode.Assert((_flags & Flags.MultiLine) != 0 ? RegexAssertion.LineEnd : RegexAssertion.TextEnd));
                break;
            case '\\':
                Backslash(parts);
                break;
            default:
                parts.Add(Literal(TakeRune()));
                break;
        }
    }

    private void Group(List<RegexNode> parts)
    {
        int start = _at;
        _at++;
        Flags outside = _flags;
        int index = 0;
        if (!AtEnd && Next == '?')
        {
            _at++;
            if (TryName(start, out string name))
            {
                index = _groupNames.Count;
                _groupNames.Add(name);
            }
            else if (!FlagsThenColon(start))
            {
                // (?i) changes what follows in this group.
                return;
            }
        }
        else
        {
            index = _groupNames.Count;
            _groupNames.Add(string.Empty);
        }

        if (++_depth > DepthMax)
        {
            throw Error("expression nests too deeply", _pattern);
        }

        RegexNode body = Choice();
        if (AtEnd)
        {
            throw Error("missing closing )", _pattern);
        }

        _depth--;
        _at++;
        _flags = outside;
        parts.Add(index > 0 ? new RegexNode.Capture(body, index) : body);
    }

    private bool TryName(int start, out string name)
    {
        name = string.Empty;
        ReadOnlySpan<char> rest = _pattern.AsSpan(_at);
        int opening = rest.StartsWith("P<") ? 2 : rest.StartsWith("<") ? 1 : 0;
        if (opening == 0)
        {
            return false;
        }

        if (opening == 1 && rest.Length > 1 && rest[1] is '=' or '!')
        {
            throw Error("invalid or unsupported Perl syntax", "(?<");
        }

        int end = rest.IndexOf('>');
        if (end < 0)
        {
            throw Error("invalid named capture", _pattern[start..]);
        }

        name = rest[opening..end].ToString();
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw Error("invalid named capture", _pattern[start..(_at + end + 1)]);
        }

        if (_groupNames.Contains(name))
        {
            throw Error("invalid named capture", name);
        }

        _at += end + 1;
        return true;
    }

    // True after "(?flags:", false after "(?flags)".
    private bool FlagsThenColon(int start)
    {
        Flags flags = _flags;
        bool clears = false;
        bool any = false;
        while (!AtEnd)
        {
            int rune = TakeRune();
            Flags flag = rune switch
            {
                'i' => Flags.FoldCase,
                'm' => Flags.MultiLine,
                's' => Flags.DotNewline,
                'U' => Flags.Lazy,
                _ => Flags.None,
            };
            if (flag != Flags.None)
            {
                flags = clears ? flags & ~flag : flags | flag;
                any = true;
            }
            else if (rune == '-' && !clears)
            {
                clears = true;
                any = false;
            }
            else if (rune is ':' or ')' && (any || !clears))
            {
                _flags = flags;
                return rune == ':';
            }
            else
            {
                break;
            }
        }

        throw Error("invalid or unsupported Perl syntax", _pattern[start.._at]);
    }

    private void Backslash(List<RegexNode> parts)
    {
        if (_at + 1 == _pattern.Length)
        {
            throw Error("trailing backslash at end of expression", string.Empty);
        }

        RegexAssertion? assertion = _pattern[_at + 1] switch
        {
            'A' => RegexAssertion.TextStart,
            'z' => RegexAssertion.TextEnd,
            'b' => RegexAssertion.WordEdge,
            'B' => RegexAssertion.NoWordEdge,
            _ => null,
        };
        if (assertion is { } kind)
        {
            _at += 2;
            parts.Add(new RegexNode.Assert(kind));
        }
        else if (_pattern[_at + 1] == 'Q')
        {
            _at += 2;
            int end = _pattern.IndexOf("\\E", _at, StringComparison.Ordinal);
            int stop = end < 0 ? _pattern.Length : end;
            while (_at < stop)
            {
                parts.Add(Literal(TakeRune()));
            }

            _at = end < 0 ? stop : end + 2;
        }
        else if (NamedClass() is { } set)
        {
            parts.Add(new RegexNode.Rune(set));
        }
        else
        {
            parts.Add(Literal(Escape()));
        }
    }

    private readonly RegexNode.Rune Literal(int rune) => new(Folded(RuneSet.Of(rune)));

    private readonly RuneSet Folded(RuneSet set) => (_flags & Flags.FoldCase) != 0 ? RuneFolding.Close(set) : set;

    private readonly RegexSyntaxException Error(string what, string where) => new(_pattern, $"{what}: `{where}`");
}
