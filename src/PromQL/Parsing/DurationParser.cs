namespace Pleiad.PromQL;

/// <summary>Durations inside brackets and behind <c>offset</c>: literals and arithmetic over them.</summary>
internal sealed class DurationParser(TokenReader tokens, LiteralParser literals)
{
    // What 64 bits of nanoseconds hold.
    private const double SecondsMax = 9_223_372_036.854775807;

    private const int SumLevel = 1;
    private const int ProductLevel = 2;
    private const int PowerLevel = 3;

    private const string Operands = "number, duration, step(), or range()";

    // What an error says of the place, and of what could stand there.
    private string _place = string.Empty;
    private string _wanted = string.Empty;

    /// <summary>A range: any arithmetic. A literal has to be above zero; what arithmetic gives is checked when it is known.</summary>
    public DurationExpr Range() => AboveZero("subquery or range selector", Operands);

    /// <summary>The step of a subquery: as a range.</summary>
    public DurationExpr Step() => AboveZero("subquery selector", "number, duration, step(), range(), or \"]\"");

    private DurationExpr AboveZero(string place, string wanted)
    {
        (_place, _wanted) = (place, wanted);
        DurationExpr duration = Alone(Arithmetic(SumLevel));
        if (duration is DurationLiteral literal)
        {
            tokens.Require(literal.Milliseconds > 0, literal.Span, "duration must be greater than 0");
        }

        return duration;
    }

    /// <summary>
    /// An offset: one signed operand, or <c>a offset 5m - b</c> would have two meanings. Behind a parenthesis without a sign
    /// arithmetic goes on, as in Prometheus, whose grammar prefers it there.
    /// </summary>
    /// <returns>Null for zero, which is the same as no offset.</returns>
    public DurationExpr? Offset()
    {
        (_place, _wanted) = ("offset", Operands);
        DurationExpr offset = Alone(tokens.Kind == TokenKind.LeftParen ? Arithmetic(SumLevel) : Operand(isOffset: true));
        return offset is DurationLiteral { Milliseconds: 0 } ? null : offset;
    }

    // Without arithmetic around it a number of seconds is a duration of whole milliseconds like any other.
    private static DurationExpr Alone(DurationExpr duration) =>
        duration is DurationLiteral literal ? new DurationLiteral(literal.Milliseconds, false, literal.Span) : duration;

    private DurationExpr Arithmetic(int level)
    {
        DurationExpr left = Operand();
        while (OperatorAt(tokens.Kind) is { } found && found.Level >= level)
        {
            Token sign = tokens.Take();
            DurationExpr right = Arithmetic(found.Op == DurationOp.Power ? found.Level : found.Level + 1);
            bool byZero = right is DurationLiteral { Seconds: 0 };
            tokens.Require(!(byZero && found.Op == DurationOp.Divide), sign.Span, "division by zero");
            tokens.Require(!(byZero && found.Op == DurationOp.Modulo), sign.Span, "modulo by zero");
            left = tokens.Made(new DurationBinary(found.Op, left, right, new SourceSpan(left.Span.Start, right.Span.End)));
        }

        return left;
    }

    private DurationExpr Operand(bool isOffset = false)
    {
        tokens.Enter();
        DurationExpr operand = OperandInside(isOffset);
        tokens.Leave();
        return operand;
    }

    private DurationExpr OperandInside(bool isOffset)
    {
        int start = tokens.Current.Span.Start;
        switch (tokens.Kind)
        {
            case TokenKind.Number or TokenKind.Duration:
                double seconds = literals.Seconds(out bool asNumber, out SourceSpan span);
                return Literal(seconds, asNumber, span);

            case TokenKind.Add or TokenKind.Subtract:
                bool negative = tokens.Take().Kind == TokenKind.Subtract;
                return Signed(negative, isOffset ? Operand(isOffset) : Arithmetic(PowerLevel), tokens.From(start));

            case TokenKind.LeftParen:
                tokens.Take();
                DurationExpr inner = Arithmetic(SumLevel);
                Expect(TokenKind.RightParen);
                return tokens.Made(new DurationParen(inner, tokens.From(start)));

            case TokenKind.Step or TokenKind.Range:
                bool step = tokens.Take().Kind == TokenKind.Step;
                Expect(TokenKind.LeftParen);
                Expect(TokenKind.RightParen);
                return tokens.Made<DurationExpr>(step ? new DurationStep(tokens.From(start)) : new DurationRange(tokens.From(start)));

            case TokenKind.Identifier when DurationFunctions.Named(tokens.Current.In(tokens.Text)) is { } function:
                tokens.Take();
                Expect(TokenKind.LeftParen);
                DurationExpr left = Arithmetic(SumLevel);
                Expect(TokenKind.Comma);
                DurationExpr right = Arithmetic(SumLevel);
                Expect(TokenKind.RightParen);
                return tokens.Made(new DurationBinary(function, left, right, tokens.From(start)));

            default:
                throw tokens.Unexpected(_place, _wanted);
        }
    }

    // A sign becomes part of a literal; a plus in front of anything else says nothing.
    private DurationExpr Signed(bool negative, DurationExpr operand, SourceSpan span) => operand switch
    {
        DurationLiteral literal => Literal(negative ? -literal.Seconds : literal.Seconds, literal.AsNumber, span),
        _ when negative => tokens.Made(new DurationUnary(true, operand, span)),
        _ => operand with { Span = span },
    };

    private DurationLiteral Literal(double seconds, bool asNumber, SourceSpan span)
    {
        tokens.Require(Math.Abs(seconds) <= SecondsMax, span, "duration out of range");
        long milliseconds = (long)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
        return tokens.Made(new DurationLiteral(milliseconds, asNumber, span) { Seconds = seconds });
    }

    private void Expect(TokenKind kind) => tokens.Expect(kind, _place, _wanted);

    private static (DurationOp Op, int Level)? OperatorAt(TokenKind kind) => kind switch
    {
        TokenKind.Add => (DurationOp.Add, SumLevel),
        TokenKind.Subtract => (DurationOp.Subtract, SumLevel),
        TokenKind.Multiply => (DurationOp.Multiply, ProductLevel),
        TokenKind.Divide => (DurationOp.Divide, ProductLevel),
        TokenKind.Modulo => (DurationOp.Modulo, ProductLevel),
        TokenKind.Power => (DurationOp.Power, PowerLevel),
        _ => null,
    };
}
