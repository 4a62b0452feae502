using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The thresholds of a graph: each colours one side of a value.</summary>
internal static class GraphThresholds
{
    private const string Transparent = "transparent";

    /// <summary>Writes them into the defaults.</summary>
    public static void Apply(JsonObject panel, JsonObject defaults, ImportNotes notes)
    {
        (double Value, bool Below, string Color, JsonObject Old)[] old =
        [
            .. panel.Objects("thresholds")
                .Where(threshold => threshold.Number("value") is not null)
                .Select(threshold => (threshold.Number("value")!.Value, threshold.Text("op") == "lt", ColorOf(threshold), threshold))
                .OrderBy(threshold => threshold.Item1),
        ];
        if (old.Length == 0)
        {
            return;
        }

        var steps = new List<(double? From, string Color)> { (null, Transparent) };
        foreach ((double value, bool below, string color, _) in old)
        {
            if (below)
            {
                // All that lies below takes the colour, unless something coloured it already.
                int last = steps.Count - 1;
                steps[last] = (steps[last].From, steps[last].Color == Transparent ? color : steps[last].Color);
                steps.Add((value, Transparent));
            }
            else
            {
                steps.Add((value, color));
            }
        }

        defaults["thresholds"] = FieldConfigs.Thresholds(steps);
        bool line = old.Any(threshold => threshold.Old.IsOn("line"));
        bool fill = old.Any(threshold => threshold.Old.IsOn("fill"));
        defaults.Ensure("custom")["thresholdsStyle"] = new JsonObject { ["mode"] = line && fill ? "line+area" : fill ? "area" : line ? "line" : "off" };
        if (old.Any(threshold => threshold.Old.Text("yaxis") == "right"))
        {
            notes.Approximated(panel, "thresholds of the right axis stand on the left one");
        }
    }

    private static string ColorOf(JsonObject threshold) => threshold.Text("colorMode") switch
    {
        "critical" => "red",
        "warning" => "orange",
        "ok" => "green",
        _ => (threshold.IsOn("fill") ? threshold.Word("fillColor") : threshold.Word("lineColor")) ?? threshold.Word("fillColor") ?? "red",
    };
}
