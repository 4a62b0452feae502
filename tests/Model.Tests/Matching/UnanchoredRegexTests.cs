namespace Pleiad.Model.Tests;

public sealed class UnanchoredRegexTests
{
    // What Go's regexp.ReplaceAllString gives.
    [Theory]
    [InlineData("(a)b", "x$1", "ab", "xa")]
    [InlineData("(a)b", "x$1", "cabcabc", "cxacxac")]
    [InlineData("a*", "-", "baac", "-b-c-")]
    [InlineData("", "-", "ab", "-a-b-")]
    [InlineData("^a", "x", "aaa", "xaa")]
    [InlineData("a$", "x", "aaa", "aax")]
    [InlineData(@"\ba", "x", "aa a", "xa x")]
    [InlineData("a|ab", "x", "abab", "xbxb")]
    [InlineData("(?P<n>[0-9]+)", "<${n}>", "a1b22", "a<1>b<22>")]
    [InlineData(".", "x", "a\nb", "x\nx")]
    [InlineData("x", "y", "", "")]
    [InlineData("é", "e", "né😀é", "ne😀e")]
    public void Every_match_is_replaced(string pattern, string template, string text, string expected) =>
        Assert.Equal(expected, UnanchoredRegex.Compile(pattern).Replace(text, template));

    [Theory]
    [InlineData("a+", "baa", true)]
    [InlineData("a+", "b", false)]
    [InlineData("^b", "ab", false)]
    [InlineData("b$", "ab", true)]
    public void A_match_may_be_anywhere(string pattern, string text, bool expected) =>
        Assert.Equal(expected, UnanchoredRegex.Compile(pattern).IsMatch(text));

    [Fact]
    public void What_would_only_close_the_surroundings_is_refused() =>
        Assert.Throws<RegexSyntaxException>(() => UnanchoredRegex.Compile("a)(b"));
}
