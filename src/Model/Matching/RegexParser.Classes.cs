using System.Text;

namespace Pleiad.Model;

// Classes of characters: by name, by Unicode property, in brackets.
internal ref partial struct RegexParser
{
    // \d \D \s \S \w \W \pL \p{Greek} \P{^Greek}, inside and outside brackets; null where the backslash begins something else.
    private RuneSet? NamedClass()
    {
        if (_at + 1 >= _pattern.Length)
        {
            return null;
        }

        char letter = _pattern[_at + 1];
        if (RuneClasses.Perl(char.ToLowerInvariant(letter)) is { } perl)
        {
            _at += 2;
            return Signed(perl, char.IsAsciiLetterUpper(letter));
        }

        return letter is 'p' or 'P' ? UnicodeClass(letter == 'P') : null;
    }

    private RuneSet UnicodeClass(bool negated)
    {
        int start = _at;
        _at += 2;
        if (AtEnd)
        {
            throw Error("invalid character class range", _pattern[start..]);
        }

        string name;
        if (Next == '{')
        {
            int end = _pattern.IndexOf('}', _at);
            if (end < 0)
            {
                throw Error("invalid character class range", _pattern[start..]);
            }

            name = _pattern[(_at + 1)..end];
            _at = end + 1;
        }
        else
        {
            name = new Rune(TakeRune()).ToString();
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        return Signed(RuneClasses.Unicode(name) ?? throw Error("invalid character class range", _pattern[start.._at]), negated);
    }

    private RuneSet BracketClass()
    {
        int start = _at;
        _at++;
        var set = new RuneSetBuilder();
        bool negated = !AtEnd && Next == '^';
        if (negated)
        {
            _at++;
        }

        // A closing bracket that comes first is a literal.
        for (bool first = true; AtEnd || Next != ']' || first; first = false)
        {
            if (TryPosixClass(set))
            {
                continue;
            }

            if (!AtEnd && Next == '\\' && NamedClass() is { } named)
            {
                set.Add(named);
                continue;
            }

            int from = _at;
            int low = ClassRune(start);
            int high = low;
            if (_at + 1 < _pattern.Length && Next == '-' && _pattern[_at + 1] != ']')
            {
                _at++;
                high = ClassRune(start);
                if (high < low)
                {
                    throw Error("invalid character class range", _pattern[from.._at]);
                }
            }

            set.Add(Folded(new RuneSet([low, high])));
        }

        _at++;
        return negated ? new RuneSetBuilder().AddComplement(set.ToSet()).ToSet() : set.ToSet();
    }

    private bool TryPosixClass(RuneSetBuilder set)
    {
        ReadOnlySpan<char> rest = _pattern.AsSpan(_at);
        int end = rest.StartsWith("[:") ? rest[2..].IndexOf(":]") : -1;
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<char> name = rest.Slice(2, end);
        bool negated = name.StartsWith("^");
        RuneSet posix = RuneClasses.Posix(name[(negated ? 1 : 0)..].ToString())
            ?? throw Error("invalid character class range", rest[..(end + 4)].ToString());
        set.Add(Signed(posix, negated));
        _at += end + 4;
        return true;
    }

    private int ClassRune(int classStart)
    {
        if (AtEnd)
        {
            throw Error("missing closing ]", _pattern[classStart..]);
        }

        return Next == '\\' ? Escape() : TakeRune();
    }

    private readonly RuneSet Signed(RuneSet set, bool negated)
    {
        RuneSet folded = Folded(set);
        return negated ? new RuneSetBuilder().AddComplement(folded).ToSet() : folded;
    }
}
