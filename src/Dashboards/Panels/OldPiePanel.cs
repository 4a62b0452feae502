using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The pie chart that was a plugin as the one of today.</summary>
internal static class OldPiePanel
{
    /// <summary>Turns it into a panel of today.</summary>
    public static void ToPieChart(JsonObject panel, ImportNotes notes)
    {
        notes.Retype(panel, "piechart");
        JsonObject defaults = FieldConfigs.Defaults(panel);
        defaults.Default("unit", panel.Word("format") ?? "short");
        defaults.Default("color", new JsonObject { ["mode"] = "palette-classic" });
        if (panel.Number("decimals") is { } decimals)
        {
            defaults["decimals"] = decimals;
        }

        JsonObject old = panel.Object("legend") ?? [];
        JsonObject options = panel.Ensure("options");
        options["pieType"] = panel.Text("pieType") == "donut" ? "donut" : "pie";
        options["reduceOptions"] = new JsonObject
        {
            ["calcs"] = new JsonArray(FieldConfigs.Reducer(panel.Text("valueName")) ?? "lastNotNull"), ["fields"] = string.Empty, ["values"] = false,
        };
        options["legend"] = new JsonObject
        {
            ["showLegend"] = old.Flag("show") ?? true,
            ["displayMode"] = old.IsOn("values") || old.IsOn("percentage") ? "table" : "list",
            ["placement"] = panel.Text("legendType") == "Right side" ? "right" : "bottom",
            ["values"] = new JsonArray([.. (old.IsOn("values") ? new JsonNode[] { "value" } : []), .. (old.IsOn("percentage") ? new JsonNode[] { "percent" } : [])]),
        };
        JsonArray overrides = panel.Ensure("fieldConfig").EnsureArray("overrides");
        foreach ((string alias, JsonNode? color) in panel.Object("aliasColors") ?? [])
        {
            if (color.AsText() is { } name)
            {
                overrides.Add((JsonNode)FieldConfigs.ByName(alias, [FieldConfigs.Property("color", FieldConfigs.Fixed(name))]));
            }
        }

        if (panel.Object("combine")?.Number("threshold") > 0)
        {
            notes.Approximated(panel, "small slices are not combined");
        }

        panel.Drop("format", "decimals", "legend", "legendType", "pieType", "valueName", "aliasColors", "combine", "strokeWidth", "fontSize", "breakPoint", "nullPointMode", "cacheTimeout");
    }
}
