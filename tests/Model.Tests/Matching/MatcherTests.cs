namespace Pleiad.Model.Tests;

public sealed class MatcherTests
{
    [Theory]
    [InlineData(MatchKind.Equal, "x", "x", true)]
    [InlineData(MatchKind.Equal, "x", "y", false)]
    [InlineData(MatchKind.NotEqual, "x", "y", true)]
    [InlineData(MatchKind.NotEqual, "x", "x", false)]
    [InlineData(MatchKind.Regex, "x.*", "xy", true)]
    [InlineData(MatchKind.Regex, "x", "xy", false)]
    [InlineData(MatchKind.NotRegex, "x.*", "xy", false)]
    [InlineData(MatchKind.NotRegex, "x", "xy", true)]
    public void Kinds(MatchKind kind, string pattern, string value, bool matches)
    {
        var matcher = new Matcher("a", kind, pattern);
        Assert.Equal(matches, matcher.Matches(value));
        Assert.Equal(matches, matcher.Matches(Labels.From(("a", value))));
    }

    [Fact]
    public void An_absent_label_counts_as_the_empty_string()
    {
        Assert.True(new Matcher("a", MatchKind.Equal, "").Matches(Labels.Empty));
        Assert.True(new Matcher("a", MatchKind.Regex, ".*").MatchesEmpty);
        Assert.False(new Matcher("a", MatchKind.Regex, ".+").MatchesEmpty);
        Assert.True(new Matcher("a", MatchKind.NotRegex, ".+").MatchesEmpty);
    }

    [Fact]
    public void The_text_form_quotes_the_value_and_names_that_need_it()
    {
        Assert.Equal("a=~\"x\\\"\"", new Matcher("a", MatchKind.Regex, "x\"").ToString());
        Assert.Equal("\"a.b\"!=\"x\"", new Matcher("a.b", MatchKind.NotEqual, "x").ToString());
        Assert.Equal("a!~\"\"", new Matcher("a", MatchKind.NotRegex, "").ToString());
        Assert.Equal(new Matcher("a", MatchKind.Equal, "b"), new Matcher("a", MatchKind.Equal, "b"));
        Assert.NotEqual(new Matcher("a", MatchKind.Equal, "b"), new Matcher("a", MatchKind.NotEqual, "b"));
    }

    [Fact]
    public void A_bad_pattern_is_refused_when_the_matcher_is_made() =>
        Assert.Throws<RegexSyntaxException>(() => new Matcher("a", MatchKind.Regex, "("));
}
