using Xunit;

namespace Pleiad.PromQL.Tests;

/// <summary>Parts of the language that are switched off are refused in Prometheus's words, at its places.</summary>
public sealed class FeatureGateTests
{
    private static readonly EngineSettings Settings = new() { Features = PromQLFeatures.None };

    [Theory]
    [InlineData("1 + a * fill(0) b", "1:5: parse error: binop fill modifiers are experimental and not enabled")]
    [InlineData("a + fill_left(0) (", "1:19: parse error: unclosed left parenthesis")]
    [InlineData("rate(a[5m] anchored)", "1:6: parse error: anchored modifier is experimental and not enabled")]
    [InlineData("sum(a) smoothed", "1:1: parse error: smoothed modifier is experimental and not enabled")]
    [InlineData("limitk(1, a)", "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions")]
    [InlineData("1 + mad_over_time(a[5m])", "1:5: parse error: function \"mad_over_time\" is not enabled")]
    public void What_is_off_is_refused(string query, string message) =>
        Assert.Equal(message, Assert.Throws<QueryException>(() => Parser.Parse(query, Settings)).Message);

    [Theory]
    [InlineData("1e21", "1000000000000000000000")]
    [InlineData("a + fill(1e6) b", "a + fill (1e+06) b")]
    [InlineData("a + fill_left(0.5) fill_right(+Inf) b", "a + fill_left (0.5) fill_right (+Inf) b")]
    [InlineData("a + fill(NaN) b", "a + fill_left (NaN) fill_right (NaN) b")]
    [InlineData("a smoothed @ 5 offset 1m", "a @ 5.000 smoothed offset 1m")]
    [InlineData("a[5m] offset 1m @ end() anchored", "a[5m] anchored @ end() offset 1m")]
    [InlineData("a[0.0000001e16 + 1]", "a[1000000000 + 1]")]
    public void What_is_on_is_printed_as_Prometheus_does(string query, string text) =>
        Assert.Equal(text, Printer.Print(Parser.Parse(query, Settings with { Features = PromQLFeatures.AllForScripts })));
}
