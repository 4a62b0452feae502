using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Xunit;

namespace Pleiad.PromQL.Tests;

public class SyntaxJsonTests
{
    private static readonly EngineSettings Settings = new() { Features = PromQLFeatures.AllForScripts };

    [Theory]
    [InlineData("1e3", """{"type":"numberLiteral","val":"1000"}""")]
    [InlineData("-Inf", """{"type":"numberLiteral","val":"-Inf"}""")]
    [InlineData("\"\\xff\"", "{\"type\":\"stringLiteral\",\"val\":\"\uFFFD\"}")]
    [InlineData(
        "up{job=\"prometheus\"}",
        """{"type":"vectorSelector","name":"up","matchers":[{"name":"job","type":"=","value":"prometheus"},{"name":"__name__","type":"=","value":"up"}],"anchored":false,"smoothed":false,"offset":0,"timestamp":null,"startOrEnd":null}""")]
    [InlineData(
        "a[5m] @ end() offset -1m",
        """{"type":"matrixSelector","range":300000,"name":"a","matchers":[{"name":"__name__","type":"=","value":"a"}],"anchored":false,"smoothed":false,"offset":-60000,"timestamp":null,"startOrEnd":"end"}""")]
    [InlineData(
        "vector(1)[1h:step()*2] @ 1.5",
        """{"type":"subquery","expr":{"type":"call","func":{"name":"vector","argTypes":["scalar"],"variadic":0,"returnType":"vector"},"args":[{"type":"numberLiteral","val":"1"}]},"range":3600000,"step":0,"stepExpr":"step() * 2","offset":0,"timestamp":1500,"startOrEnd":null}""")]
    [InlineData(
        "-(1 < bool 2)",
        """{"type":"unaryExpr","op":"-","expr":{"type":"parenExpr","expr":{"type":"binaryExpr","op":"<","lhs":{"type":"numberLiteral","val":"1"},"rhs":{"type":"numberLiteral","val":"2"},"bool":true,"matching":null}}}""")]
    public void A_tree_is_written_in_the_shapes_of_the_reference(string query, string expected) =>
        Assert.Equal(expected, Written(query));

    [Fact]
    public void Matching_and_aggregation_are_written_in_full()
    {
        using JsonDocument tree = JsonDocument.Parse(Written("topk by (b) (2, a * on (x) group_left (y) fill (0) c)"));
        JsonElement root = tree.RootElement;
        Assert.Equal("aggregation", root.GetProperty("type").GetString());
        Assert.Equal("topk", root.GetProperty("op").GetString());
        Assert.Equal("2", root.GetProperty("param").GetProperty("val").GetString());
        Assert.Equal("b", root.GetProperty("grouping")[0].GetString());
        Assert.False(root.GetProperty("without").GetBoolean());
        JsonElement matching = root.GetProperty("expr").GetProperty("matching");
        Assert.Equal("many-to-one", matching.GetProperty("card").GetString());
        Assert.Equal("x", matching.GetProperty("labels")[0].GetString());
        Assert.Equal("y", matching.GetProperty("include")[0].GetString());
        Assert.True(matching.GetProperty("on").GetBoolean());
        Assert.Equal(0, matching.GetProperty("fillValues").GetProperty("lhs").GetDouble());
    }

    private static string Written(string query)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            SyntaxJson.Write(json, Parser.Parse(query, Settings));
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
