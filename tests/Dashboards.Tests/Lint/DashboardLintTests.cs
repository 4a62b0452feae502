using System.Text;
using System.Text.Json.Nodes;
using Pleiad.PromQL;

namespace Pleiad.Dashboards.Tests;

public sealed class DashboardLintTests
{
    private static IEnumerable<string> Lint(string query)
    {
        static JsonObject Interval(string name) => new() { ["name"] = name, ["type"] = "interval", ["current"] = new JsonObject { ["value"] = "7m" } };
        var dashboard = new JsonObject
        {
            ["title"] = "t",
            ["schemaVersion"] = 43,
            ["templating"] = new JsonObject { ["list"] = new JsonArray(new JsonObject { ["name"] = "v", ["type"] = "query" }, new JsonObject { ["name"] = "i", ["type"] = "interval" }, new JsonObject { ["name"] = "w", ["type"] = "query" }, new JsonObject { ["name"] = "chosen", ["type"] = "custom", ["current"] = new JsonObject { ["value"] = new JsonArray("unless") } }, Interval("j"), Interval("k"), new JsonObject { ["name"] = "at", ["type"] = "custom", ["current"] = new JsonObject { ["value"] = "offset" } }) },
            ["panels"] = new JsonArray(new JsonObject
            {
                ["id"] = 1, ["type"] = "stat", ["title"] = "P", ["targets"] = new JsonArray(new JsonObject { ["refId"] = "A", ["expr"] = query }),
            }),
        };
        return DashboardLint.Check(DashboardImport.Migrate(dashboard, new DashboardLimits()), new EngineSettings()).Select(finding => finding.ToString());
    }

    [Theory]
    [InlineData("rate(x{a=\"$v\",b=~\"${v:regex}\",c!~\"[[v]]$\"}[$__rate_interval])")]
    [InlineData("topk($v, x)")]
    [InlineData("sum by ($v) (x)")]
    [InlineData("${v}_total")]
    [InlineData("rate(x[$v])")]
    [InlineData("rate(x[$i:$__interval] offset $i)")]
    [InlineData("label_replace(x, \"a\", \"$1\", \"b\", \"(.*)$\")")]
    [InlineData("x # it's $v\n + y")]
    [InlineData("x / $__range_s * ${__from}")]
    [InlineData("topk($v, ${w}_total)")]
    [InlineData("$v by ($w) (rate(x[$i]))")]
    [InlineData("$v(x{a=\"b\",$w}[${i}m])")]
    [InlineData("x $chosen y")]
    [InlineData("x offset $i $chosen y")]
    [InlineData("x $at $v")]
    public void A_query_that_works_for_some_value_is_right(string query) => Assert.Empty(Lint(query));

    [Theory]
    [InlineData("sum(x", "error: panel 1 \"P\", query A: 1:6: parse error: unclosed left parenthesis")]
    [InlineData("x{a=\"$nobody\"}", "error: panel 1 \"P\", query A: there is no variable nobody")]
    public void A_query_that_cannot_work_is_an_error_with_its_place(string query, string finding) => Assert.Contains(finding, Lint(query));

    // What is tried for them is 6 texts for v and w, 8 for i, 7 for chosen, and 9 for j and k.
    [Theory]
    [InlineData("(x $i $j $v", true)]
    [InlineData("(x $i $j $k", false)]
    [InlineData("(x $v $w $i $chosen", false)]
    public void What_could_not_be_tried_whole_is_not_called_wrong(string query, bool isWrong) => Assert.Equal(isWrong, Lint(query).Any());

    [Fact]
    public void A_query_with_many_places_for_variables_and_one_of_more_characters_than_are_read_are_not_tried()
    {
        int longest = new EngineSettings().TextCharsMax;
        Assert.Equal([$"error: panel 1 \"P\", query A: query is longer than {longest} characters"], Lint("$v" + new string(' ', longest - 1)));
        Assert.Equal(["error: panel 1 \"P\", query A: there is no variable n49999"], Lint("(" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $" $n{i}"))).Where(finding => finding.EndsWith("n49999", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_an_import_says_lint_says_as_a_warning()
    {
        ImportedDashboard imported = DashboardImport.Read(
            Encoding.UTF8.GetBytes("""{"title":"t","schemaVersion":43,"panels":[{"id":1,"type":"geomap","title":"M"}]}"""), new DashboardLimits());
        Assert.Equal(["warning: panel 1 \"M\": panels of type geomap are not drawn"], DashboardLint.Check(imported, new EngineSettings()).Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("math", null)]
    [InlineData("resample", null)]
    [InlineData("classic_conditions", null)]
    [InlineData("sql", "expressions of type sql are not evaluated")]
    public void Expressions_that_are_not_evaluated_are_told_by_their_kind(string kind, string? said)
    {
        string json = """
            {"title":"t","schemaVersion":42,"panels":[{"type":"stat","datasource":{"type":"datasource","uid":"-- Mixed --"},"targets":[
              {"refId":"A","expr":"up","datasource":{"type":"prometheus","uid":"p"}},{"refId":"B","type":"KIND","expression":"A","datasource":{"type":"__expr__","uid":"__expr__"}}]}]}
            """.Replace("KIND", kind, StringComparison.Ordinal);
        PanelReport report = Assert.Single(DashboardImport.Read(Encoding.UTF8.GetBytes(json), new DashboardLimits()).Report.Panels);
        Assert.Equal(said is null ? [] : [said], report.Notes);
    }
}
