using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The heatmap of Grafana before 9 as the one of today.</summary>
internal static class OldHeatmapPanel
{
    private const int ColorSteps = 64;

    /// <summary>Moves what stood beside the options into them.</summary>
    public static void ToHeatmap(JsonObject panel, ImportNotes notes)
    {
        JsonObject yAxis = panel.Object("yAxis") ?? [];
        JsonObject color = panel.Object("color") ?? [];
        JsonObject tooltip = panel.Object("tooltip") ?? [];
        bool buckets = panel.Text("dataFormat") == "tsbuckets";
        JsonObject options = panel.Ensure("options");
        options["calculate"] = !buckets;
        if (!buckets)
        {
            options["calculation"] = Calculation(panel, yAxis);
        }

        bool opacity = color.Text("mode") == "opacity";
        var colors = new JsonObject
        {
            ["mode"] = opacity ? "opacity" : "scheme",
            ["scheme"] = SchemeOf(color.Text("colorScheme")),
            ["fill"] = color.Word("cardColor") ?? "dark-orange",
            ["scale"] = color.Text("colorScale") == "linear" ? "linear" : "exponential",
            ["exponent"] = color.Number("exponent") ?? 0.5,
            ["steps"] = ColorSteps,
            ["reverse"] = false,
        };
        Copy(color, "min", colors);
        Copy(color, "max", colors);
        options["color"] = colors;
        var axis = new JsonObject { ["axisPlacement"] = yAxis.Flag("show") == false ? "hidden" : "left", ["reverse"] = panel.IsOn("reverseYBuckets"), ["unit"] = yAxis.Word("format") ?? "short" };
        Copy(yAxis, "decimals", axis);
        Copy(yAxis, "min", axis);
        Copy(yAxis, "max", axis);
        options["yAxis"] = axis;
        options["rowsFrame"] = new JsonObject { ["layout"] = panel.Text("yBucketBound") switch { "upper" => "le", "lower" => "ge", "middle" => "unknown", _ => "auto" } };
        options["cellGap"] = panel.Object("cards")?.Number("cardPadding") ?? 1;
        options["showValue"] = "never";
        options["legend"] = new JsonObject { ["show"] = panel.Object("legend")?.IsOn("show") ?? false };
        options["tooltip"] = new JsonObject { ["mode"] = tooltip.Flag("show") == false ? "none" : "single", ["yHistogram"] = tooltip.IsOn("showHistogram") };
        if (panel.IsOn("hideZeroBuckets"))
        {
            options["filterValues"] = new JsonObject { ["le"] = 1e-9 };
        }

        if (panel.Object("cards")?["cardRound"].AsNumber() > 0)
        {
            notes.Approximated(panel, "cells have no round corners");
        }

        panel.Drop(
            "dataFormat", "yAxis", "xAxis", "color", "cards", "heatmap", "highlightCards", "hideZeroBuckets", "legend", "reverseYBuckets", "tooltip",
            "tooltipDecimals", "xBucketNumber", "xBucketSize", "yBucketBound", "yBucketNumber", "yBucketSize", "editable", "error");
    }

    private static JsonObject Calculation(JsonObject panel, JsonObject yAxis)
    {
        JsonObject Side(string name)
        {
            var side = new JsonObject();
            string? size = panel[name + "BucketSize"].AsScalarText();
            string? number = panel[name + "BucketNumber"].AsScalarText();
            if (size is { Length: > 0 } || number is { Length: > 0 })
            {
                side["mode"] = size is { Length: > 0 } ? "size" : "count";
                side["value"] = size is { Length: > 0 } ? size : number;
            }

            return side;
        }

        JsonObject y = Side("y");
        if (yAxis.Number("logBase") is > 1 and { } logBase)
        {
            y["scale"] = new JsonObject { ["type"] = "log", ["log"] = logBase };
        }

        return new JsonObject { ["xBuckets"] = Side("x"), ["yBuckets"] = y };
    }

    private static void Copy(JsonObject from, string name, JsonObject to)
    {
        if (from.Number(name) is { } value)
        {
            to[name] = value;
        }
    }

    // "interpolateOranges" of d3 is "Oranges" today.
    private static string SchemeOf(string? scheme) =>
        scheme is not null && scheme.StartsWith("interpolate", StringComparison.Ordinal) ? scheme["interpolate".Length..] : "Oranges";
}
