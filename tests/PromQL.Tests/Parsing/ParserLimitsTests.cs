using Xunit;

namespace Pleiad.PromQL.Tests;

public class ParserLimitsTests
{
    private static readonly EngineSettings Settings = new();

    [Theory]
    [InlineData("(")]
    [InlineData("-")]
    [InlineData("abs(")]
    [InlineData("sum(")]
    [InlineData("foo[(")]
    [InlineData("1^")]
    [InlineData("foo[-")]
    [InlineData("max_of(")]
    public void A_hundred_thousand_nested_levels_are_refused_and_the_process_lives(string opening)
    {
        string text = string.Concat(Enumerable.Repeat(opening, 100_000));
        Assert.Throws<QueryException>(() => Parser.Parse(text, Settings));
    }

    [Fact]
    public void Parentheses_to_the_limit_parse_and_one_more_does_not()
    {
        int max = Settings.DepthMax;
        string Nested(int levels) => new string('(', levels) + "1" + new string(')', levels);
        Parser.Parse(Nested(max - 1), Settings);
        var refusal = Assert.Throws<QueryException>(() => Parser.Parse(Nested(max), Settings));
        Assert.Contains($"nested deeper than {max} levels", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_operators_counts_as_depth()
    {
        int max = Settings.DepthMax;
        string Chain(int terms) => string.Join('+', Enumerable.Repeat("1", terms));
        Parser.Parse(Chain(max), Settings);
        Assert.Throws<QueryException>(() => Parser.Parse(Chain(max + 1), Settings));
    }

    [Fact]
    public void A_chain_of_subqueries_counts_as_depth() =>
        Assert.Throws<QueryException>(() => Parser.Parse("foo" + string.Concat(Enumerable.Repeat("[5m:1m]", 100_000)), Settings));

    [Fact]
    public void More_nodes_than_allowed_are_refused()
    {
        string text = $"foo{{{string.Join(',', Enumerable.Repeat("a=\"b\"", Settings.NodesMax))}}}";
        var refusal = Assert.Throws<QueryException>(() => Parser.Parse(text, Settings));
        Assert.Contains("nodes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_longer_than_allowed_is_refused()
    {
        string text = "1" + new string(' ', Settings.TextCharsMax);
        Assert.Throws<QueryException>(() => Parser.Parse(text, Settings));
        Parser.Parse(text[..Settings.TextCharsMax], Settings);
    }
}
