using System.Diagnostics.CodeAnalysis;

namespace Pleiad.PromQL;

/// <summary>The tokens of a text with one token of lookahead, the limits on a syntax tree, and the errors of the grammar.</summary>
internal sealed class TokenReader
{
    private readonly Lexer _lexer;
    private readonly EngineSettings _settings;
    private int _depth;
    private int _nodes;

    public TokenReader(string text, EngineSettings settings)
    {
        _settings = settings;
        Text = text;
        if (text.Length > settings.TextCharsMax)
        {
            throw ParseFailure.OverLimit(text, default, $"query is longer than {settings.TextCharsMax} characters", "size");
        }

        _lexer = new Lexer(text);
        Current = _lexer.Next();
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The token not yet taken.</summary>
    public Token Current { get; private set; }

    /// <summary>Kind of <see cref="Current"/>.</summary>
    public TokenKind Kind => Current.Kind;

    /// <summary>End of the token taken last.</summary>
    public int LastEnd { get; private set; }

    /// <summary>Takes the current token and reads on.</summary>
    public Token Take()
    {
        Token taken = Current;
        LastEnd = taken.Span.End;
        Current = _lexer.Next();
        return taken;
    }

    /// <summary>Takes the current token if it is of a kind.</summary>
    public bool TryTake(TokenKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    /// <summary>Takes a token that has to be there.</summary>
    public Token Expect(TokenKind kind, string context = "", string expected = "")
    {
        if (Kind != kind)
        {
            throw Unexpected(context, expected);
        }

        return Take();
    }

    /// <summary>The characters of a token.</summary>
    public string TextOf(Token token) => token.In(Text).ToString();

    /// <summary>From the start of something to the end of the token taken last.</summary>
    public SourceSpan From(int start) => new(start, LastEnd);

    /// <summary>Enters a rule that may recurse; has to be paired with <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (++_depth > _settings.DepthMax)
        {
            throw ParseFailure.OverLimit(Text, Current.Span, $"expression is nested deeper than {_settings.DepthMax} levels", "depth");
        }
    }

    /// <summary>Leaves a rule.</summary>
    public void Leave() => _depth--;

    /// <summary>Counts a node of the syntax tree.</summary>
    public T Made<T>(T node)
    {
        if (++_nodes > _settings.NodesMax)
        {
            throw ParseFailure.OverLimit(Text, Current.Span, $"expression has more than {_settings.NodesMax} nodes", "nodes");
        }

        return node;
    }

    /// <summary>The current token is not what the grammar wants.</summary>
    public QueryException Unexpected(string context = "", string expected = "")
    {
        string where = context.Length > 0 ? " in " + context : string.Empty;
        string wanted = expected.Length > 0 ? ", expected " + expected : string.Empty;
        return At(Current.Span, $"unexpected {Current.Describe(Text)}{where}{wanted}");
    }

    /// <summary>An error at a place.</summary>
    public QueryException At(SourceSpan span, string reason) => ParseFailure.At(Text, span, reason);

    /// <summary>Refuses unless a condition holds.</summary>
    public void Require([DoesNotReturnIf(false)] bool condition, SourceSpan span, string reason)
    {
        if (!condition)
        {
            throw At(span, reason);
        }
    }
}
