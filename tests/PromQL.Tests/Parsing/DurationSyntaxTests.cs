using Xunit;

namespace Pleiad.PromQL.Tests;

/// <summary>Arithmetic of durations: how far it reaches behind <c>offset</c>, and what is said where it breaks off.</summary>
public sealed class DurationSyntaxTests
{
    private static readonly EngineSettings Settings = new() { Features = PromQLFeatures.AllForScripts };

    [Theory]
    [InlineData("a offset 5m + 1", "a offset 5m + 1")]
    [InlineData("a offset -5m ^ 2", "a offset -5m ^ 2")]
    [InlineData("a offset step() * 2", "a offset step() * 2")]
    [InlineData("a offset -(5m) * 2", "a offset -(5m) * 2")]
    public void Behind_an_offset_without_parentheses_an_operator_is_of_the_vectors(string query, string text)
    {
        BinaryExpr whole = Assert.IsType<BinaryExpr>(Parser.Parse(query, Settings));
        Assert.IsType<VectorSelector>(whole.Left);
        Assert.Equal(text, Printer.Print(whole));
    }

    [Theory]
    [InlineData("a offset (5m) * 2", "a offset (5m) * 2")]
    [InlineData("a offset (1m + 1m) / 2 - 5", "a offset (1m + 1m) / 2 - 5")]
    public void Behind_parentheses_it_is_of_the_offset(string query, string text) =>
        Assert.Equal(text, Printer.Print(Assert.IsType<VectorSelector>(Parser.Parse(query, Settings))));

    [Theory]
    [InlineData("a offset (5m) - b", "1:17: parse error: unexpected identifier \"b\" in offset, expected number, duration, step(), or range()")]
    [InlineData("a[5m:)]", "1:6: parse error: unexpected right parenthesis ')'")]
    [InlineData("(a[5m:*])", "1:7: parse error: unexpected <op:*> in subquery selector, expected number, duration, step(), range(), or \"]\"")]
    [InlineData("a[5m:(1m]", "1:9: parse error: unexpected \"]\" in subquery selector, expected number, duration, step(), range(), or \"]\"")]
    [InlineData("a[(5m]", "1:6: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()")]
    [InlineData("a[max_of(5m)]", "1:12: parse error: unexpected \")\" in subquery or range selector, expected number, duration, step(), or range()")]
    [InlineData("a[step]", "1:7: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()")]
    [InlineData("a[step2]", "1:7: parse error: unexpected number \"2\" in subquery or range selector, expected number, duration, step(), or range()")]
    [InlineData("a[:5m]", "1:4: parse error: unexpected colon before duration in duration expression")]
    [InlineData("a[5m::]", "1:6: parse error: unexpected colon ':'")]
    [InlineData("a[steps()]", "1:3: parse error: unexpected character in duration expression: 's'")]
    [InlineData("a[5m:steps()]", "1:6: parse error: unexpected character: 's', expected ':'")]
    public void What_breaks_off_is_told_with_its_place(string query, string message) =>
        Assert.Equal(message, Assert.Throws<QueryException>(() => Parser.Parse(query, Settings)).Message);

    // Prometheus takes no colon before the first number of a query; there is no reason to refuse it.
    [Fact]
    public void A_function_is_a_range_of_a_subquery() =>
        Assert.Equal("a[range():step()]", Printer.Print(Parser.Parse("a[range():step()]", Settings)));
}
