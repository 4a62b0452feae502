using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The single stat of Grafana before 7 as a stat, or as a gauge where it had one.</summary>
internal static class SingleStatPanel
{
    private static readonly string[] Mapped =
    [
        "format", "decimals", "valueName", "thresholds", "colors", "colorValue", "colorBackground", "colorPrefix", "colorPostfix", "sparkline", "gauge",
        "valueMaps", "rangeMaps", "mappingType", "mappingTypes", "nullText", "nullPointMode", "prefix", "postfix", "prefixFontSize", "postfixFontSize",
        "valueFontSize", "tableColumn", "cacheTimeout", "editable", "error", "hideTimeOverride",
    ];

    /// <summary>Turns it into a panel of today.</summary>
    public static void ToStat(JsonObject panel, ImportNotes notes)
    {
        JsonObject gauge = panel.Object("gauge") ?? [];
        bool isGauge = gauge.IsOn("show");
        notes.Retype(panel, isGauge ? "gauge" : "stat");
        JsonObject defaults = FieldConfigs.Defaults(panel);
        defaults["unit"] = Unit(panel, notes) ?? "none";
        if (panel.Number("decimals") is { } decimals)
        {
            defaults["decimals"] = decimals;
        }

        if (panel.Word("nullText") is { } none)
        {
            defaults["noValue"] = none;
        }

        bool colored = panel.IsOn("colorValue") || panel.IsOn("colorBackground") || isGauge;
        if (FieldConfigs.Thresholds(panel["thresholds"], panel.Array("colors")) is { } thresholds)
        {
            defaults["thresholds"] = thresholds;
        }

        defaults["color"] = colored
            ? new JsonObject { ["mode"] = "thresholds" }
            : FieldConfigs.Fixed(panel.Object("sparkline")?.Word("lineColor") ?? "rgb(31, 120, 193)");
        JsonArray mappings = ValueMappings.OfMaps(panel, panel.Number("mappingType"));
        if (mappings.Count > 0)
        {
            defaults["mappings"] = mappings;
        }

        Options(panel, panel.Ensure("options"), defaults, gauge, isGauge, notes);
        bool overridden = panel.IsOn("hideTimeOverride");
        panel.Drop(Mapped);
        if (overridden)
        {
            panel["hideTimeOverride"] = true;
        }
    }

    private static void Options(JsonObject panel, JsonObject options, JsonObject defaults, JsonObject gauge, bool isGauge, ImportNotes notes)
    {
        string? value = panel.Text("valueName");
        string reducer = FieldConfigs.Reducer(value) ?? (value is null ? "mean" : "lastNotNull");
        string fields = panel.Word("tableColumn") is { } column ? $"/^{EscapedPattern(column)}$/" : string.Empty;
        options["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray(reducer), ["fields"] = fields, ["values"] = false };
        options["orientation"] = "horizontal";
        if (isGauge)
        {
            defaults["min"] = gauge.Number("minValue") ?? 0;
            defaults["max"] = gauge.Number("maxValue") ?? 100;
            options["showThresholdLabels"] = gauge.IsOn("thresholdLabels");
            options["showThresholdMarkers"] = gauge.Flag("thresholdMarkers") ?? true;
            return;
        }

        options["colorMode"] = panel.IsOn("colorBackground") ? "background" : panel.IsOn("colorValue") ? "value" : "none";
        options["graphMode"] = panel.Object("sparkline")?.IsOn("show") == true ? "area" : "none";
        options["justifyMode"] = "auto";
        options["textMode"] = value == "name" ? "name" : "auto";
        if (value == "last_time")
        {
            notes.Approximated(panel, "the time of the last value is shown as the value");
        }
    }

    // What stood before and behind the number goes into the unit where there is none.
    private static string? Unit(JsonObject panel, ImportNotes notes)
    {
        string? unit = panel.Word("format");
        string? prefix = panel.Word("prefix");
        string? postfix = panel.Word("postfix");
        if (prefix is null && postfix is null)
        {
            return unit;
        }

        if (unit is null or "none" or "short")
        {
            if (prefix is not null && postfix is not null)
            {
                notes.Approximated(panel, $"the text \"{postfix}\" behind the value is left out");
            }

            return prefix is not null ? "prefix:" + prefix : "suffix:" + postfix;
        }

        notes.Approximated(panel, $"the text \"{prefix}{postfix}\" beside the value is left out");
        return unit;
    }

    private static string EscapedPattern(string text) =>
        string.Concat(text.Select(c => "\\^$.|?*+()[]{}/".Contains(c, StringComparison.Ordinal) ? "\\" + c : c.ToString()));
}
