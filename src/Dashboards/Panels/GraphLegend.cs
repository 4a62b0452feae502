using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The legend of a graph.</summary>
internal static class GraphLegend
{
    private static readonly string[] Values = ["min", "max", "avg", "current", "total"];

    /// <summary>The legend of today.</summary>
    public static JsonObject Of(JsonObject panel)
    {
        JsonObject old = panel.Object("legend") ?? [];
        bool table = old.IsOn("alignAsTable");
        string[] calcs = old.Flag("values") == false ? [] : [.. Values.Where(old.IsOn)];
        var legend = new JsonObject
        {
            ["showLegend"] = old.Flag("show") ?? true,
            ["displayMode"] = table ? "table" : "list",
            ["placement"] = old.IsOn("rightSide") ? "right" : "bottom",
            ["calcs"] = new JsonArray([.. calcs.Select(calc => (JsonNode)FieldConfigs.Reducer(calc)!)]),
        };
        if (old.Word("sort") is { } sort && FieldConfigs.Reducer(sort) is { } by && calcs.Contains(sort))
        {
            legend["sortBy"] = HeadingOf(by);
            legend["sortDesc"] = old.IsOn("sortDesc");
        }

        if (old.Number("sideWidth") is { } width && old.IsOn("rightSide"))
        {
            legend["width"] = width;
        }

        return legend;
    }

    // Legends are sorted by the heading of a column.
    private static string HeadingOf(string reducer) => reducer switch
    {
        "mean" => "Mean",
        "lastNotNull" => "Last *",
        "sum" => "Total",
        "min" => "Min",
        _ => "Max",
    };
}
