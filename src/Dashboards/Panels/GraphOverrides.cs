using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What a graph says of single series: colours by name, and settings by name or pattern.</summary>
internal static class GraphOverrides
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "alias", "yaxis", "color", "lines", "bars", "points", "fill", "linewidth", "transform", "stack", "dashes", "dashLength", "spaceLength",
        "fillBelowTo", "legend", "hideTooltip", "steppedLine", "pointradius", "nullPointMode", "zindex", "fillGradient", "$$hashKey", "hiddenSeries",
    };

    /// <summary>Writes them as overrides.</summary>
    public static void Apply(JsonObject panel, JsonObject[] axes, ImportNotes notes)
    {
        JsonArray overrides = panel.Ensure("fieldConfig").EnsureArray("overrides");
        foreach ((string alias, JsonNode? color) in panel.Object("aliasColors") ?? [])
        {
            if (color.AsText() is { } name)
            {
                overrides.Add((JsonNode)FieldConfigs.ByName(alias, [FieldConfigs.Property("color", FieldConfigs.Fixed(name))]));
            }
        }

        foreach (JsonObject series in panel.Objects("seriesOverrides"))
        {
            if (series.Word("alias") is not { } alias)
            {
                continue;
            }

            JsonObject[] properties = [.. Properties(series, axes)];
            if (properties.Length > 0)
            {
                overrides.Add((JsonNode)FieldConfigs.ByName(alias, properties));
            }

            foreach (string unknown in series.Select(member => member.Key).Where(key => !Known.Contains(key)))
            {
                notes.Approximated(panel, $"\"{unknown}\" of series {alias} is left out");
            }
        }
    }

    private static IEnumerable<JsonObject> Properties(JsonObject series, JsonObject[] axes)
    {
        if (series.Number("yaxis") == 2)
        {
            foreach (JsonObject property in GraphAxis.Right(axes.ElementAtOrDefault(1)))
            {
                yield return property;
            }
        }

        if (series.Word("color") is { } color)
        {
            yield return FieldConfigs.Property("color", FieldConfigs.Fixed(color));
        }

        if (DrawStyle(series) is { } style)
        {
            yield return FieldConfigs.Property("custom.drawStyle", style);
        }

        if (series.Flag("points") is { } points)
        {
            yield return FieldConfigs.Property("custom.showPoints", points ? "always" : "never");
        }

        if (series.Number("fill") is { } fill)
        {
            yield return FieldConfigs.Property("custom.fillOpacity", Math.Clamp(fill * 10, 0, 100));
        }

        // A line that is switched off is one of no width: the area below it stays.
        double? width = series.Flag("lines") == false && !series.IsOn("bars") ? 0 : series.Number("linewidth");
        if (width is { } pixels)
        {
            yield return FieldConfigs.Property("custom.lineWidth", pixels);
        }

        if (series.Word("transform") is { } transform)
        {
            yield return FieldConfigs.Property("custom.transform", transform);
        }

        if (series["stack"] is { } stack)
        {
            string? group = stack.AsText();
            bool on = group is not null || series.IsOn("stack");
            yield return FieldConfigs.Property("custom.stacking", new JsonObject { ["mode"] = on ? "normal" : "none", ["group"] = group ?? "A" });
        }

        if (series.IsOn("dashes"))
        {
            yield return FieldConfigs.Property("custom.lineStyle", GraphPanel.Dashes(series));
        }

        if (series.IsOn("steppedLine"))
        {
            yield return FieldConfigs.Property("custom.lineInterpolation", "stepAfter");
        }

        if (series.Word("fillBelowTo") is { } below)
        {
            yield return FieldConfigs.Property("custom.fillBelowTo", below);
        }

        if (series.Number("pointradius") is { } radius)
        {
            yield return FieldConfigs.Property("custom.pointSize", Math.Max(1, radius * 2));
        }

        if (series.Text("nullPointMode") is { } nulls)
        {
            yield return FieldConfigs.Property("custom.spanNulls", nulls == "connected");
        }

        if (series.Flag("legend") == false || series.IsOn("hideTooltip") || series.IsOn("hiddenSeries"))
        {
            yield return FieldConfigs.Property("custom.hideFrom", new JsonObject
            {
                ["legend"] = series.Flag("legend") == false, ["tooltip"] = series.IsOn("hideTooltip") || series.IsOn("hiddenSeries"), ["viz"] = series.IsOn("hiddenSeries"),
            });
        }
    }

    private static string? DrawStyle(JsonObject series) =>
        series.IsOn("bars") ? "bars"
        : series.IsOn("lines") ? "line"
        : series.IsOn("points") && series.Flag("lines") == false ? "points"
        : series.Flag("bars") == false ? "line"
        : null;
}
