using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Panels that Grafana no longer has, or has in another form, become what took their place.</summary>
internal static class OldPanels
{
    /// <summary>Replaces a panel in place where it is an old one.</summary>
    public static void Replace(JsonObject panel, ImportNotes notes)
    {
        switch (panel.Text("type"))
        {
            case "graph":
                GraphPanel.ToTimeSeries(panel, notes);
                break;
            case "singlestat" or "grafana-singlestat-panel":
                SingleStatPanel.ToStat(panel, notes);
                break;
            case "table-old":
            case "table" when panel["styles"] is not null || panel["columns"] is not null:
                OldTablePanel.ToTable(panel, notes);
                break;
            case "grafana-piechart-panel":
                OldPiePanel.ToPieChart(panel, notes);
                break;
            case "heatmap" when panel["dataFormat"] is not null || panel["yAxis"] is not null:
                OldHeatmapPanel.ToHeatmap(panel, notes);
                break;
            case "text2":
                notes.Retype(panel, "text");
                panel.Object("options")?.Remove("angular");
                break;
            case "text" when panel["content"] is not null:
                JsonObject text = panel.Ensure("options");
                panel.Move("mode", text);
                panel.Move("content", text);
                break;
            case "dashlist" when panel["options"] is null:
                OldListPanels.DashboardList(panel);
                break;
            case "alertlist" when panel["show"] is not null && panel["options"] is null:
                OldListPanels.AlertList(panel);
                break;
            case "stat" or "gauge" or "bargauge" when panel.Object("options") is { } options && (options["fieldOptions"] is not null || options["valueOptions"] is not null):
                FieldOptions.ToFieldConfig(panel, options);
                break;
        }
    }
}
