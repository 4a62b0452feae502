using System.Globalization;
using System.Text;

namespace Pleiad.Node;

/// <summary>Cuts HOCON text into tokens. Comments are dropped, spaces are kept: between values they are part of a string.</summary>
/// <remarks>HOCON specification (github.com/lightbend/config/blob/main/HOCON.md).</remarks>
internal sealed class HoconLexer
{
    private const string NotInText = "$\"{}[]:=,+#`^?!@*&\\";
    private const string NumberChars = "0123456789eE+-.";
    private const string TripleQuote = "\"\"\"";

    private readonly string _text;
    private readonly string _file;
    private int _at;
    private int _line = 1;

    private HoconLexer(string text, string file)
    {
        _text = text;
        _file = file;
    }

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>All tokens, an end token last.</summary>
    /// <exception cref="HoconException">No token begins here, or a string is not closed.</exception>
    public static List<HoconToken> Read(string text, string file)
    {
        if (text.Length > HoconLimits.CharsMax)
        {
            throw new HoconException(new HoconOrigin(file, 1), $"the file is longer than {HoconLimits.CharsMax} characters");
        }

        var lexer = new HoconLexer(text, file);
        var tokens = new List<HoconToken>();
        while (lexer._at < text.Length)
        {
            if (lexer.Token(inSubstitution: false) is { } token)
            {
                tokens.Add(token);
            }
        }

        tokens.Add(new HoconToken(HoconTokenKind.End, lexer._line));
        return tokens;
    }

    /// <summary>Whether a character is white space in HOCON; a newline is not, it separates.</summary>
    public static bool IsSpace(char c) =>
        c is '\t' or '\v' or '\f' or '\r' or '\ufeff' or (>= '\x1c' and <= '\x1f')
        || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Null for a comment.
    private HoconToken? Token(bool inSubstitution)
    {
        char c = Next;
        int line = _line;
        if (c == '\n')
        {
            _at++;
            _line++;
            return new HoconToken(HoconTokenKind.Newline, line);
        }

        if (IsSpace(c))
        {
            int start = _at;
            while (_at < _text.Length && IsSpace(Next))
            {
                _at++;
            }

            return new HoconToken(HoconTokenKind.Space, line, _text[start.._at]);
        }

        if (!inSubstitution && (c == '#' || At("//")))
        {
            while (_at < _text.Length && Next != '\n')
            {
                _at++;
            }

            return null;
        }

        if (SignOf(c) is { } sign)
        {
            _at++;
            return new HoconToken(sign, line);
        }

        switch (c)
        {
            case '+' when At("+="):
                _at += 2;
                return new HoconToken(HoconTokenKind.Append, line);
            case '"':
                return new HoconToken(HoconTokenKind.Quoted, line, At(TripleQuote) ? Raw() : Quoted());
            case '$' when At("${") && !inSubstitution:
                return Substitution();
            case '-' or (>= '0' and <= '9'):
                return Number();
            default:
                return new HoconToken(HoconTokenKind.Text, line, Text());
        }
    }

    private static HoconTokenKind? SignOf(char c) => c switch
    {
        '{' => HoconTokenKind.BraceOpen,
        '}' => HoconTokenKind.BraceClose,
        '[' => HoconTokenKind.BracketOpen,
        ']' => HoconTokenKind.BracketClose,
        ',' => HoconTokenKind.Comma,
        ':' or '=' => HoconTokenKind.Assign,
        _ => null,
    };

    private HoconToken Number()
    {
        int start = _at;
        while (_at < _text.Length && NumberChars.Contains(Next, StringComparison.Ordinal))
        {
            _at++;
        }

        string text = _text[start.._at];
        if (IsNumber(text))
        {
            return new HoconToken(HoconTokenKind.Number, _line, text);
        }

        // 1.0.0 is a string; a plus sign is in no string without quotes.
        return text.Contains('+', StringComparison.Ordinal)
            ? throw Error($"\"{text}\" is no number, and '+' is not allowed outside quotes")
            : new HoconToken(HoconTokenKind.Text, _line, text);
    }

    // As JSON has it, but that leading zeros do no harm.
    private static bool IsNumber(string text) =>
        char.IsAsciiDigit(text[^1])
        && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);

    private string Text()
    {
        int start = _at;
        while (_at < _text.Length && Next != '\n' && !IsSpace(Next) && !NotInText.Contains(Next, StringComparison.Ordinal) && !At("//"))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Error($"'{Next}' is not allowed outside quotes");
    }

    private string Raw()
    {
        int line = _line;
        int start = _at + TripleQuote.Length;
        int end = _text.IndexOf(TripleQuote, start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new HoconException(new HoconOrigin(_file, line), "a \"\"\" string is not closed");
        }

        // Quotes beyond three belong to the string.
        while (end + TripleQuote.Length < _text.Length && _text[end + TripleQuote.Length] == '"')
        {
            end++;
        }

        _at = end + TripleQuote.Length;
        _line += _text.AsSpan(start, end - start).Count('\n');
        return _text[start..end];
    }

    private string Quoted()
    {
        var value = new StringBuilder();
        _at++;
        while (true)
        {
            if (_at == _text.Length || Next == '\n')
            {
                throw Error("a string is not closed at the end of its line");
            }

            char c = _text[_at++];
            if (c == '"')
            {
                return value.ToString();
            }

            value.Append(c == '\\' ? Escape() : c);
        }
    }

    private char Escape()
    {
        char c = Next;
        _at++;
        switch (c)
        {
            case '"' or '\\' or '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _at + 4 <= _text.Length && ushort.TryParse(_text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit):
                _at += 4;
                return (char)unit;
            default:
                throw Error($"\\{c} is no escape sequence");
        }
    }

    private HoconToken Substitution()
    {
        int line = _line;
        _at += 2;
        bool optional = Next == '?';
        if (optional)
        {
            _at++;
        }

        var inside = new List<HoconToken>();
        while (Next != '}')
        {
            if (_at == _text.Length || Token(inSubstitution: true) is not { Kind: HoconTokenKind.Space or HoconTokenKind.Text or HoconTokenKind.Number or HoconTokenKind.Quoted } part)
            {
                throw new HoconException(new HoconOrigin(_file, line), "a substitution is ${path} or ${?path}, on one line");
            }

            inside.Add(part);
        }

        _at++;
        return new HoconToken(HoconTokenKind.Substitution, line, string.Empty, HoconPath.Of(inside, new HoconOrigin(_file, line)), optional);
    }

    private bool At(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    private HoconException Error(string reason) => new(new HoconOrigin(_file, _line), reason);
}
