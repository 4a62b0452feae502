using System.Text;

namespace Pleiad.Model.Tests;

public sealed class TextAndHashTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("abc", "\"abc\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\"")]
    [InlineData("\0\u0001\u001b\u007f", "\"\\x00\\x01\\x1b\\x7f\"")]
    [InlineData("é日本", "\"é日本\"")]
    [InlineData("😀", "\"😀\"")]
    [InlineData("\u0085\u00a0\u2028\u200b\ufeff", "\"\\u0085\\u00a0\\u2028\\u200b\\ufeff\"")]
    [InlineData("\U000e0001\U0010ffff", "\"\\U000e0001\\U0010ffff\"")]
    [InlineData("a b'`", "\"a b'`\"")]
    public void Quoted_as_Go_quotes(string text, string quoted) => Assert.Equal(quoted, QuotedText.Of(text));

    [Fact]
    public void Half_a_surrogate_pair_is_quoted_as_the_replacement_character() => Assert.Equal("\"a\\ufffdb\"", QuotedText.Of("a\ud800b"));

    [Theory]
    [InlineData("", 0xef46db3751d8e999)]
    [InlineData("a", 0xd24ec4f1a98c6e5b)]
    [InlineData("as", 0x1c330fb2d66be179)]
    [InlineData("asd", 0x631c37ce72a97393)]
    [InlineData("asdf", 0x415872f599cea71e)]
    [InlineData("abc", 0x44bc2cf5ad770999)]
    [InlineData("Call me Ishmael. Some years ago--never mind how long precisely-", 0x02a2e85470d6fd96)]
    public void XxHash64_of_published_vectors(string text, ulong hash) => Assert.Equal(hash, XxHash64.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void XxHash64_with_a_seed_and_over_many_stripes()
    {
        Assert.Equal(0xac75fda2929b17efUL, XxHash64.Of([], 2654435761));
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)((i * 131) + 7))];
        Assert.Equal(0x0bf0bdbcc82eb373UL, XxHash64.Of(bytes));
        Assert.Equal(0x07c85880fc74f7ffUL, XxHash64.Of(bytes, 42));
    }

    [Theory]
    [InlineData("abc_1", true, true)]
    [InlineData("_", true, true)]
    [InlineData("a:b", false, true)]
    [InlineData("1a", false, false)]
    [InlineData("", false, false)]
    [InlineData("a.b", false, false)]
    [InlineData("é", false, false)]
    public void Names_that_need_no_quotes(string name, bool label, bool metric)
    {
        Assert.Equal(label, LabelName.IsLegacy(name));
        Assert.Equal(metric, LabelName.IsLegacyMetric(name));
    }

    [Fact]
    public void Names_are_valid_where_they_have_a_utf8_form()
    {
        Assert.True(LabelName.IsValid("a.b 😀"));
        Assert.False(LabelName.IsValid(""));
        Assert.False(LabelName.IsValid("a\ud800"));
        Assert.False(LabelName.IsValid("\udc00a"));
    }
}
