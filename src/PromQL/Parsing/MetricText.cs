using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Names of series: <c>name{label="value"}</c>, <c>{"quoted name", "quoted label"="value"}</c>.</summary>
internal static class MetricText
{
    private const string Context = "label set";

    /// <summary>The whole text as the name of one series.</summary>
    public static Labels Whole(string text)
    {
        var tokens = new TokenReader(text, new EngineSettings());
        Labels labels = Read(tokens);
        tokens.Expect(TokenKind.EndOfInput);
        return labels;
    }

    private static Labels Read(TokenReader tokens)
    {
        var builder = new LabelsBuilder();
        if (tokens.Kind.IsMetricName())
        {
            builder.Set(LabelName.MetricName, tokens.TextOf(tokens.Take()));
        }

        if (!tokens.TryTake(TokenKind.LeftBrace))
        {
            return builder.Count > 0 ? builder.ToLabels() : throw tokens.Unexpected();
        }

        while (tokens.Kind != TokenKind.RightBrace)
        {
            Item(tokens, builder);
            if (tokens.Kind != TokenKind.RightBrace && !tokens.TryTake(TokenKind.Comma))
            {
                throw tokens.Unexpected(Context, "\",\" or \"}\"");
            }
        }

        tokens.Take();
        return builder.ToLabels();
    }

    private static void Item(TokenReader tokens, LabelsBuilder builder)
    {
        if (tokens.Kind is not (TokenKind.Identifier or TokenKind.String))
        {
            throw tokens.Unexpected(Context, "identifier or \"}\"");
        }

        Token first = tokens.Take();
        bool quoted = first.Kind == TokenKind.String;
        string name = quoted ? StringText.Unquote(first.In(tokens.Text)) : tokens.TextOf(first);
        string value;
        if (quoted && tokens.Kind is TokenKind.Comma or TokenKind.RightBrace)
        {
            (name, value) = (LabelName.MetricName, name);
        }
        else
        {
            tokens.Expect(TokenKind.Assign, Context, "\"=\"");
            value = StringText.Unquote(tokens.Expect(TokenKind.String, Context, "string").In(tokens.Text));
        }

        tokens.Require(LabelName.IsValid(name), first.Span, $"invalid label name {GoQuote.Text(name)}");
        tokens.Require(!builder.Has(name), first.Span, $"label {GoQuote.Text(name)} is set twice");
        builder.Set(name, value);
    }
}
