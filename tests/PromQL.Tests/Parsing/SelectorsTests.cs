using Pleiad.Model;
using Xunit;

namespace Pleiad.PromQL.Tests;

public class SelectorsTests
{
    [Theory]
    [InlineData("up", "__name__=\"up\"")]
    [InlineData("{job=~\"a.*\"}", "job=~\"a.*\"")]
    [InlineData(" up { job != 'x' , } ", "job!=\"x\" __name__=\"up\"")]
    [InlineData("{\"with space\", \"läbel\"=\"x\"}", "__name__=\"with space\" \"läbel\"=\"x\"")]
    public void A_selector_gives_its_matchers(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Parser.ParseSelector(text)));

    [Theory]
    [InlineData("{}", "vector selector must contain at least one non-empty matcher")]
    [InlineData("{x=~\".*\"}", "vector selector must contain at least one non-empty matcher")]
    [InlineData("up[5m]", "unexpected \"[\"")]
    [InlineData("up offset 5m", "unexpected <offset>")]
    [InlineData("1", "unexpected number \"1\"")]
    [InlineData("", "unexpected end of input")]
    public void What_is_no_selector_is_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<QueryException>(() => Parser.ParseSelector(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("up", "{__name__=\"up\"}")]
    [InlineData("{}", "{}")]
    [InlineData("up{a=\"b\",c=\"\"}", "{__name__=\"up\", a=\"b\"}")]
    [InlineData("{\"my metric\", \"l.x\"=\"y\"}", "{__name__=\"my metric\", \"l.x\"=\"y\"}")]
    public void A_series_name_gives_its_labels(string text, string expected) => Assert.Equal(expected, Parser.ParseMetric(text).ToString());

    [Theory]
    [InlineData("up{a=\"b\",a=\"c\"}")]
    [InlineData("up{__name__=\"b\"}")]
    [InlineData("up{a!=\"b\"}")]
    [InlineData("up{a=\"b\"} 1")]
    [InlineData("")]
    public void What_is_no_series_name_is_refused(string text) => Assert.Throws<QueryException>(() => Parser.ParseMetric(text));

    [Fact]
    public void An_error_says_line_and_column()
    {
        var refusal = Assert.Throws<QueryException>(() => Parser.Parse("sum(\n  up{job=}\n)", new EngineSettings()));
        Assert.Equal("2:10: parse error: unexpected \"}\" in label matching, expected string", refusal.Message);
        Assert.Equal(new SourceSpan(14, 15), refusal.Span);
    }

    [Theory]
    [InlineData("limitk(1, up)", "limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions")]
    [InlineData("sort_by_label(up, \"a\")", "function \"sort_by_label\" is not enabled")]
    [InlineData("up[5m] anchored", "anchored modifier is experimental and not enabled")]
    [InlineData("a + fill(1) b", "binop fill modifiers are experimental and not enabled")]
    public void An_experimental_part_that_is_off_is_refused(string text, string reason)
    {
        Assert.Contains(reason, Assert.Throws<QueryException>(() => Parser.Parse(text, new EngineSettings())).Message, StringComparison.Ordinal);
        Parser.Parse(text, new EngineSettings { Features = PromQLFeatures.AllForScripts });
    }

    [Fact]
    public void The_table_has_ninety_functions() => Assert.Equal(90, FunctionSignatures.Known.Count());
}
