using Pleiad.PromQL;

namespace Pleiad.Dashboards.Tests;

public sealed class ShippedDashboardsTests
{
    public static TheoryData<string> Names => new(ShippedDashboards.All.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shipped_dashboard_is_drawn_whole_and_lint_finds_nothing(string name)
    {
        ImportedDashboard imported = DashboardImport.Read(ShippedDashboards.All[name], new DashboardLimits());
        Assert.NotEmpty(imported.Report.Panels);
        Assert.Empty(DashboardLint.Check(imported, new EngineSettings()).Select(finding => finding.ToString()));
    }

    [Fact]
    public void Panels_of_a_shipped_dashboard_do_not_cover_each_other()
    {
        foreach (byte[] content in ShippedDashboards.All.Values)
        {
            var taken = new HashSet<(int X, int Y)>();
            foreach (System.Text.Json.Nodes.JsonObject panel in DashboardImport.Read(content, new DashboardLimits()).Dashboard.Panels())
            {
                System.Text.Json.Nodes.JsonNode place = panel["gridPos"]!;
                for (int x = (int)place["x"]!; x < (int)place["x"]! + (int)place["w"]!; x++)
                {
                    for (int y = (int)place["y"]!; y < (int)place["y"]! + (int)place["h"]!; y++)
                    {
                        Assert.True(taken.Add((x, y)) && x < 24, $"{panel["title"]} at {x},{y}");
                    }
                }
            }
        }
    }
}
