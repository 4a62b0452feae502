namespace Pleiad.PromQL;

/// <summary>The grammar of expressions by precedence climbing.</summary>
internal sealed class ExpressionParser
{
    private const int LevelLowest = 1;

    // A sign binds like a product: -1^2 is -(1^2), -1*2 is (-1)*2.
    private const int LevelOfPower = 6;

    private readonly TokenReader _tokens;
    private readonly EngineSettings _settings;
    private readonly LiteralParser _literals;
    private readonly SelectorParser _selectors;

    public ExpressionParser(TokenReader tokens, EngineSettings settings)
    {
        _tokens = tokens;
        _settings = settings;
        _literals = new LiteralParser(tokens);
        _selectors = new SelectorParser(tokens, _literals, new DurationParser(tokens, _literals), settings);
    }

    /// <summary>The whole text as one expression, not yet type-checked.</summary>
    public Expr Whole()
    {
        if (_tokens.Kind == TokenKind.EndOfInput)
        {
            throw _tokens.At(default, "no expression found in input");
        }

        Expr whole = Expression(LevelLowest);
        _tokens.Expect(TokenKind.EndOfInput);
        return whole;
    }

    /// <summary>The whole text as one vector selector.</summary>
    public VectorSelector WholeSelector()
    {
        VectorSelector selector = _selectors.Vector();
        _tokens.Expect(TokenKind.EndOfInput);
        return selector;
    }

    private Expr Expression(int level)
    {
        _tokens.Enter();
        Expr left = Prefixed();
        while (OperatorAt(_tokens.Kind) is { } found && found.Level >= level)
        {
            left = Binary(left, found.Op, found.Level);
        }

        _tokens.Leave();
        return left;
    }

    private BinaryExpr Binary(Expr left, BinaryOp op, int level)
    {
        _tokens.Take();
        bool returnBool = _tokens.TryTake(TokenKind.Bool);
        VectorMatching matching = Matching();

        // Only the power operator groups from the right.
        Expr right = Expression(op == BinaryOp.Power ? level : level + 1);
        var span = new SourceSpan(left.Span.Start, right.Span.End);
        bool fills = matching.FillLeft is not null || matching.FillRight is not null;
        _tokens.Require(
            !fills || _settings.Features.HasFlag(PromQLFeatures.FillModifiers), span, "binop fill modifiers are experimental and not enabled");
        return _tokens.Made(new BinaryExpr(op, left, right, returnBool, matching, span));
    }

    private VectorMatching Matching()
    {
        var matching = new VectorMatching(MatchCardinality.OneToOne, false, [], [], null, null);
        if (_tokens.Kind is TokenKind.On or TokenKind.Ignoring)
        {
            bool on = _tokens.Take().Kind == TokenKind.On;
            matching = matching with { On = on, Labels = LabelList() };
            if (_tokens.Kind is TokenKind.GroupLeft or TokenKind.GroupRight)
            {
                bool left = _tokens.Take().Kind == TokenKind.GroupLeft;
                matching = matching with
                {
                    Cardinality = left ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany,
                    Include = _tokens.Kind == TokenKind.LeftParen ? LabelList() : [],
                };
            }
        }

        return Fills(matching);
    }

    private VectorMatching Fills(VectorMatching matching)
    {
        if (_tokens.Kind == TokenKind.Fill)
        {
            double both = FillValue();
            return matching with { FillLeft = both, FillRight = both };
        }

        while (_tokens.Kind is TokenKind.FillLeft or TokenKind.FillRight)
        {
            bool left = _tokens.Kind == TokenKind.FillLeft;
            if ((left ? matching.FillLeft : matching.FillRight) is not null)
            {
                throw _tokens.Unexpected();
            }

            double value = FillValue();
            matching = left ? matching with { FillLeft = value } : matching with { FillRight = value };
        }

        return matching;
    }

    private double FillValue()
    {
        _tokens.Take();
        _tokens.Expect(TokenKind.LeftParen);
        bool negative = _tokens.Kind == TokenKind.Subtract;
        if (negative || _tokens.Kind == TokenKind.Add)
        {
            _tokens.Take();
        }

        if (_tokens.Kind is not (TokenKind.Number or TokenKind.Duration))
        {
            throw _tokens.Unexpected();
        }

        double value = _literals.Seconds(out _, out _);
        _tokens.Expect(TokenKind.RightParen);
        return negative ? -value : value;
    }

    private Expr Prefixed()
    {
        if (_tokens.Kind is not (TokenKind.Add or TokenKind.Subtract))
        {
            return _selectors.Suffixes(Primary());
        }

        Token sign = _tokens.Take();
        bool negative = sign.Kind == TokenKind.Subtract;
        Expr operand = Expression(LevelOfPower);
        SourceSpan span = new(sign.Span.Start, operand.Span.End);
        return operand is NumberLiteral number
            ? number with { Value = negative ? -number.Value : number.Value, Span = span }
            : _tokens.Made(new UnaryExpr(negative, operand, span));
    }

    private Expr Primary()
    {
        switch (_tokens.Kind)
        {
            case TokenKind.Number or TokenKind.Duration:
                double value = _literals.Seconds(out bool asNumber, out SourceSpan span);
                return _tokens.Made(new NumberLiteral(value, !asNumber, span));

            case TokenKind.String:
                Token text = _tokens.Take();
                return _tokens.Made(new StringLiteral(_literals.String(text), text.Span));

            case TokenKind.LeftParen:
                int start = _tokens.Take().Span.Start;
                Expr inner = Expression(LevelLowest);
                _tokens.Expect(TokenKind.RightParen);
                return _tokens.Made(new ParenExpr(inner, _tokens.From(start)));

            case TokenKind.LeftBrace:
                return _selectors.Vector();

            default:
                return _tokens.Kind.IsMetricName() ? Named() : throw _tokens.Unexpected();
        }
    }

    // A name is a call, an aggregation or a metric: what follows decides.
    private Expr Named()
    {
        Token name = _tokens.Current;
        if (!name.Kind.IsAggregator())
        {
            return ParenthesisFollows(name) && IsFunctionName(name.Kind) ? Call() : _selectors.Vector();
        }

        return ParenthesisFollows(name) || GroupingFollows(name) ? Aggregate() : _selectors.Vector();
    }

    private static bool IsFunctionName(TokenKind kind) =>
        kind is TokenKind.Identifier or TokenKind.Start or TokenKind.End or TokenKind.Step or TokenKind.Range;

    private bool ParenthesisFollows(Token name)
    {
        string text = _tokens.Text;
        int at = SkipSpace(name.Span.End);
        return at < text.Length && text[at] == '(';
    }

    private bool GroupingFollows(Token name)
    {
        ReadOnlySpan<char> rest = _tokens.Text.AsSpan(SkipSpace(name.Span.End));
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '_' or ':'))
        {
            length++;
        }

        return TokenKinds.OfWord(rest[..length]) is TokenKind.By or TokenKind.Without;
    }

    // Comments count as space.
    private int SkipSpace(int at)
    {
        string text = _tokens.Text;
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r' or '#')
        {
            if (text[at] == '#')
            {
                int length = text.AsSpan(at).IndexOfAny('\n', '\r');
                at = length < 0 ? text.Length : at + length;
            }
            else
            {
                at++;
            }
        }

        return at;
    }

    private CallExpr Call()
    {
        Token name = _tokens.Take();
        string text = _tokens.TextOf(name);
        List<Expr> args = Arguments();
        SourceSpan span = _tokens.From(name.Span.Start);
        FunctionSignature function = FunctionSignatures.Find(text)
            ?? throw _tokens.At(name.Span, $"unknown function with name {GoQuote.Text(text)}");
        bool enabled = !function.Experimental || _settings.Features.HasFlag(PromQLFeatures.ExperimentalFunctions);
        _tokens.Require(enabled, name.Span, $"function {GoQuote.Text(text)} is not enabled");
        return _tokens.Made(new CallExpr(function, args, span));
    }

    private AggregateExpr Aggregate()
    {
        Token name = _tokens.Take();
        AggregateOp op = Operators.AggregateOf(name.Kind);
        (bool Without, IReadOnlyList<string> Labels)? grouping = Grouping();
        if (_tokens.Kind != TokenKind.LeftParen)
        {
            throw _tokens.Unexpected("aggregation");
        }

        List<Expr> args = Arguments();
        SourceSpan span = _tokens.From(name.Span.Start);
        grouping ??= Grouping();
        span = span with { End = _tokens.LastEnd };

        _tokens.Require(args.Count > 0, span, "no arguments for aggregate expression provided");
        bool parameter = Operators.HasParameter(op);
        bool experimental = op is AggregateOp.LimitK or AggregateOp.LimitRatio;
        _tokens.Require(
            !experimental || _settings.Features.HasFlag(PromQLFeatures.ExperimentalFunctions),
            span,
            $"{Operators.NameOf(op)}() is experimental and must be enabled with --enable-feature=promql-experimental-functions");
        int wanted = parameter ? 2 : 1;
        _tokens.Require(
            args.Count == wanted,
            span,
            $"wrong number of arguments for aggregate expression provided, expected {wanted}, got {args.Count}");
        return _tokens.Made(new AggregateExpr(
            op, args[^1], parameter ? args[0] : null, grouping?.Without ?? false, grouping?.Labels ?? [], span));
    }

    private (bool Without, IReadOnlyList<string> Labels)? Grouping()
    {
        if (_tokens.Kind is not (TokenKind.By or TokenKind.Without))
        {
            return null;
        }

        bool without = _tokens.Take().Kind == TokenKind.Without;
        return (without, LabelList());
    }

    private List<string> LabelList()
    {
        const string Context = "grouping opts";
        _tokens.Expect(TokenKind.LeftParen, Context, "\"(\"");
        var labels = new List<string>();
        while (_tokens.Kind != TokenKind.RightParen)
        {
            if (_tokens.Kind == TokenKind.String)
            {
                string name = _literals.String(_tokens.Current);
                if (!Model.LabelName.IsValid(name))
                {
                    throw _tokens.Unexpected(Context, "label");
                }

                labels.Add(name);
            }
            else if (_tokens.Kind.IsLabelName())
            {
                labels.Add(_tokens.TextOf(_tokens.Current));
            }
            else
            {
                throw _tokens.Unexpected(Context, "label");
            }

            _tokens.Take();
            _tokens.Made(labels);
            if (_tokens.Kind != TokenKind.RightParen && !_tokens.TryTake(TokenKind.Comma))
            {
                throw _tokens.Unexpected(Context, "\",\" or \")\"");
            }
        }

        _tokens.Take();
        return labels;
    }

    private List<Expr> Arguments()
    {
        _tokens.Expect(TokenKind.LeftParen);
        var args = new List<Expr>();
        if (_tokens.TryTake(TokenKind.RightParen))
        {
            return args;
        }

        while (true)
        {
            args.Add(Expression(LevelLowest));
            if (_tokens.TryTake(TokenKind.RightParen))
            {
                return args;
            }

            Token comma = _tokens.Expect(TokenKind.Comma);
            _tokens.Require(_tokens.Kind != TokenKind.RightParen, comma.Span, "trailing commas not allowed in function call args");
        }
    }

    private static (BinaryOp Op, int Level)? OperatorAt(TokenKind kind) => Operators.BinaryOf(kind) is { } op ? (op, Operators.LevelOf(op)) : null;
}
