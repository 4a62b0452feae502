using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The graph of Grafana before 8 as a time series panel.</summary>
internal static class GraphPanel
{
    private static readonly string[] Mapped =
    [
        "lines", "bars", "points", "fill", "fillGradient", "linewidth", "pointradius", "steppedLine", "dashes", "dashLength", "spaceLength",
        "stack", "percentage", "nullPointMode", "yaxes", "yaxis", "xaxis", "legend", "tooltip", "thresholds", "seriesOverrides", "aliasColors",
        "timeRegions", "renderer", "decimals", "hiddenSeries", "editable", "error", "isNew", "styles", "zerofill",
    ];

    /// <summary>Turns a graph into a time series panel; graphs of something else than time into what shows it.</summary>
    public static void ToTimeSeries(JsonObject panel, ImportNotes notes)
    {
        string mode = panel.Object("xaxis")?.Text("mode") ?? "time";
        notes.Retype(panel, mode switch { "histogram" => "histogram", "series" => "bargauge", _ => "timeseries" });
        JsonObject defaults = FieldConfigs.Defaults(panel);
        JsonObject[] axes = [.. panel.Objects("yaxes").Take(2)];
        if (axes.Length > 0)
        {
            GraphAxis.Left(defaults, axes[0]);
        }

        defaults["decimals"] = panel.Number("decimals") ?? axes.FirstOrDefault()?.Number("decimals");
        if (defaults["decimals"] is null)
        {
            defaults.Remove("decimals");
        }

        defaults.Default("color", new JsonObject { ["mode"] = "palette-classic" });
        JsonObject options = panel.Ensure("options");
        options.Move("dataLinks", defaults, "links");
        options.Remove("alertThreshold");
        switch (mode)
        {
            case "histogram":
                notes.Approximated(panel, "a graph with an axis of values is drawn as a histogram");
                if (panel.Object("xaxis")?.Number("buckets") is { } buckets)
                {
                    options["bucketCount"] = buckets;
                }

                break;
            case "series":
                notes.Approximated(panel, "a graph with an axis of series is drawn as bars");
                string reducer = FieldConfigs.Reducer(panel.Object("xaxis")?.Array("values")?.FirstOrDefault().AsText()) ?? "sum";
                options["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray(reducer), ["fields"] = string.Empty, ["values"] = false };
                break;
            default:
                Lines(panel, defaults.Ensure("custom"));
                GraphThresholds.Apply(panel, defaults, notes);
                GraphOverrides.Apply(panel, axes, notes);
                HideTimeAxis(panel);
                options["tooltip"] = Tooltip(panel, notes);
                break;
        }

        options["legend"] = GraphLegend.Of(panel);
        Complain(panel, notes);
        panel.Drop(Mapped);
    }

    private static void Lines(JsonObject panel, JsonObject custom)
    {
        bool lines = panel.Flag("lines") ?? true;
        bool bars = panel.IsOn("bars");
        bool points = panel.IsOn("points");
        custom["drawStyle"] = bars ? "bars" : lines || !points ? "line" : "points";
        custom["lineWidth"] = bars ? 1 : lines ? panel.Number("linewidth") ?? 1 : 0;
        double gradient = panel.Number("fillGradient") ?? 0;
        double fill = panel.Number("fill") ?? 1;
        custom["fillOpacity"] = bars && panel["fill"] is null ? 100 : Math.Clamp((gradient > 0 ? gradient : fill) * 10, 0, 100);
        custom["gradientMode"] = gradient > 0 ? "opacity" : "none";
        custom["lineInterpolation"] = panel.IsOn("steppedLine") ? "stepAfter" : "linear";
        custom["showPoints"] = points ? "always" : "never";
        custom["pointSize"] = Math.Max(1, (panel.Number("pointradius") ?? 2) * 2);
        if (panel.IsOn("dashes"))
        {
            custom["lineStyle"] = Dashes(panel);
        }

        custom["stacking"] = new JsonObject
        {
            ["mode"] = !panel.IsOn("stack") ? "none" : panel.IsOn("percentage") ? "percent" : "normal", ["group"] = "A",
        };
        custom["spanNulls"] = panel.Text("nullPointMode") == "connected";
    }

    /// <summary>A dashed line.</summary>
    public static JsonObject Dashes(JsonObject of) => new()
    {
        ["fill"] = "dash", ["dash"] = new JsonArray(of.Number("dashLength") ?? 10, of.Number("spaceLength") ?? 10),
    };

    private static void HideTimeAxis(JsonObject panel)
    {
        if (panel.Object("xaxis")?.Flag("show") == false)
        {
            panel.Ensure("fieldConfig").EnsureArray("overrides").Add((JsonNode)new JsonObject
            {
                ["matcher"] = new JsonObject { ["id"] = "byType", ["options"] = "time" },
                ["properties"] = new JsonArray(FieldConfigs.Property("custom.axisPlacement", "hidden")),
            });
        }
    }

    private static JsonObject Tooltip(JsonObject panel, ImportNotes notes)
    {
        JsonObject old = panel.Object("tooltip") ?? [];
        if (panel.IsOn("stack") && old.Text("value_type") == "cumulative")
        {
            notes.Approximated(panel, "the tooltip shows values of their own, not those below added");
        }

        return new JsonObject
        {
            ["mode"] = old.Flag("shared") ?? true ? "multi" : "single",
            ["sort"] = old.Number("sort") switch { 1 => "asc", 2 => "desc", _ => "none" },
        };
    }

    private static void Complain(JsonObject panel, ImportNotes notes)
    {
        if (panel.Text("nullPointMode") == "null as zero" && panel.IsOn("stack") is false)
        {
            notes.Approximated(panel, "gaps are gaps, not zeros");
        }

        if (panel.Array("timeRegions") is { Count: > 0 })
        {
            notes.Approximated(panel, "coloured regions of time are left out");
        }

        if (panel.Object("alert") is not null)
        {
            notes.Approximated(panel, "the alert of the panel is not evaluated; its JSON is kept");
        }
    }
}
