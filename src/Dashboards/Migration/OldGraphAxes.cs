using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Schemas 12 and 13: what graphs kept in <c>grid</c> and <c>y_formats</c> becomes axes and thresholds.</summary>
internal static class OldGraphAxes
{
    /// <summary>Gives every graph <c>yaxes</c>, <c>xaxis</c> and <c>thresholds</c>.</summary>
    public static void ToAxesAndThresholds(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels().Where(panel => panel.Text("type") == "graph"))
        {
            JsonObject grid = panel.Take("grid") as JsonObject ?? [];
            if (panel["yaxes"] is null && (panel["y_formats"] is not null || grid.Count > 0))
            {
                panel["yaxes"] = new JsonArray(Axis(panel, grid, "left", 0), Axis(panel, grid, "right", 1));
                panel.Default("xaxis", new JsonObject { ["show"] = panel.Flag("x-axis") ?? true });
            }

            if (panel["thresholds"] is null)
            {
                var thresholds = new JsonArray();
                bool line = grid.IsOn("thresholdLine");
                foreach (string name in (ReadOnlySpan<string>)["threshold1", "threshold2"])
                {
                    if (grid.Number(name) is { } value)
                    {
                        string color = grid.Word(name + "Color") ?? "rgba(216, 200, 27, 0.27)";
                        thresholds.Add((JsonNode)new JsonObject
                        {
                            ["value"] = value, ["op"] = "gt", ["fill"] = !line, ["line"] = line, ["colorMode"] = "custom", ["fillColor"] = color, ["lineColor"] = color,
                        });
                    }
                }

                panel["thresholds"] = thresholds;
            }

            panel.Drop("y_formats", "leftYAxisLabel", "rightYAxisLabel", "x-axis", "y-axis");
        }
    }

    private static JsonObject Axis(JsonObject panel, JsonObject grid, string side, int index) => new()
    {
        ["label"] = panel.Word(side + "YAxisLabel"),
        ["show"] = panel.Flag("y-axis") ?? true,
        ["logBase"] = grid.Number(side + "LogBase") ?? 1,
        ["min"] = grid.Number(side + "Min"),
        ["max"] = grid.Number(side + "Max"),
        ["format"] = panel.Array("y_formats") is { } formats && formats.Count > index ? formats[index].AsText() ?? "short" : "short",
    };
}
