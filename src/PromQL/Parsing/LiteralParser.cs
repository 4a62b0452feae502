using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Numbers, durations and strings.</summary>
internal sealed class LiteralParser(TokenReader tokens)
{
    /// <summary>Takes a number or a duration, in seconds.</summary>
    public double Seconds(out bool asNumber, out SourceSpan span)
    {
        Token token = tokens.Take();
        span = token.Span;
        asNumber = token.Kind == TokenKind.Number;
        return asNumber ? Number(token) : Duration(token);
    }

    /// <summary>The value of a number token.</summary>
    public double Number(Token token) =>
        NumberText.Read(token.In(tokens.Text), out double value) is { } reason ? throw tokens.At(token.Span, reason) : value;

    /// <summary>The value of a string token, unescaped.</summary>
    public string String(Token token) => StringText.Unquote(token.In(tokens.Text));

    private double Duration(Token token)
    {
        try
        {
            return PrometheusDuration.Parse(token.In(tokens.Text)).TotalSeconds;
        }
        catch (FormatException e)
        {
            throw tokens.At(token.Span, e.Message);
        }
    }
}
