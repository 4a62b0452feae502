using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Pleiad.Node.Tests;

public sealed class HoconTests
{
    [Theory]
    [InlineData("a : 1, a : 2", "{\"a\":2}")]
    [InlineData("a { x = 1 }, a { y = 2 }", "{\"a\":{\"x\":1,\"y\":2}}")]
    [InlineData("a { x = 1 }, a = 5, a { y = 2 }", "{\"a\":{\"y\":2}}")]
    [InlineData("a.b.c = 1, a.b.d = 2", "{\"a\":{\"b\":{\"c\":1,\"d\":2}}}")]
    [InlineData("3.14 : x", "{\"3\":{\"14\":\"x\"}}")]
    [InlineData("a = [1 2 3]", "{\"a\":[\"1 2 3\"]}")]
    [InlineData("a = [1, 2] [3]", "{\"a\":[1,2,3]}")]
    [InlineData("a = {x : 1} {y : 2}", "{\"a\":{\"x\":1,\"y\":2}}")]
    [InlineData("a = \"x\"y z", "{\"a\":\"xy z\"}")]
    [InlineData("a =   padded  text   # comment", "{\"a\":\"padded  text\"}")]
    [InlineData("a = 1.0.0", "{\"a\":\"1.0.0\"}")]
    [InlineData("a = 10x", "{\"a\":\"10x\"}")]
    [InlineData("a = \"\"\"raw \"quotes\" \\n\"\"\"\"", "{\"a\":\"raw \\\"quotes\\\" \\\\n\\\"\"}")]
    [InlineData("a = \"\"\"two\nlines\"\"\"", "{\"a\":\"two\\nlines\"}")]
    [InlineData("a = \"\\u00e9\\t\\/\"", "{\"a\":\"\\u00e9\\t/\"}")]
    [InlineData("path = /bin, path = ${path}\":/usr/bin\"", "{\"path\":\"/bin:/usr/bin\"}")]
    [InlineData("a = [1], a += 2, a += 3", "{\"a\":[1,2,3]}")]
    [InlineData("b.a += 1, b.a += 2", "{\"b\":{\"a\":[1,2]}}")]
    [InlineData("bar { foo : 42, baz : ${bar.foo} }", "{\"bar\":{\"foo\":42,\"baz\":42}}")]
    [InlineData("bar { foo : 42, baz : ${bar.foo} }, bar { foo : 43 }", "{\"bar\":{\"foo\":43,\"baz\":43}}")]
    [InlineData("a = ${b}, b = ${c}, c = 1", "{\"a\":1,\"b\":1,\"c\":1}")]
    [InlineData("a = 1, b = ${a}, a = 2", "{\"a\":2,\"b\":2}")]
    [InlineData("foo { a { c : 1 } }, foo : ${foo.a}, foo { a : 2 }", "{\"foo\":{\"a\":2,\"c\":1}}")]
    [InlineData("a = ${?b}, b = ${?a}", "{}")]
    [InlineData("a = 1, a = ${?missing}", "{\"a\":1}")]
    [InlineData("a = [1, ${?missing}, 2]", "{\"a\":[1,2]}")]
    [InlineData("a = {x : 1} ${?missing}", "{\"a\":{\"x\":1}}")]
    [InlineData("a = ${?missing}[1]", "{\"a\":[1]}")]
    [InlineData("a = null, b = ${a}", "{\"a\":null,\"b\":null}")]
    [InlineData("a = ${unused}, a = 1", "{\"a\":1}")]
    [InlineData("a = ${x.y}, x = ${z}, z { y : 3 }", "{\"a\":3,\"x\":{\"y\":3},\"z\":{\"y\":3}}")]
    [InlineData("common { t = 1 }, a = ${common} { t = 2 }", "{\"common\":{\"t\":1},\"a\":{\"t\":2}}")]
    [InlineData("a = ${ENV_VALUE}", "{\"a\":\"from outside\"}")]
    [InlineData("ENV_VALUE = null, a = ${ENV_VALUE}", "{\"ENV_VALUE\":null,\"a\":null}")]
    [InlineData("[1, {a : 2}]", "[1,{\"a\":2}]")]
    [InlineData("a : {\n}\n, b : 1", "{\"a\":{},\"b\":1}")]
    [InlineData("\"a\\\"b\".c = 1", "{\"a\\\"b\":{\"c\":1}}")]
    public void Texts_and_what_they_mean(string text, string json)
    {
        JsonNode? got = HoconJson.Of(HoconJson.Resolve(text, ("ENV_VALUE", "from outside")));
        Assert.True(HoconJson.Same(JsonNode.Parse(json), got), got?.ToJsonString());
    }

    [Theory]
    [InlineData("a = ${a}", 1)]
    [InlineData("a { b : ${a} }", 1)]
    [InlineData("a : [${a}]", 1)]
    [InlineData("\na = ${b}\nb = ${a}", 3)]
    [InlineData("a = 1\nb = ${missing}", 2)]
    [InlineData("a = 1\nb = {x : 1} [2]", 2)]
    [InlineData("a = 1\n.b = 2", 2)]
    [InlineData("a..b = 2", 1)]
    [InlineData("a. = 2", 1)]
    [InlineData("a = 1\n\nb = \"open", 3)]
    [InlineData("a = \"\\q\"", 1)]
    [InlineData("a = 1 }", 1)]
    [InlineData("a = \"\"\"x\ny", 1)]
    [InlineData("include url(\"http://example.com/x.conf\")", 1)]
    [InlineData("a = 1\ninclude required(\"not-there.conf\")", 2)]
    [InlineData("include 5", 1)]
    public void Mistakes_are_refused_with_file_and_line(string text, int line)
    {
        var error = Assert.Throws<HoconException>(() => HoconJson.Resolve(text));
        Assert.StartsWith($"test.conf:{line}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_hold_and_bite_one_beyond()
    {
        HoconJson.Resolve(Nested(HoconLimits.DepthMax));
        Assert.Contains("nest deeper", Assert.Throws<HoconException>(() => HoconJson.Resolve(Nested(HoconLimits.DepthMax + 1))).Message, StringComparison.Ordinal);
        Assert.Throws<HoconException>(() => HoconJson.Resolve(new string('[', 100_000)));
        Assert.Throws<HoconException>(() => HoconJson.Resolve(string.Join('.', Enumerable.Repeat("a", 100_000)) + "=1"));
        HoconJson.Resolve(new string(' ', HoconLimits.CharsMax));
        Assert.Throws<HoconException>(() => HoconJson.Resolve(new string(' ', HoconLimits.CharsMax + 1)));

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("a {", depth)) + new string('}', depth);
    }

    [Fact]
    public void Substitutions_that_multiply_are_refused()
    {
        var arrays = new StringBuilder("a0 = [x]\n");
        var strings = new StringBuilder("b0 = xxxxxxxxxx\n");
        for (int i = 1; i < 60; i++)
        {
            arrays.Append($"a{i} = [${{a{i - 1}}}, ${{a{i - 1}}}]\n");
            strings.Append($"b{i} = ${{b{i - 1}}}${{b{i - 1}}}\n");
        }

        Assert.Throws<HoconException>(() => HoconJson.Resolve(arrays.ToString()));
        Assert.Throws<HoconException>(() => HoconJson.Resolve(strings.ToString()));
        Assert.Throws<HoconException>(() => HoconJson.Resolve(string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"c{i} = ${{c{i + 1}}}"))));
    }

    [Theory]
    [InlineData("1s", 1000.0)]
    [InlineData("1.5 seconds", 1500.0)]
    [InlineData("250", 250.0)]
    [InlineData("2m", 120_000.0)]
    [InlineData("1 day", 86_400_000.0)]
    [InlineData("-1ms", -1.0)]
    [InlineData("1500us", 1.5)]
    [InlineData("1w", null)]
    [InlineData("s", null)]
    [InlineData("", null)]
    [InlineData("1,5s", null)]
    [InlineData("99999999999999999d", null)]
    public void Durations(string text, double? milliseconds) => Assert.Equal(milliseconds, HoconUnits.Duration(text)?.TotalMilliseconds);

    [Theory]
    [InlineData("5", 5L)]
    [InlineData("1k", 1024L)]
    [InlineData("1kB", 1000L)]
    [InlineData("1 KiB", 1024L)]
    [InlineData("2MB", 2_000_000L)]
    [InlineData("2M", 2L << 20)]
    [InlineData("1.5GiB", 1536L << 20)]
    [InlineData("3 megabytes", 3_000_000L)]
    [InlineData("1 kibibyte", 1024L)]
    [InlineData("10b", 10L)]
    [InlineData("1 parsec", null)]
    [InlineData("-1k", null)]
    [InlineData("KB", null)]
    public void Sizes(string text, long? bytes) => Assert.Equal(bytes, (long?)HoconUnits.Size(text));

    [Fact]
    public void Objects_with_numbers_as_keys_are_arrays_where_one_is_asked_for()
    {
        HoconValue root = HoconJson.Resolve("a.2 = c, a.0 = a, a.x = no, a.10 = d, b = {}");
        Assert.Equal(["a", "c", "d"], root.Find("a")!.AsArray()!.Select(e => e.ToString()));
        Assert.Null(root.Find("b")!.AsArray());
    }

    [Fact]
    public void Properties_have_strings_and_paths_and_an_object_wins_over_a_string()
    {
        HoconObjectNode node = HoconProperties.Parse("# c\n! c\na.b=1\na=lost\nlong = one \\\n   two\nesc\\=aped:x\\u0041\\n\nempty", "x.properties");
        JsonNode? got = HoconJson.Of(HoconResolver.Resolve(node, _ => null));
        Assert.True(HoconJson.Same(JsonNode.Parse("{\"a\":{\"b\":\"1\"},\"long\":\"one two\",\"esc=aped\":\"xA\\n\",\"empty\":\"\"}"), got), got?.ToJsonString());
    }
}
