using System.Text.Json.Nodes;
using Pleiad.PromQL;

namespace Pleiad.Dashboards.Tests;

public sealed class PublicDashboardsTests
{
    private static readonly DashboardLimits Limits = new();

    public static TheoryData<string> Files => PublicDashboards.Files;

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Every_panel_of_a_public_dashboard_is_drawn(string file)
    {
        ImportedDashboard imported = DashboardImport.Read(PublicDashboards.Read(file), Limits);
        Assert.NotEmpty(imported.Report.Panels);
        Assert.All(imported.Report.Panels, panel => Assert.True(panel.Outcome == PanelOutcome.Ok, $"{panel.Id} {panel.Title}: {string.Join("; ", panel.Notes)}"));
        Assert.Equal(43, (int)imported.Dashboard["schemaVersion"]!);
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void What_was_exported_comes_back_in_unchanged(string file)
    {
        JsonObject first = DashboardImport.Read(PublicDashboards.Read(file), Limits).Dashboard;
        byte[] exported = DashboardJson.Write(first);
        JsonObject second = DashboardImport.Read(exported, Limits).Dashboard;
        Assert.Equal(exported, DashboardJson.Write(second));
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Every_query_is_PromQL_once_its_variables_have_values(string file)
    {
        IReadOnlyList<LintFinding> findings = DashboardLint.Check(DashboardImport.Read(PublicDashboards.Read(file), Limits), new EngineSettings());
        Assert.Empty(findings.Where(finding => finding.IsError).Select(finding => finding.ToString()));
    }

    [SkippableFact]
    public void Node_exporter_full_has_all_its_panels_and_rows()
    {
        ImportedDashboard imported = DashboardImport.Read(PublicDashboards.Read("node-exporter-full.json"), Limits);
        Assert.Equal(125, imported.Report.Count(PanelOutcome.Ok));
        Assert.Equal(16, imported.Dashboard.Panels().Count(panel => panel.IsRow()));
    }

    [SkippableFact]
    public void Of_a_dashboard_of_today_nothing_changes_but_the_version_of_its_schema()
    {
        JsonObject before = DashboardJson.Read(PublicDashboards.Read("node-exporter-full.json"), Limits);
        before["schemaVersion"] = 43;
        JsonObject expected = (JsonObject)before.DeepClone();
        Assert.True(JsonNode.DeepEquals(expected, DashboardImport.Migrate(before, Limits).Dashboard));
    }
}
