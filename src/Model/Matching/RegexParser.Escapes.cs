using System.Globalization;
using System.Text;

namespace Pleiad.Model;

// One character, plain or escaped.
internal ref partial struct RegexParser
{
    private int Escape()
    {
        int start = _at;
        _at++;
        if (AtEnd)
        {
            throw Error("trailing backslash at end of expression", string.Empty);
        }

        int rune = TakeRune();
        switch (rune)
        {
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x':
                return HexEscape(start);

            // A single digit but 0 would be a back-reference, which no linear-time engine has.
            case '0':
            case >= '1' and <= '7' when !AtEnd && Next is >= '0' and <= '7':
                int octal = rune - '0';
                for (int digits = 1; digits < 3 && !AtEnd && Next is >= '0' and <= '7'; digits++)
                {
                    octal = (octal * 8) + (Next - '0');
                    _at++;
                }

                return octal;
            case < 0x80 when !char.IsAsciiLetterOrDigit((char)rune):
                return rune;
            default:
                throw Error("invalid escape sequence", _pattern[start.._at]);
        }
    }

    // After "\x": two hexadecimal digits, or one to many in braces.
    private int HexEscape(int start)
    {
        int length = 2;
        bool braced = !AtEnd && Next == '{';
        if (braced)
        {
            _at++;
            length = _pattern.AsSpan(_at).IndexOf('}');
        }

        // Ten digits are enough for leading zeros and little enough not to overflow.
        if (length is < 1 or > 10
            || _at + length > _pattern.Length
            || !long.TryParse(_pattern.AsSpan(_at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long rune)
            || rune is < 0 or > RuneSet.RuneMax)
        {
            throw Error("invalid escape sequence", _pattern[start..Math.Min(_pattern.Length, _at + Math.Max(0, length))]);
        }

        _at += length + (braced ? 1 : 0);
        return (int)rune;
    }

    private int TakeRune()
    {
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
        {
            throw Error("invalid UTF-8", _pattern[_at..]);
        }

        _at += length;
        return rune.Value;
    }
}
