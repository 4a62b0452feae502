using System.Text;

namespace Pleiad.PromQL;

/// <summary>A piece of a query's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Span">Where it stands.</param>
internal readonly record struct Token(TokenKind Kind, SourceSpan Span)
{
    private const int ShownCharsMax = 10;

    /// <summary>The characters as written.</summary>
    public ReadOnlySpan<char> In(string text) => text.AsSpan(Span.Start, Span.End - Span.Start);

    /// <summary>How an error message names this token: <c>identifier "foo"</c>, <c>&lt;op:*&gt;</c>, <c>end of input</c>.</summary>
    public string Describe(string text)
    {
        string written = In(text).ToString();
        return Kind switch
        {
            TokenKind.EndOfInput => "end of input",
            TokenKind.Identifier => "identifier " + GoQuote.Text(written),
            TokenKind.MetricIdentifier => "metric identifier " + GoQuote.Text(written),
            TokenKind.Number => "number " + Shortened(written),
            TokenKind.Duration => "duration " + Shortened(written),
            TokenKind.String => "string " + Shortened(written),
            _ when Kind.IsKeyword() => $"<{written}>",
            _ when Kind.IsOperator() => $"<op:{written}>",
            _ when Kind.IsAggregator() => $"<aggr:{written}>",
            _ => Shortened(written),
        };
    }

    private static string Shortened(string written) =>
        written.Length > ShownCharsMax ? GoQuote.Text(written[..ShownCharsMax]) + "..." : GoQuote.Text(written);
}
