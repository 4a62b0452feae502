using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What schema versions changed about field configuration, legends and cells.</summary>
internal static class OldFieldConfig
{
    /// <summary>Schema 30: mappings with numbers for types become lists of options; tooltips of time series have their name of today.</summary>
    public static void Mappings(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels())
        {
            if (panel.Object("fieldConfig")?.Object("defaults") is { } defaults && defaults.Array("mappings") is { } mappings && ValueMappings.AreOld(mappings))
            {
                defaults["mappings"] = ValueMappings.Modern(mappings);
            }

            foreach (JsonObject property in panel.OverrideProperties("mappings"))
            {
                if (property.Array("value") is { } own && ValueMappings.AreOld(own))
                {
                    property["value"] = ValueMappings.Modern(own);
                }
            }

            if (panel.Text("type") is "timeseries" or "xychart" && panel.Object("options") is { } options)
            {
                options.Move("tooltipOptions", options, "tooltip");
            }
        }
    }

    /// <summary>Schema 37: whether a legend is shown is a member of its own.</summary>
    public static void ShowLegend(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels())
        {
            if (panel.Object("options")?.Object("legend") is not { } legend)
            {
                continue;
            }

            bool hidden = legend.Text("displayMode") == "hidden" || legend.Flag("showLegend") == false;
            if (hidden)
            {
                legend["displayMode"] = "list";
            }

            legend["showLegend"] = !hidden;
        }
    }

    /// <summary>Schema 38: how cells of tables are drawn is an object.</summary>
    public static void CellOptions(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels().Where(panel => panel.Text("type") == "table"))
        {
            if (panel.Object("fieldConfig")?.Object("defaults")?.Object("custom") is { } custom && custom.Take("displayMode").AsText() is { } mode)
            {
                custom["cellOptions"] = CellOptionsOf(mode);
            }

            foreach (JsonObject property in panel.OverrideProperties("custom.displayMode"))
            {
                property["id"] = "custom.cellOptions";
                property["value"] = CellOptionsOf(property.Text("value") ?? "auto");
            }
        }
    }

    /// <summary>The object of today for a mode of before.</summary>
    public static JsonObject CellOptionsOf(string mode) => mode switch
    {
        "basic" or "gradient-gauge" or "lcd-gauge" => new JsonObject { ["type"] = "gauge", ["mode"] = mode == "basic" ? "basic" : mode[..mode.IndexOf('-')] },
        "color-background" => new JsonObject { ["type"] = "color-background", ["mode"] = "gradient" },
        "color-background-solid" => new JsonObject { ["type"] = "color-background", ["mode"] = "basic" },
        _ => new JsonObject { ["type"] = mode },
    };

    /// <summary>Schema 42: what is hidden from the picture is hidden from the tooltip too.</summary>
    public static void HiddenFromTooltipToo(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels())
        {
            IEnumerable<JsonObject?> all = panel.OverrideProperties("custom.hideFrom").Select(property => property.Object("value"))
                .Append(panel.Object("fieldConfig")?.Object("defaults")?.Object("custom")?.Object("hideFrom"));
            foreach (JsonObject? hide in all)
            {
                if (hide?.IsOn("viz") == true)
                {
                    hide["tooltip"] = true;
                }
            }
        }
    }
}
