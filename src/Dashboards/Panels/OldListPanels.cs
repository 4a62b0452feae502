using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Lists of dashboards and alerts whose settings stood beside the options.</summary>
internal static class OldListPanels
{
    /// <summary>A list of dashboards.</summary>
    public static void DashboardList(JsonObject panel)
    {
        var options = new JsonObject
        {
            ["showStarred"] = panel.Flag("starred") ?? true,
            ["showRecentlyViewed"] = panel.IsOn("recent"),
            ["showSearch"] = panel.IsOn("search"),
            ["showHeadings"] = panel.Flag("headings") ?? true,
            ["maxItems"] = panel.Number("limit") ?? 10,
            ["query"] = panel.Text("query") ?? string.Empty,
            ["tags"] = panel.Take("tags") as JsonArray ?? [],
        };
        panel.Drop("starred", "recent", "search", "headings", "limit", "query", "folderId");
        panel["options"] = options;
    }

    /// <summary>A list of alerts.</summary>
    public static void AlertList(JsonObject panel)
    {
        var options = new JsonObject
        {
            ["maxItems"] = panel.Number("limit") ?? 10,
            ["sortOrder"] = panel.Number("sortOrder") ?? 1,
            ["dashboardAlerts"] = panel.IsOn("onlyAlertsOnDashboard"),
            ["alertName"] = panel.Text("nameFilter") ?? string.Empty,
            ["dashboardTitle"] = panel.Text("dashboardFilter") ?? string.Empty,
        };
        var states = new JsonObject { ["firing"] = true, ["pending"] = true };
        if (panel.Array("stateFilter") is { Count: > 0 } wanted)
        {
            string[] names = [.. wanted.Select(state => state.AsText()).OfType<string>()];
            states["firing"] = names.Contains("alerting");
            states["pending"] = names.Contains("pending");
        }

        options["stateFilter"] = states;
        panel.Drop("limit", "sortOrder", "onlyAlertsOnDashboard", "nameFilter", "dashboardFilter", "stateFilter", "show");
        panel["options"] = options;
    }
}
