using Pleiad.Model;

namespace Pleiad.Alerting.Tests;

public sealed class TemplateTests
{
    private static readonly TemplateContext Context = new(new Timestamp(0), "http://host/p/", TemplateQueries.None);

    private static readonly object Data = new TemplateMap(
        new Dictionary<string, object?>
        {
            ["n"] = 3L,
            ["f"] = 1.5,
            ["s"] = "text",
            ["list"] = new object?[] { "a", "b", "c" },
            ["map"] = new TemplateMap(new Dictionary<string, object?> { ["y"] = "2", ["x"] = "1" }, true),
        },
        false);

    // What Go 1.24's text/template prints.
    [Theory]
    [InlineData("a {{- 1 -}} b", "a1b")]
    [InlineData("a {{/* not shown */}} b", "a  b")]
    [InlineData("a {{- /* not shown */ -}} b", "ab")]
    [InlineData("{{if .n}}yes{{else}}no{{end}}", "yes")]
    [InlineData("{{if not .n}}1{{else if eq .s \"text\"}}2{{else}}3{{end}}", "2")]
    [InlineData("{{with .map}}{{.x}}{{end}}{{with .none}}a{{else}}b{{end}}", "1b")]
    [InlineData("{{range $i, $e := .list}}{{$i}}{{$e}} {{end}}", "0a 1b 2c ")]
    [InlineData("{{range $k, $v := .map}}{{$k}}={{$v}} {{end}}", "x=1 y=2 ")]
    [InlineData("{{range .list}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac")]
    [InlineData("{{range .list}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{else}}none{{end}}", "a")]
    [InlineData("{{range .none}}x{{else}}none{{end}}", "none")]
    [InlineData("{{range 3}}{{.}}{{end}}", "012")]
    [InlineData("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2")]
    [InlineData("{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1")]
    [InlineData("{{define \"d\"}}[{{.}}]{{end}}{{template \"d\" .s}}", "[text]")]
    [InlineData("{{block \"b\" .n}}<{{.}}>{{end}}", "<3>")]
    [InlineData("{{index .list 1}}{{index .map \"y\"}}{{len .list}}{{slice .s 1 3}}", "b23ex")]
    [InlineData("{{and .n .s}} {{or 0 \"\" .f}} {{not .n}}", "text 1.5 false")]
    [InlineData("{{and 0 (index .list 9)}}", "0")]
    [InlineData("{{eq .n 1 2 3}} {{ne .n 3}} {{lt .n 4}} {{ge 2.5 1.5}} {{gt \"b\" \"a\"}}", "true false true true true")]
    [InlineData("{{print 1 2 \"a\" \"b\" 3}} {{println .n}}", "1 2ab3 3\n")]
    [InlineData("{{printf \"%5.1f|%-5s|%05d|%q|%v|%x|%t|%T\" .f .s .n .s .list 255 true .f}}", "  1.5|text |00003|\"text\"|[a b c]|ff|true|float64")]
    [InlineData("{{printf \"%d %s\" .s}}", "%!d(string=text) %!s(MISSING)")]
    [InlineData("{{printf \"%s\" .s .n}}", "text%!(EXTRA int=3)")]
    [InlineData("{{printf \"%[2]d %[1]d\" 1 2}} {{printf \"%9.2e %g %g\" 1234.5 1000000.0 1e20}}", "2 1  1.23e+03 1e+06 1e+20")]
    [InlineData("{{printf \"%.0f %.0f %.2f %.3g\" 0.5 1.5 0.125 1234567.0}}", "0 2 0.12 1.23e+06")]
    [InlineData("{{.map}} {{.list}} {{.none}} {{1e6}} {{123456789.0}} {{0x1F}} {{'a'}}", "map[x:1 y:2] [a b c] <no value> 1e+06 1.23456789e+08 31 97")]
    [InlineData("{{\"a\\tb\\u00e9\\x41\"}}{{`raw\\n`}}", "a\tbéAraw\\n")]
    [InlineData("{{html \"<a b='c'>\"}} {{js \"it's\"}} {{urlquery \"a b&c\"}}", "&lt;a b=&#39;c&#39;&gt; it\\'s a+b%26c")]
    [InlineData("{{(args 1 2).arg1}} {{pathPrefix}} {{graphLink \"up == 0\"}}", "2 /p/ /graph?g0.expr=up+%3D%3D+0&g0.tab=0")]
    [InlineData("{{1.5e3 | toDuration}} {{(toTime 0).Format \"Monday, 02-Jan-06 15:04:05.000 MST\"}}", "25m0s Thursday, 01-Jan-70 00:00:00.000 UTC")]
    public void A_template_expands_as_in_go(string text, string expected) => Assert.Equal(expected, Expand(text));

    // What Go says.
    [Theory]
    [InlineData("{{if}}x{{end}}", "template: t:1: missing value for if")]
    [InlineData("{{if .n}}x", "template: t:1: unexpected EOF")]
    [InlineData("x{{end}}", "template: t:1: unexpected {{end}}")]
    [InlineData("{{nothere 1}}", "template: t:1: function \"nothere\" not defined")]
    [InlineData("\n{{$x}}", "template: t:2: undefined variable \"$x\"")]
    [InlineData("{{(1}}", "template: t:1: unclosed left paren")]
    [InlineData("{{1)}}", "template: t:1: unexpected right paren")]
    [InlineData("{{\"a}}", "template: t:1: unterminated quoted string")]
    [InlineData("{{1 | 2}}", "template: t:1: non executable command in pipeline stage 2")]
    [InlineData("{{break}}", "template: t:1: {{break}} outside {{range}}")]
    [InlineData("{{/* x}}", "template: t:1: unclosed comment")]
    [InlineData("{{1.x}}", "template: t:1: bad number syntax: \"1.x\"")]
    [InlineData("a{{ .n.x }}", "template: t:1:6: executing \"t\" at <.n.x>: can't evaluate field x in type int")]
    [InlineData("{{ index .list 7 }}", "template: t:1:3: executing \"t\" at <index .list 7>: error calling index: index out of range: 7")]
    [InlineData("{{ title 3 }}", "template: t:1:9: executing \"t\" at <3>: expected string; found 3")]
    [InlineData("{{ title }}", "template: t:1:3: executing \"t\" at <title>: wrong number of args for title: want 1 got 0")]
    [InlineData("{{ eq .n .f }}", "template: t:1:3: executing \"t\" at <eq .n .f>: error calling eq: incompatible types for comparison")]
    [InlineData("{{ template \"x\" }}", "template: t:1:3: executing \"t\" at <{{template \"x\"}}>: template \"x\" not defined")]
    [InlineData("{{ 1 2 }}", "template: t:1:3: executing \"t\" at <1>: can't give argument to non-function 1")]
    public void A_mistake_is_told_as_go_tells_it(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<TemplateException>(() => Expand(text)).Message);

    [Fact]
    public void Every_prefix_of_a_template_is_read_or_refused()
    {
        const string Whole = "a {{- if and .n (eq .s \"text\") -}} {{range $i, $e := .list}}{{$i | printf \"%03d\"}}{{else}}-{{end}} {{/* c */}}{{end}}";
        for (int length = 0; length <= Whole.Length; length++)
        {
            try
            {
                Expand(Whole[..length]);
            }
            catch (TemplateException e)
            {
                Assert.StartsWith("template: t:1", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_template_that_does_not_end_is_ended()
    {
        Assert.Contains("steps", Assert.Throws<TemplateException>(() => Expand("{{range 9000000000}}{{end}}")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "maximum template depth",
            Assert.Throws<TemplateException>(() => Expand("{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_output_has_a_limit()
    {
        Assert.Equal(TemplateLimits.OutputCharsMax, Expand(Padding(TemplateLimits.OutputCharsMax)).Length);
        Assert.Contains(
            "output is longer",
            Assert.Throws<TemplateException>(() => Expand(Padding(TemplateLimits.OutputCharsMax + 1))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_width_has_a_limit()
    {
        Assert.Equal(TemplateLimits.PrintWidthMax, Expand($"{{{{printf \"%{TemplateLimits.PrintWidthMax}d\" 1}}}}").Length);
        Assert.Equal("%!(BADWIDTH)", Expand($"{{{{printf \"%{TemplateLimits.PrintWidthMax + 1}d\" 1}}}}"));
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        Assert.Equal("1", Expand(Parens(TemplateLimits.DepthMax)));
        Assert.Contains(
            "nested deeper", Assert.Throws<TemplateException>(() => Expand(Parens(TemplateLimits.DepthMax + 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_that_is_not_answered_yet_is_wanted() =>
        Assert.Equal("up", Assert.Throws<TemplateQueryWantedException>(() => Expand("{{query \"up\"}}")).Query);

    private static string Padding(int length)
    {
        int half = length / 2;
        return $"{{{{printf \"%*s\" {half} \"\"}}}}{{{{printf \"%*s\" {length - half} \"\"}}}}";
    }

    private static string Parens(int depth) => $"{{{{{new string('(', depth)}1{new string(')', depth)}}}}}";

    private static string Expand(string text) => Template.Parse("t", text, TemplateOptions.Text).Expand(Data, Context);
}
