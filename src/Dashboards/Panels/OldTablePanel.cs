using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The table of Grafana before 7 as the table of today.</summary>
internal static class OldTablePanel
{
    private static readonly string[] Mapped =
        ["styles", "columns", "transform", "fontSize", "pageSize", "scroll", "showHeader", "sort", "filterNull", "editable", "error"];

    /// <summary>Turns it into a table of today.</summary>
    public static void ToTable(JsonObject panel, ImportNotes notes)
    {
        notes.Retype(panel, "table");
        JsonObject defaults = FieldConfigs.Defaults(panel);
        JsonObject options = panel.Ensure("options");
        options["showHeader"] = panel.Flag("showHeader") ?? true;
        if (panel["pageSize"].AsNumber() > 0)
        {
            options["footer"] = new JsonObject { ["enablePagination"] = true };
        }

        JsonArray overrides = panel.Ensure("fieldConfig").EnsureArray("overrides");
        foreach (JsonObject style in panel.Objects("styles"))
        {
            string pattern = style.Word("pattern") ?? "/.*/";
            if (pattern is "/.*/" or "*")
            {
                AsDefaults(style, defaults);
                continue;
            }

            JsonObject[] properties = [.. Properties(style)];
            if (properties.Length > 0)
            {
                overrides.Add((JsonNode)FieldConfigs.ByName(pattern, properties));
            }
        }

        Transform(panel, notes);
        panel.Drop(Mapped);
    }

    private static void AsDefaults(JsonObject style, JsonObject defaults)
    {
        foreach (JsonObject property in Properties(style))
        {
            string id = property.Text("id")!;
            JsonNode? value = property.Take("value");
            if (id.StartsWith("custom.", StringComparison.Ordinal))
            {
                defaults.Ensure("custom")[id["custom.".Length..]] = value;
            }
            else
            {
                defaults[id] = value;
            }
        }
    }

    private static IEnumerable<JsonObject> Properties(JsonObject style)
    {
        if (style.Word("alias") is { } alias)
        {
            yield return FieldConfigs.Property("displayName", alias);
        }

        if (style.Word("align") is { } align)
        {
            yield return FieldConfigs.Property("custom.align", align);
        }

        if (style.IsOn("link") && style.Word("linkUrl") is { } url)
        {
            yield return FieldConfigs.Property("links", FieldConfigs.Links(style.Text("linkTooltip") ?? string.Empty, url, style.IsOn("linkTargetBlank")));
        }

        switch (style.Text("type"))
        {
            case "hidden":
                yield return FieldConfigs.Property("custom.hidden", true);
                break;
            case "date":
                yield return FieldConfigs.Property("unit", "time: " + (style.Word("dateFormat") ?? "YYYY-MM-DD HH:mm:ss"));
                break;
            case "number":
                foreach (JsonObject property in OfNumber(style))
                {
                    yield return property;
                }

                break;
            case "string" when ValueMappings.OfMaps(style, style.Number("mappingType")) is { Count: > 0 } mappings:
                yield return FieldConfigs.Property("mappings", mappings);
                break;
        }
    }

    private static IEnumerable<JsonObject> OfNumber(JsonObject style)
    {
        if (style.Word("unit") is { } unit)
        {
            yield return FieldConfigs.Property("unit", unit);
        }

        if (style.Number("decimals") is { } decimals)
        {
            yield return FieldConfigs.Property("decimals", decimals);
        }

        if (style.Word("colorMode") is { } mode)
        {
            string cell = mode == "value" ? "color-text" : "color-background";
            yield return FieldConfigs.Property("custom.cellOptions", OldFieldConfig.CellOptionsOf(cell));
            if (mode == "row")
            {
                yield return FieldConfigs.Property("custom.cellOptions", new JsonObject { ["type"] = cell, ["mode"] = "basic", ["applyToRow"] = true });
            }

            if (FieldConfigs.Thresholds(style["thresholds"], style.Array("colors")) is { } thresholds)
            {
                yield return FieldConfigs.Property("thresholds", thresholds);
            }
        }
    }

    private static void Transform(JsonObject panel, ImportNotes notes)
    {
        string transform = panel.Word("transform") ?? "timeseries_to_columns";
        JsonObject? step = transform switch
        {
            "timeseries_to_rows" => new JsonObject { ["id"] = "seriesToRows", ["options"] = new JsonObject() },
            "timeseries_to_columns" => new JsonObject { ["id"] = "joinByField", ["options"] = new JsonObject { ["byField"] = "Time", ["mode"] = "outer" } },
            "timeseries_aggregations" => new JsonObject
            {
                ["id"] = "reduce", ["options"] = new JsonObject { ["includeTimeField"] = false, ["reducers"] = Reducers(panel) },
            },
            "table" => new JsonObject { ["id"] = "merge", ["options"] = new JsonObject { ["reducers"] = new JsonArray() } },
            _ => null,
        };
        if (step is null)
        {
            notes.Approximated(panel, $"the table's transform {transform} has no kin");
        }
        else if (panel["transformations"] is null)
        {
            panel["transformations"] = new JsonArray(step);
        }

        if (panel.Object("sort")?.Number("col") is > 0)
        {
            notes.Approximated(panel, "the table is not sorted: it named a column by its number");
        }
    }

    private static JsonArray Reducers(JsonObject panel)
    {
        JsonNode[] reducers = [.. panel.Objects("columns").Select(column => FieldConfigs.Reducer(column.Text("value"))).OfType<string>().Select(name => (JsonNode)name)];
        return new JsonArray(reducers.Length == 0 ? ["mean"] : reducers);
    }
}
