using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Selectors and what stands behind them: <c>name{matchers}[range] offset d @ t anchored</c>.</summary>
internal sealed class SelectorParser(TokenReader tokens, LiteralParser literals, DurationParser durations, EngineSettings settings)
{
    private const string Matching = "label matching";

    /// <summary>A name, a name and matchers, or matchers.</summary>
    public VectorSelector Vector()
    {
        int start = tokens.Current.Span.Start;
        string name = string.Empty;
        if (tokens.Kind.IsMetricName())
        {
            name = tokens.TextOf(tokens.Take());
        }
        else if (tokens.Kind != TokenKind.LeftBrace)
        {
            throw tokens.Unexpected();
        }

        List<Matcher> matchers = tokens.Kind == TokenKind.LeftBrace ? Matchers() : [];
        if (name.Length > 0)
        {
            matchers.Add(new Matcher(LabelName.MetricName, MatchKind.Equal, name));
        }

        return tokens.Made(new VectorSelector(name, matchers, null, null, WindowMode.Plain, tokens.From(start)));
    }

    /// <summary>Everything that binds closer than an operator, as often as it occurs.</summary>
    public Expr Suffixes(Expr inner)
    {
        int wrapped = 0;
        while (true)
        {
            switch (tokens.Kind)
            {
                case TokenKind.LeftBracket:
                    // Each pair of brackets is a level of the tree.
                    tokens.Enter();
                    wrapped++;
                    inner = Brackets(inner);
                    break;
                case TokenKind.Offset:
                    inner = Offset(inner);
                    break;
                case TokenKind.At:
                    inner = AtTime(inner);
                    break;
                case TokenKind.Anchored:
                    inner = Window(inner, WindowMode.Anchored);
                    break;
                case TokenKind.Smoothed:
                    inner = Window(inner, WindowMode.Smoothed);
                    break;
                default:
                    for (; wrapped > 0; wrapped--)
                    {
                        tokens.Leave();
                    }

                    return inner;
            }
        }
    }

    private List<Matcher> Matchers()
    {
        tokens.Expect(TokenKind.LeftBrace);
        var matchers = new List<Matcher>();
        while (tokens.Kind != TokenKind.RightBrace)
        {
            matchers.Add(One());
            if (tokens.Kind != TokenKind.RightBrace && !tokens.TryTake(TokenKind.Comma))
            {
                throw tokens.Unexpected(Matching, "\",\" or \"}\"");
            }
        }

        tokens.Take();
        return matchers;
    }

    private Matcher One()
    {
        Token first = tokens.Current;
        if (first.Kind is not (TokenKind.Identifier or TokenKind.String))
        {
            throw tokens.Unexpected(Matching, "identifier or \"}\"");
        }

        tokens.Take();
        bool quoted = first.Kind == TokenKind.String;
        string name = quoted ? literals.String(first) : tokens.TextOf(first);
        MatchKind? kind = tokens.Kind switch
        {
            TokenKind.Assign => MatchKind.Equal,
            TokenKind.NotEqual => MatchKind.NotEqual,
            TokenKind.EqualRegex => MatchKind.Regex,
            TokenKind.NotEqualRegex => MatchKind.NotRegex,
            _ => null,
        };
        if (kind is null)
        {
            return quoted && tokens.Kind is TokenKind.Comma or TokenKind.RightBrace
                ? tokens.Made(new Matcher(LabelName.MetricName, MatchKind.Equal, name))
                : throw tokens.Unexpected(Matching, quoted ? "\",\" or \"}\"" : "label matching operator");
        }

        tokens.Take();
        Token value = tokens.Expect(TokenKind.String, Matching, "string");
        try
        {
            return tokens.Made(new Matcher(name, kind.Value, literals.String(value)));
        }
        catch (RegexSyntaxException e)
        {
            throw tokens.At(tokens.From(first.Span.Start), e.Message);
        }
    }

    private Expr Brackets(Expr inner)
    {
        SourceSpan bracket = tokens.Take().Span;
        DurationExpr range = durations.Range();
        if (tokens.TryTake(TokenKind.Colon))
        {
            DurationExpr? step = tokens.Kind == TokenKind.RightBracket ? null : durations.Step();
            tokens.Expect(TokenKind.RightBracket, "subquery selector", "\"]\"");
            return tokens.Made(new SubqueryExpr(inner, range, step, null, null, tokens.From(inner.Span.Start)));
        }

        tokens.Expect(TokenKind.RightBracket, "subquery or range", "\":\" or \"]\"");
        SourceSpan place = tokens.From(bracket.Start);
        if (inner is not VectorSelector vector)
        {
            throw tokens.At(place, "ranges only allowed for vector selectors");
        }

        tokens.Require(vector.Offset is null, place, "no offset modifiers allowed before range");
        tokens.Require(vector.At is null, place, "no @ modifiers allowed before range");
        tokens.Require(vector.Window == WindowMode.Plain, place, "no anchored or smoothed modifiers allowed before range");
        return tokens.Made(new MatrixSelector(vector, range, tokens.From(inner.Span.Start)));
    }

    private Expr Offset(Expr inner)
    {
        tokens.Take();
        DurationExpr? offset = durations.Offset();
        SourceSpan span = tokens.From(inner.Span.Start);
        const string Twice = "offset may not be set multiple times";
        switch (inner)
        {
            case VectorSelector vector:
                tokens.Require(vector.Offset is null, inner.Span, Twice);
                return vector with { Offset = offset, Span = span };
            case MatrixSelector matrix:
                tokens.Require(matrix.Vector.Offset is null, inner.Span, Twice);
                return matrix with { Vector = matrix.Vector with { Offset = offset }, Span = span };
            case SubqueryExpr subquery:
                tokens.Require(subquery.Offset is null, inner.Span, Twice);
                return subquery with { Offset = offset, Span = span };
            default:
                throw tokens.At(
                    inner.Span, "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery");
        }
    }

    private Expr AtTime(Expr inner)
    {
        tokens.Take();
        AtModifier at = Time(inner);
        SourceSpan span = tokens.From(inner.Span.Start);
        const string Twice = "@ <timestamp> may not be set multiple times";
        switch (inner)
        {
            case VectorSelector vector:
                tokens.Require(vector.At is null, inner.Span, Twice);
                return vector with { At = at, Span = span };
            case MatrixSelector matrix:
                tokens.Require(matrix.Vector.At is null, inner.Span, Twice);
                return matrix with { Vector = matrix.Vector with { At = at }, Span = span };
            case SubqueryExpr subquery:
                tokens.Require(subquery.At is null, inner.Span, Twice);
                return subquery with { At = at, Span = span };
            default:
                throw tokens.At(
                    inner.Span, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery");
        }
    }

    private AtModifier Time(Expr inner)
    {
        if (tokens.Kind is TokenKind.Start or TokenKind.End)
        {
            AtKind kind = tokens.Take().Kind == TokenKind.Start ? AtKind.Start : AtKind.End;
            tokens.Expect(TokenKind.LeftParen, "@", "timestamp");
            tokens.Expect(TokenKind.RightParen, "@", "timestamp");
            return new AtModifier(kind, default);
        }

        bool negative = tokens.Kind == TokenKind.Subtract;
        if (negative || tokens.Kind == TokenKind.Add)
        {
            tokens.Take();
        }

        if (tokens.Kind is not (TokenKind.Number or TokenKind.Duration))
        {
            throw tokens.Unexpected("@", "timestamp");
        }

        double seconds = literals.Seconds(out _, out _);
        seconds = negative ? -seconds : seconds;
        bool inBounds = Math.Abs(seconds) < long.MaxValue / 1000.0;
        tokens.Require(inBounds, inner.Span, $"timestamp out of bounds for @ modifier: {GoFloat.Fixed(seconds)}");
        return new AtModifier(AtKind.Time, Timestamp.FromSeconds(seconds));
    }

    // The word itself is not part of the place of the selector: Prometheus looks for what follows right behind the selector.
    private Expr Window(Expr inner, WindowMode mode)
    {
        tokens.Take();
        string word = mode == WindowMode.Anchored ? "anchored" : "smoothed";
        tokens.Require(
            settings.Features.HasFlag(PromQLFeatures.ExtendedRangeSelectors), inner.Span, $"{word} modifier is experimental and not enabled");
        const string Both = "anchored and smoothed modifiers cannot be used together";
        switch (inner)
        {
            case VectorSelector vector:
                tokens.Require(vector.Window == WindowMode.Plain || vector.Window == mode, inner.Span, Both);
                return vector with { Window = mode };
            case MatrixSelector matrix:
                tokens.Require(matrix.Vector.Window == WindowMode.Plain || matrix.Vector.Window == mode, inner.Span, Both);
                return matrix with { Vector = matrix.Vector with { Window = mode } };
            case SubqueryExpr:
                throw tokens.At(inner.Span, $"{word} modifier is not supported for subqueries");
            default:
                throw tokens.At(inner.Span, $"{word} modifier not implemented");
        }
    }
}
