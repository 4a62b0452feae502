namespace Pleiad.PromQL;

/// <summary>Finds the end of a number or a duration. Whether it has a value is for <see cref="NumberText"/> to say.</summary>
internal ref struct NumberScan(ReadOnlySpan<char> text, int at)
{
    private readonly ReadOnlySpan<char> _text = text;

    /// <summary>Where the scan stands: behind what was accepted, or behind the character that spoilt it.</summary>
    public int At { get; private set; } = at;

    /// <summary>Scans <c>12</c>, <c>.5e-3</c>, <c>0x1F</c>, <c>1_000</c>; false where another character follows or the syntax is wrong.</summary>
    public bool Number()
    {
        int start = At;
        bool hex = Accept("0") && Accept("xX");
        if (hex)
        {
            Accept("_");
        }

        bool dot = false;
        bool exponent = false;
        while (At < _text.Length)
        {
            char c = _text[At];
            if (IsDigit(c, hex))
            {
                At++;
            }
            else if (c == '.')
            {
                At++;
                if (dot || exponent || hex || Accept("_."))
                {
                    return false;
                }

                dot = true;
            }
            else if (c is 'e' or 'E')
            {
                At++;
                if (exponent)
                {
                    return false;
                }

                exponent = true;
                Accept("+-");
                if (At == _text.Length || Accept("._eE"))
                {
                    return false;
                }
            }
            else if (c == '_')
            {
                At++;
                if (At == _text.Length || Accept("._eE"))
                {
                    return false;
                }
            }
            else
            {
                break;
            }
        }

        return At > start && !LetterOrDigitFollows();
    }

    /// <summary>Scans on behind digits: <c>5</c> was read, <c>m30s</c> follows.</summary>
    public bool RestOfDuration()
    {
        if (!Accept("smhdwy"))
        {
            return false;
        }

        Accept("s");
        while (Accept("0123456789"))
        {
            while (Accept("0123456789"))
            {
            }

            if (!Accept("smhdw"))
            {
                return false;
            }

            Accept("s");
        }

        if (LetterOrDigitFollows())
        {
            At++;
            return false;
        }

        return true;
    }

    private static bool IsDigit(char c, bool hex) => hex ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);

    private readonly bool LetterOrDigitFollows() => At < _text.Length && (char.IsAsciiLetterOrDigit(_text[At]) || _text[At] == '_');

    private bool Accept(ReadOnlySpan<char> any)
    {
        if (At < _text.Length && any.Contains(_text[At]))
        {
            At++;
            return true;
        }

        return false;
    }
}
