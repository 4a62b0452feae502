using System.Text;
using System.Text.Json.Nodes;
using Pleiad.PromQL;

namespace Pleiad.Dashboards.Tests;

public sealed class DashboardLintTests
{
    private static IEnumerable<string> Lint(string query)
    {
        var dashboard = new JsonObject
        {
            ["title"] = "t",
            ["schemaVersion"] = 43,
            ["templating"] = new JsonObject { ["list"] = new JsonArray(new JsonObject { ["name"] = "v", ["type"] = "query" }, new JsonObject { ["name"] = "i", ["type"] = "interval" }) },
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
    public void A_query_that_works_for_some_value_is_right(string query) => Assert.Empty(Lint(query));

    [Theory]
    [InlineData("sum(x", "error: panel 1 \"P\", query A: 1:6: parse error: unclosed left parenthesis")]
    [InlineData("x{a=\"$nobody\"}", "error: panel 1 \"P\", query A: there is no variable nobody")]
    public void A_query_that_cannot_work_is_an_error_with_its_place(string query, string finding) => Assert.Contains(finding, Lint(query));

    [Fact]
    public void What_an_import_says_lint_says_as_a_warning()
    {
        ImportedDashboard imported = DashboardImport.Read(
            Encoding.UTF8.GetBytes("""{"title":"t","schemaVersion":43,"panels":[{"id":1,"type":"geomap","title":"M"}]}"""), new DashboardLimits());
        Assert.Equal(["warning: panel 1 \"M\": panels of type geomap are not drawn"], DashboardLint.Check(imported, new EngineSettings()).Select(f => f.ToString()));
    }
}
