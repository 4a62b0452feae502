using System.Text;

namespace Pleiad.PromQL;

/// <summary>
/// Cuts the text of a query into tokens. What a character means depends on where it stands: inside braces words are names,
/// behind a bracket only durations and their arithmetic may follow.
/// </summary>
/// <remarks>The token rules and the texts of errors are those of Prometheus's lexer, so that a user sees what the documentation says.</remarks>
internal sealed class Lexer(string text)
{
    private int _at;
    private int _start;
    private int _parenDepth;
    private bool _inBraces;
    private bool _inBrackets;

    // Behind [ and until the first number: only the words of duration arithmetic.
    private bool _expectsDuration;
    private bool _gotDuration;
    private bool _gotColon;

    /// <summary>The whole text.</summary>
    public string Text { get; } = text;

    /// <summary>The next token; end of input for ever once the text is used up.</summary>
    /// <exception cref="QueryException">A character that fits nowhere.</exception>
    public Token Next()
    {
        SkipSpaceAndComments();
        _start = _at;
        return _inBraces ? InsideBraces() : Statement();
    }

    private Token Statement()
    {
        if (_at == Text.Length)
        {
            return AtEnd();
        }

        char c = Text[_at++];
        switch (c)
        {
            case ',': return Made(TokenKind.Comma);
            case '*': return Made(TokenKind.Multiply);
            case '/': return Made(TokenKind.Divide);
            case '%': return Made(TokenKind.Modulo);
            case '+': return Made(TokenKind.Add);
            case '-': return Made(TokenKind.Subtract);
            case '^': return Made(TokenKind.Power);
            case '(':
                _parenDepth++;
                return Made(TokenKind.LeftParen);
            case ')':
                return --_parenDepth < 0 ? throw Failure("unexpected right parenthesis ')'") : Made(TokenKind.RightParen);
            case ']':
                return LeaveBrackets();
            case ':' when _inBrackets:
                return Colon();
            case >= '0' and <= '9':
            case '.' when _at < Text.Length && char.IsAsciiDigit(Text[_at]):
                return NumberOrDuration();
        }

        if (_inBrackets && (_expectsDuration || IsLetter(c)))
        {
            return DurationWord(c);
        }

        switch (c)
        {
            case '=':
                return Comparison('=', TokenKind.Equal, TokenKind.Assign);
            case '!':
                return Accept('=') ? Made(TokenKind.NotEqual) : throw UnexpectedAfter("!", string.Empty);
            case '<':
                return Accept('/') ? Made(TokenKind.TrimUpper) : Made(Accept('=') ? TokenKind.LessOrEqual : TokenKind.Less);
            case '>':
                return Accept('/') ? Made(TokenKind.TrimLower) : Made(Accept('=') ? TokenKind.GreaterOrEqual : TokenKind.Greater);
            case '"' or '\'':
                return QuotedString(c);
            case '`':
                return RawString();
            case '{':
                _inBraces = true;
                return Made(TokenKind.LeftBrace);
            case '[':
                return EnterBrackets();
            case '@':
                return Made(TokenKind.At);
            case ':':
                return Word();
            default:
                return IsLetter(c) ? Word() : throw Failure($"unexpected character: {GoQuote.Character(RuneAt(_start))}");
        }
    }

    private Token AtEnd()
    {
        if (_inBrackets && _expectsDuration)
        {
            throw Failure("unexpected end of input in duration expression");
        }

        if (_parenDepth != 0)
        {
            throw Failure("unclosed left parenthesis");
        }

        return _inBrackets ? throw Failure("unclosed left bracket") : Made(TokenKind.EndOfInput);
    }

    private Token InsideBraces()
    {
        if (_at == Text.Length)
        {
            throw Failure("unexpected end of input inside braces");
        }

        char c = Text[_at++];
        switch (c)
        {
            case ',': return Made(TokenKind.Comma);
            case '"' or '\'': return QuotedString(c);
            case '`': return RawString();
            case '=': return Made(Accept('~') ? TokenKind.EqualRegex : TokenKind.Assign);
            case '!' when Accept('~'): return Made(TokenKind.NotEqualRegex);
            case '!' when Accept('='): return Made(TokenKind.NotEqual);
            case '!': throw UnexpectedAfter("!", " inside braces");
            case '{': throw Failure("unexpected left brace '{'");
            case '}':
                _inBraces = false;
                return Made(TokenKind.RightBrace);
        }

        if (!IsLetter(c))
        {
            throw Failure($"unexpected character inside braces: {GoQuote.Character(RuneAt(_start))}");
        }

        while (_at < Text.Length && IsLetterOrDigit(Text[_at]))
        {
            _at++;
        }

        return Made(TokenKind.Identifier);
    }

    private Token EnterBrackets()
    {
        if (_inBrackets)
        {
            throw Failure("unexpected left bracket '['");
        }

        _inBrackets = true;
        _expectsDuration = true;
        _gotColon = false;
        return Made(TokenKind.LeftBracket);
    }

    private Token LeaveBrackets()
    {
        if (!_inBrackets)
        {
            throw Failure("unexpected right bracket ']'");
        }

        _inBrackets = false;
        _expectsDuration = false;
        return Made(TokenKind.RightBracket);
    }

    private Token Colon()
    {
        if (_expectsDuration && !_gotDuration)
        {
            // Told of what stands behind the colon, as Prometheus does.
            _start = _at;
            throw Failure("unexpected colon before duration in duration expression");
        }

        if (_gotColon)
        {
            throw Failure("unexpected colon ':'");
        }

        _gotColon = true;
        return Made(TokenKind.Colon);
    }

    private Token DurationWord(char first)
    {
        if (IsLetter(first))
        {
            while (_at < Text.Length && IsLetter(Text[_at]))
            {
                _at++;
            }

            ReadOnlySpan<char> word = Text.AsSpan(_start, _at - _start);
            TokenKind kind = TokenKinds.OfWord(word);
            if (kind is TokenKind.Step or TokenKind.Range || DurationFunctions.Named(word) is not null)
            {
                _gotDuration = true;
                return Made(kind);
            }
        }

        string shown = GoQuote.Character(RuneAt(_start));
        throw Failure(_expectsDuration
            ? $"unexpected character in duration expression: {shown}"
            : $"unexpected character: {shown}, expected ':'");
    }

    private Token Word()
    {
        bool colon = Text[_start] == ':';
        while (_at < Text.Length && (IsLetterOrDigit(Text[_at]) || Text[_at] == ':'))
        {
            colon |= Text[_at++] == ':';
        }

        TokenKind kind = TokenKinds.OfWord(Text.AsSpan(_start, _at - _start));
        return kind switch
        {
            // As metric names these are older than the modifiers, so only a parenthesis makes them keywords.
            TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight when !ParenthesisFollows() => Made(TokenKind.Identifier),
            TokenKind.Identifier when colon => Made(TokenKind.MetricIdentifier),
            _ => Made(kind),
        };
    }

    private bool ParenthesisFollows()
    {
        int at = _at;
        while (at < Text.Length && IsSpace(Text[at]))
        {
            at++;
        }

        return at < Text.Length && Text[at] == '(';
    }

    private Token NumberOrDuration()
    {
        _at = _start;
        _gotDuration |= _expectsDuration;
        _expectsDuration = false;
        var scan = new NumberScan(Text, _at);
        bool number = scan.Number();
        bool duration = !number && scan.RestOfDuration();
        _at = scan.At;
        if (number || duration)
        {
            return Made(number ? TokenKind.Number : TokenKind.Duration);
        }

        throw Failure($"bad number or duration syntax: {GoQuote.Text(Text[_start.._at])}");
    }

    private Token QuotedString(char quote)
    {
        while (_at < Text.Length && Text[_at] != '\n')
        {
            char c = Text[_at++];
            if (c == quote)
            {
                return Made(TokenKind.String);
            }

            if (c == '\\')
            {
                Escape(quote);
            }
            else
            {
                RefuseLoneSurrogate();
            }
        }

        throw Failure("unterminated quoted string");
    }

    private Token RawString()
    {
        while (_at < Text.Length)
        {
            if (Text[_at++] == '`')
            {
                return Made(TokenKind.String);
            }

            RefuseLoneSurrogate();
        }

        throw Failure("unterminated raw string");
    }

    private void Escape(char quote)
    {
        if (_at == Text.Length)
        {
            throw Failure("escape sequence not terminated");
        }

        char c = Text[_at];
        if (c == quote || "abfnrtv\\".Contains(c, StringComparison.Ordinal))
        {
            _at++;
            return;
        }

        (int digits, int radix, int prefix) = c switch
        {
            >= '0' and <= '7' => (3, 8, 0),
            'x' => (2, 16, 1),
            'u' => (4, 16, 1),
            'U' => (8, 16, 1),
            _ => throw Failure($"unknown escape sequence {GoQuote.CodePoint(RuneAt(_at) ?? Rune.ReplacementChar)}"),
        };
        _at += prefix;
        long value = 0;
        for (int i = 0; i < digits; i++, _at++)
        {
            if (_at == Text.Length)
            {
                throw Failure("escape sequence not terminated");
            }

            int digit = char.IsAsciiHexDigit(Text[_at]) ? Convert.ToInt32(Text[_at].ToString(), 16) : radix;
            if (digit >= radix)
            {
                throw Failure($"illegal character {GoQuote.CodePoint(RuneAt(_at) ?? Rune.ReplacementChar)} in escape sequence");
            }

            value = (value * radix) + digit;
        }

        bool isByte = digits < 4;
        if (isByte ? value > byte.MaxValue : value > 0x10FFFF || value is >= 0xD800 and < 0xE000)
        {
            throw Failure("escape sequence is an invalid Unicode code point");
        }
    }

    private void RefuseLoneSurrogate()
    {
        if (!char.IsSurrogate(Text[_at - 1]))
        {
            return;
        }

        if (RuneAt(_at - 1) is null)
        {
            throw Failure("invalid UTF-8 rune");
        }

        _at++;
    }

    private void SkipSpaceAndComments()
    {
        while (_at < Text.Length)
        {
            if (IsSpace(Text[_at]))
            {
                _at++;
            }
            else if (Text[_at] == '#' && !(_inBrackets && _expectsDuration))
            {
                int length = Text.AsSpan(_at).IndexOfAny('\n', '\r');
                _at = length < 0 ? Text.Length : _at + length;
            }
            else
            {
                return;
            }
        }
    }

    private Token Comparison(char second, TokenKind both, TokenKind alone)
    {
        if (_at < Text.Length && Text[_at] == '~')
        {
            throw Failure("unexpected character after '=': '~'");
        }

        return Made(Accept(second) ? both : alone);
    }

    private bool Accept(char c)
    {
        if (_at < Text.Length && Text[_at] == c)
        {
            _at++;
            return true;
        }

        return false;
    }

    private Rune? RuneAt(int at) => at < Text.Length && Rune.TryGetRuneAt(Text, at, out Rune rune) ? rune : null;

    private Token Made(TokenKind kind) => new(kind, new SourceSpan(_start, _at));

    private QueryException UnexpectedAfter(string what, string where) =>
        Failure($"unexpected character after '{what}'{where}: {GoQuote.Character(RuneAt(_at))}");

    private QueryException Failure(string reason) => ParseFailure.At(Text, new SourceSpan(_start, _at), reason);

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r';

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsLetterOrDigit(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
