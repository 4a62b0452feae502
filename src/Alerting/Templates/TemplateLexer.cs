using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>Takes a template apart into tokens; an error is the last of them.</summary>
/// <remarks>The syntax is that of Go's <c>text/template</c>, as its documentation describes it.</remarks>
internal sealed class TemplateLexer
{
    private const string Left = "{{";
    private const string Right = "}}";
    private const string CommentStart = "/*";
    private const string CommentEnd = "*/";
    private const string Spaces = " \t\r\n";

    private static readonly HashSet<string> Keywords =
        new(StringComparer.Ordinal) { "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with" };

    private readonly string _text;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _parens;

    private TemplateLexer(string text) => _text = text;

    private char Peek => _at < _text.Length ? _text[_at] : '\0';

    private ReadOnlySpan<char> Rest => _text.AsSpan(_at);

    /// <summary>The tokens; the last one is the end of input or an error.</summary>
    public static IReadOnlyList<TemplateToken> Read(string text)
    {
        var lexer = new TemplateLexer(text);
        while (lexer.Outside() && lexer.Inside())
        {
        }

        return lexer._tokens;
    }

    // Text up to an action; false at the end or after an error.
    private bool Outside()
    {
        while (true)
        {
            int open = _text.IndexOf(Left, _at, StringComparison.Ordinal);
            if (open < 0)
            {
                EmitText(_text.Length);
                Emit(TemplateTokenKind.EndOfInput, _text.Length);
                return false;
            }

            bool trim = HasLeftTrimMarker(open + Left.Length);
            int end = trim ? _at + _text.AsSpan(_at, open - _at).TrimEnd(Spaces).Length : open;
            EmitText(end);
            Skip(open);
            int inner = open + Left.Length + (trim ? 2 : 0);
            if (!_text.AsSpan(inner).StartsWith(CommentStart))
            {
                Emit(TemplateTokenKind.LeftDelimiter, open + Left.Length);
                Skip(inner);
                _parens = 0;
                return true;
            }

            if (!Comment(inner))
            {
                return false;
            }
        }
    }

    private bool Comment(int start)
    {
        int close = _text.IndexOf(CommentEnd, start, StringComparison.Ordinal);
        if (close < 0)
        {
            return Fail("unclosed comment");
        }

        Skip(close + CommentEnd.Length);
        if (!AtRight(out bool trim))
        {
            return Fail("comment ends before closing delimiter");
        }

        CloseDelimiter(trim, emit: false);
        return true;
    }

    // The inside of an action; true behind its end.
    private bool Inside()
    {
        while (true)
        {
            if (AtRight(out bool trim))
            {
                if (_parens > 0)
                {
                    return Fail("unclosed left paren");
                }

                CloseDelimiter(trim, emit: true);
                return true;
            }

            if (_at == _text.Length)
            {
                return Fail("unclosed action");
            }

            if (!Token())
            {
                return false;
            }
        }
    }

    private bool Token()
    {
        char c = Peek;
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n':
                return Space();
            case '=':
                return Emit(TemplateTokenKind.Assign, _at + 1);
            case ':':
                return Rest.StartsWith(":=") ? Emit(TemplateTokenKind.Declare, _at + 2) : Fail("expected :=");
            case '|':
                return Emit(TemplateTokenKind.Pipe, _at + 1);
            case ',':
                return Emit(TemplateTokenKind.Comma, _at + 1);
            case '(':
                _parens++;
                return Emit(TemplateTokenKind.LeftParen, _at + 1);
            case ')':
                return --_parens < 0 ? Fail("unexpected right paren") : Emit(TemplateTokenKind.RightParen, _at + 1);
            case '"' or '\'':
                return Quoted(c);
            case '`':
                int close = _text.IndexOf('`', _at + 1);
                return close < 0 ? Fail("unterminated raw quoted string") : Emit(TemplateTokenKind.RawString, close + 1);
            case '$':
                return Word(TemplateTokenKind.Variable, _at + 1);
            case '.' when _at + 1 == _text.Length || !char.IsAsciiDigit(_text[_at + 1]):
                return Word(TemplateTokenKind.Field, _at + 1);
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return Number();
        }

        if (IsWord(c))
        {
            return Word(TemplateTokenKind.Identifier, _at);
        }

        return c is > ' ' and < '\x7f'
            ? Emit(TemplateTokenKind.Other, _at + 1)
            : Fail("unrecognized character in action: " + CodePoint(_at));
    }

    private bool Space()
    {
        int end = _at;
        while (end < _text.Length && Spaces.Contains(_text[end], StringComparison.Ordinal))
        {
            end++;
        }

        // The last space may belong to " -}}".
        if (_text.AsSpan(end).StartsWith("-" + Right))
        {
            end--;
        }

        return end == _at || Emit(TemplateTokenKind.Space, end);
    }

    private bool Quoted(char quote)
    {
        for (int i = _at + 1; i < _text.Length && _text[i] != '\n'; i++)
        {
            if (_text[i] == '\\')
            {
                i++;
            }
            else if (_text[i] == quote)
            {
                return Emit(quote == '"' ? TemplateTokenKind.String : TemplateTokenKind.Character, i + 1);
            }
        }

        return Fail(quote == '"' ? "unterminated quoted string" : "unterminated character constant");
    }

    private bool Word(TemplateTokenKind kind, int from)
    {
        int end = from;
        while (end < _text.Length && IsWord(_text[end]))
        {
            end++;
        }

        if (!IsTerminator(end))
        {
            return Fail("bad character " + CodePoint(end));
        }

        string word = _text[_at..end];
        return Emit(
            kind switch
            {
                TemplateTokenKind.Field when word == "." => TemplateTokenKind.Dot,
                TemplateTokenKind.Identifier when word is "true" or "false" => TemplateTokenKind.Bool,
                TemplateTokenKind.Identifier when word == "nil" => TemplateTokenKind.Nil,
                TemplateTokenKind.Identifier when Keywords.Contains(word) => TemplateTokenKind.Keyword,
                _ => kind,
            },
            end);
    }

    private bool Number()
    {
        int end = _at;
        if (_text[end] is '+' or '-')
        {
            end++;
        }

        bool hexadecimal = _text.AsSpan(end).StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        while (end < _text.Length && (IsWord(_text[end]) || _text[end] == '.' || IsExponentSign(end, hexadecimal)))
        {
            end++;
        }

        string number = _text[_at..end];
        return TemplateNumber.IsNumber(number) ? Emit(TemplateTokenKind.Number, end) : Fail($"bad number syntax: {QuotedText.Of(number)}");
    }

    private bool IsExponentSign(int at, bool hexadecimal) =>
        _text[at] is '+' or '-' && at > _at + 1 && (hexadecimal ? _text[at - 1] is 'p' or 'P' : _text[at - 1] is 'e' or 'E');

    private static bool IsWord(char c) => c == '_' || char.IsLetterOrDigit(c);

    private bool IsTerminator(int at) =>
        at == _text.Length || " \t\r\n.,|:)(".Contains(_text[at], StringComparison.Ordinal) || _text.AsSpan(at).StartsWith(Right);

    private bool HasLeftTrimMarker(int at) =>
        at + 1 < _text.Length && _text[at] == '-' && Spaces.Contains(_text[at + 1], StringComparison.Ordinal);

    private bool AtRight(out bool trim)
    {
        trim = _at < _text.Length && Spaces.Contains(_text[_at], StringComparison.Ordinal) && _text.AsSpan(_at + 1).StartsWith("-" + Right);
        return trim || Rest.StartsWith(Right);
    }

    private void CloseDelimiter(bool trim, bool emit)
    {
        Skip(_at + (trim ? 2 : 0));
        if (emit)
        {
            Emit(TemplateTokenKind.RightDelimiter, _at + Right.Length);
        }
        else
        {
            Skip(_at + Right.Length);
        }

        if (trim)
        {
            Skip(_text.Length - Rest.TrimStart(Spaces).Length);
        }
    }

    private void EmitText(int end)
    {
        if (end > _at)
        {
            Emit(TemplateTokenKind.Text, end);
        }
    }

    private bool Emit(TemplateTokenKind kind, int end)
    {
        _tokens.Add(new TemplateToken(kind, _at, _text[_at..end], _line));
        Skip(end);
        return true;
    }

    private bool Fail(string message)
    {
        _tokens.Add(new TemplateToken(TemplateTokenKind.Error, _at, message, _line));
        return false;
    }

    private void Skip(int end)
    {
        _line += _text.AsSpan(_at, end - _at).Count('\n');
        _at = end;
    }

    // U+0040 '@', as Go's %#U writes it.
    private string CodePoint(int at)
    {
        Rune.DecodeFromUtf16(_text.AsSpan(at), out Rune rune, out _);
        string shown = Rune.IsControl(rune) ? string.Empty : $" '{rune}'";
        return string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}{shown}");
    }
}
